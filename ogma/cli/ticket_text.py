"""Tickets and the decisions about them as tables and prose of 80 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ogma.cli.output import Cell, Column, Output
from ogma.cli.terminal_text import one_line
from ogma.cli.when import age, instant_of, minute, to_the_minute
from ogma.domain.archive import Side
from ogma.domain.clock import Millis
from ogma.domain.replies import Silence
from ogma.domain.sla import Goal
from ogma.domain.tickets import State, Ticket

_SUBJECT = 28
_CANDIDATES = 5
"""Passages shown per decision; --json has them all."""
_COUNTERS = (
    ("open", "open"),
    ("unclaimed", "unclaimed"),
    ("escalated", "escalated"),
    ("awaiting_staff", "awaiting staff"),
    ("awaiting_customer", "awaiting customer"),
)

SILENCES: Mapping[str, str] = {
    Silence.NOT_OPEN: "the ticket was not open",
    Silence.LOCKED: "the ticket was in lockdown",
    Silence.AI_OFF: "the AI is off for this type of ticket",
    Silence.ESCALATED: "the ticket had been handed to the team, who had not replied yet",
    Silence.STAFF_COOLDOWN: "the team had written, and the cooldown after that was running",
    Silence.CLAIMED: "somebody of the team had claimed the ticket and written in it",
    Silence.STALE: "the question had waited too long",
    Silence.STAFF_REPLIED: "the team replied first",
    Silence.DELETED: "the message was deleted",
    Silence.NOTHING_TO_ANSWER: "there was no text in it",
    Silence.SMALL_TALK: "it was a greeting or thanks, and no question",
    Silence.OUTSIDE_HOURS: "it was outside hours; the newest question is answered at the opening",
}


def counters_line(counters: Mapping[str, int]) -> str:
    """'5 open, 3 unclaimed, ...'."""
    return ", ".join(f"{counters[key]} {label}" for key, label in _COUNTERS)


def print_list(
    output: Output,
    counters: Mapping[str, int] | None,
    found: Sequence[Ticket],
    now: Millis,
    due: Mapping[int, Mapping[str, Any]] | None = None,
) -> None:
    """The queue as a table; with what is due next where anything is."""
    if counters is not None:
        output.text(counters_line(counters))
    columns: list[str | Column] = [
        Column("No.", right=True, keep=True),
        Column("State", keep=True),
        "Type",
        "Customer",
        "Claimed by",
        Column("Turn", keep=True),
        Column("Active", right=True, keep=True),
        "Subject",
    ]
    rows = [_row(ticket, now) for ticket in found]
    if due:
        columns.insert(-1, Column("Due", keep=True))
        dates = [_due(due.get(ticket.id), now) for ticket in found]
        rows = [(*row[:-1], at, row[-1]) for row, at in zip(rows, dates, strict=True)]
    output.table(columns, rows, empty="No tickets.")


def _due(due: Mapping[str, Any] | None, now: Millis) -> Cell | None:
    """'reply in 12 min', or for how long it is late."""
    if due is None:
        return None
    what = "reply" if due["goal"] == Goal.RESPONSE else "close"
    at = instant_of(due["at"])
    if at > now:
        return Cell(f"{what} in {age(now, at)}", "")
    return Cell(f"{what} {age(at, now)} late", "red")


def _row(ticket: Ticket, now: Millis) -> tuple[object, ...]:
    live = ticket.state is State.OPEN
    return (
        ticket.id,
        _state(ticket),
        ticket.type_id,
        ticket.customer_name,
        ticket.claimed_by_name,
        ticket.waiting_on if live else None,
        age(ticket.last_activity_at, now),
        _short(ticket.subject or ticket.description or "", _SUBJECT) or None,
    )


def _state(ticket: Ticket) -> Cell:
    if ticket.locked:
        return Cell(f"{ticket.state} locked", "magenta")
    if ticket.state is State.OPEN and ticket.escalated:
        return Cell("escalated", "yellow")
    styles = {State.OPEN: "green", State.FAILED: "red", State.CLOSED: "dim"}
    return Cell(ticket.state, styles.get(ticket.state, ""))


def print_ticket(output: Output, ticket: Ticket, whole: Mapping[str, Any]) -> None:
    """One ticket: facts, conversation, history."""
    output.text(f"Ticket {ticket.id}: {one_line(ticket.subject or 'no subject')}", "bold")
    output.pairs({name: value for name, value in _facts(ticket).items() if value is not None})
    if ticket.description:
        output.text()
        output.text(ticket.description)
    output.text()
    output.text("Conversation", "bold")
    for message in whole["messages"]:
        if message["origin"] == "channel":
            _print_message(output, message)
    if whole["rules"]:
        output.text()
        output.text("Rules that fired (UTC)", "bold")
    for fired in whole["rules"]:
        output.text(f"  {to_the_minute(fired['at'])}  {fired['name']}: {_actions(fired)}")
    output.text()
    output.text("History (UTC)", "bold")
    for event in whole["events"]:
        detail = f": {one_line(event['detail'])}" if event["detail"] else ""
        output.text(f"  {to_the_minute(event['at'])}  {event['actor']}  {event['kind']}{detail}")


def _actions(fired: Mapping[str, Any]) -> str:
    """What a rule did; after a dash, why it did not."""
    parts = []
    for action in fired["actions"]:
        value = f" {one_line(action['value'])}" if action["value"] else ""
        failed = "" if action["outcome"] == "done" else f" - {action['outcome']}"
        parts.append(f"{action['do']}{value}{failed}")
    return "; ".join(parts)


def _facts(ticket: Ticket) -> dict[str, object]:
    closed = ticket.close_reason and f"{ticket.close_reason} (cause: {ticket.close_cause})"
    return {
        "State": ticket.state + (", escalated" if ticket.escalated else ""),
        "Type": ticket.type_id,
        "Customer": f"{ticket.customer_name} ({ticket.customer_id})",
        "Channel": ticket.channel_name and f"#{ticket.channel_name}",
        "Opened": f"{minute(ticket.opened_at)} UTC",
        "Claimed by": ticket.claimed_by_name,
        "Turn": ticket.waiting_on if ticket.state is State.OPEN else None,
        "Closed": f"{minute(ticket.closed_at)} UTC" if ticket.closed_at else None,
        "Reason": closed,
        "Note": ticket.close_note,
        "Rating": ticket.csat,
        "Archive": ticket.archive_path,
        "Problem": ticket.failure,
    }


def _print_message(output: Output, message: Mapping[str, Any]) -> None:
    marks = {Side.STAFF: " (staff)", Side.OGMA: " (bot)"}
    gone = ", deleted" if message["deleted_at"] else ", edited" if message["edited_at"] else ""
    author = f"{message['author']['name']}{marks.get(message['side'], '')}"
    output.text(f"  {to_the_minute(message['at'])}  {author}{gone}")
    for line in message_lines(message):
        output.text(f"      {line}")


def message_lines(message: Mapping[str, Any]) -> list[str]:
    """What a message says, line by line, its embeds included."""
    parts = [message["content"]]
    for embed in message["embeds"]:
        parts += [embed.get("title", ""), embed.get("description", "")]
        parts += [f"{one['name']}: {one['value']}" for one in embed.get("fields", ())]
    return [line for part in parts if part for line in str(part).splitlines()]


def print_why(output: Output, record: Mapping[str, Any]) -> None:
    """Every decision of a ticket."""
    if not record["answers"] and not record["messages"] and not record["escalations"]:
        output.text(f"In ticket {record['ticket']} nothing has been asked yet.")
    for answer in record["answers"]:
        _print_decision(output, answer)
    silent = [message for message in record["messages"] if message["decision"] == "silent"]
    if silent:
        output.text("Silences (UTC)", "bold")
    for message in silent:
        reason = SILENCES.get(message["silence"], message["silence"])
        output.text(f"  {to_the_minute(message['at'])}  “{_short(message['content'], 50)}”")
        output.text(f"      silent: {reason}")
    waiting = sum(message["decision"] == "pending" for message in record["messages"])
    if waiting:
        output.text(f"{waiting} of the customer's messages wait for a decision.")
    for item in record["escalations"]:
        causes = ", ".join(
            f"{_spoken(one['cause'])} ({one['detail']})" if one["detail"] else _spoken(one["cause"])
            for one in item["reasons"]
        )
        output.text(f"Handed over {to_the_minute(item['at'])}: {causes}; now {item['state']}.")


def _print_decision(output: Output, answer: Mapping[str, Any]) -> None:
    verdict = "answered" if answer["outcome"] == "answer" else "handed over"
    output.text(f"{to_the_minute(answer['at'])} UTC: {verdict}", "bold")
    output.pairs({name: value for name, value in _grounds(answer).items() if value is not None})
    output.table(
        [Column("#", right=True), "Document", "Heading", *_score_columns()],
        [
            (rank, one["document"], one["heading"], *_scores(one))
            for rank, one in enumerate(answer["candidates"][:_CANDIDATES], start=1)
        ],
        empty="No passage was found.",
    )
    for called in answer["tools"]:
        output.text(f"  tool {one_line(_called(called))}")
        for fact in called["facts"]:
            output.text(f"      {one_line(fact['title'])}: {one_line(fact['text'])}")
    for check in answer["checks"]:
        mark = "passed" if check["passed"] else "FAILED"
        detail = f" ({one_line(check['detail'])})" if check["detail"] else ""
        output.text(f"  check {check['name']}: {mark}{detail}")
    if answer["answer"]:
        for line in str(answer["answer"]).splitlines():
            output.text(f"  > {line}")
    for cited in answer["citations"]:
        output.text(f"  source: {cited['document']}, {cited['heading'] or cited['title']}")
    output.text()


def _called(called: Mapping[str, Any]) -> str:
    """'orders: answered after 41 ms (order = 4711)', or why it did not."""
    given = ", ".join(f"{name} = {value}" for name, value in called["arguments"].items())
    problem = f": {called['problem']}" if called["problem"] else ""
    shown = f" ({given})" if given else ""
    return f"{called['tool']}: {called['status']} after {called['ms']:.0f} ms{shown}{problem}"


def _draft(draft: Mapping[str, Any] | None) -> str | None:
    if draft is None:
        return None
    by = f" by {draft['by']}" if draft["by"] else ""
    return f"{draft['state']}{by}"


def _grounds(answer: Mapping[str, Any]) -> dict[str, object]:
    digest = (answer["model_digest"] or "no digest")[:12]
    model = answer["model"] and f"{answer['model']} ({digest})"
    tokens = answer["prompt_tokens"]
    searched = answer["searched"] if answer["searched"] != answer["question"] else None
    worded = f" (worded by {answer['reworded_by']})" if answer["reworded_by"] else ""
    return {
        "Question": one_line(answer["question"]),
        "Searched": searched and f"{one_line(searched)}{worded}",
        "Search": "words and meaning" if answer["mode"] == "hybrid" else "words only",
        "Confidence": f"{answer['confidence']:.2f} (needed: {answer['threshold']:.2f})",
        "Reason": answer["reason"] and _spoken(answer["reason"]),
        "Engine": answer["engine"],
        "Model": model,
        "Model error": answer["model_error"],
        "Prompt": tokens["estimated"]
        and f"{tokens['estimated']} tokens estimated, {tokens['counted']} counted by the model",
        "Times": ", ".join(f"{name} {ms:.0f} ms" for name, ms in answer["timings_ms"].items())
        or None,
        "Draft": _draft(answer["draft"]),
        "Withdrawn": answer["withdrawn"],
        "Feedback": answer["feedback"],
    }


def _score_columns() -> list[Column]:
    return [Column(name, right=True, keep=True) for name in ("Score", "Cosine", "BM25")]


def _scores(candidate: Mapping[str, Any]) -> tuple[str, ...]:
    values = (candidate["score"], candidate["cosine"], candidate["bm25"])
    return tuple("-" if value is None else f"{value:.2f}" for value in values)


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _short(text: str, limit: int) -> str:
    line = one_line(text)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"

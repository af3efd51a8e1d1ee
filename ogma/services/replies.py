"""From waiting messages to an answer or a hand-over (A1 to A3, A8).

A reply is three steps: a write (snapshot and revision), the answering without any transaction, and
a write that checks the revision again before it plans the answer. Delivery checks once more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ogma.domain import facts as live
from ogma.domain.answers import Citation, Outcome, Reason, Verdict
from ogma.domain.effects import Effect, Kind, ticket_lane
from ogma.domain.escalation import Cause, cause_of
from ogma.domain.facts import Asked, Called
from ogma.domain.flags import FlagKind, doubtful
from ogma.domain.intake import facts
from ogma.domain.passages import Search
from ogma.domain.replies import Silence, burst_is_over, merge, silence
from ogma.domain.tickets import Ticket
from ogma.services import attention, drafts, hours, outages
from ogma.services import outbox as build
from ogma.services.automation import tools
from ogma.services.desk import Desk
from ogma.services.escalation import HandOver, escalate
from ogma.store import flags, intake, messages, outbox, records, tickets
from ogma.store.database import Row

CONTEXT_MESSAGES = 8


@dataclass(frozen=True, slots=True)
class Question:
    """A burst of a customer's messages as one question, with the ticket's revision at that time."""

    ticket_id: int
    customer_id: int
    customer_name: str
    channel_id: int | None
    type_id: str
    revision: int
    messages: tuple[int, ...]
    text: str
    context: tuple[str, ...]

    def asked(self) -> Asked:
        """What the owner's tools are told of it."""
        who = (self.customer_id, self.customer_name)
        return Asked(self.ticket_id, self.type_id, *who, self.text)


@dataclass(frozen=True, slots=True)
class Sendable:
    """An answer that may be sent at this moment."""

    answer_id: int
    ticket: Ticket
    text: str
    citations: tuple[Citation, ...]


def due(desk: Desk) -> list[int]:
    """Tickets whose burst is over, longest waiting first. Real time: these delays are short."""
    policy, real = desk.settings().ai, desk.clock.real()
    return [
        burst.ticket_id for burst in messages.bursts(desk.db) if burst_is_over(burst, policy, real)
    ]


def next_due_in(desk: Desk) -> float | None:
    """Seconds until the next burst may end, None when nothing waits."""
    policy, real = desk.settings().ai, desk.clock.real()
    bursts = messages.bursts(desk.db)
    if not bursts:
        return None
    waits = (
        min(b.last / 1000 + policy.burst_quiet_s, b.first / 1000 + policy.burst_max_s)
        for b in bursts
    )
    return max(0.0, min(waits) - real / 1000)


def begin(desk: Desk, number: int) -> Question | None:
    """Take a ticket's waiting messages as one question, unless the AI must be silent."""
    with desk.db.write():
        ticket = desk.ticket(number)
        rows = messages.pending(desk.db, number)
        if not rows:
            return None
        why = silence_now(desk, ticket)
        if why is not None:
            messages.decide(desk.db, _ids(rows), f"silent:{why}")
            return None
        text = merge([row["content"] for row in rows])
        if attention.settled(desk, ticket, rows, text):
            return None
        return Question(
            number,
            ticket.customer_id,
            ticket.customer_name,
            ticket.channel_id,
            ticket.type_id,
            ticket.revision,
            tuple(_ids(rows)),
            text,
            _context(desk, number, set(_ids(rows))),
        )


def wait_longer(desk: Desk, question: Question, position: int) -> None:
    """The model is busy with others: tell the customer their place in the line."""
    with desk.db.write():
        ticket = desk.ticket(question.ticket_id)
        live = desk.settings().ai_mode(ticket.type_id) == "live"
        if live and ticket.revision == question.revision:
            notice = build.aside(ticket, build.Notice.WAITING, position=position)
            outbox.put(desk.db, [notice], desk.now())


def _ids(rows: list[Row]) -> list[int]:
    return [row["id"] for row in rows]


def silence_now(desk: Desk, ticket: Ticket) -> Silence | None:
    """Why the AI must be silent in this ticket now, None when it may speak."""
    answers, now = desk.settings().ai_mode(ticket.type_id) != "off", desk.now()
    paused = hours.ai_paused(desk, now)
    return silence(ticket, desk.settings().ai, answers, now, paused=paused)


def _context(desk: Desk, number: int, asked: set[int]) -> tuple[str, ...]:
    """What customer and Ogma said before, so that a follow-up can be understood."""
    rows = messages.recent(desk.db, number, CONTEXT_MESSAGES + len(asked))
    said = [
        f"{row['side']}: {row['content']}"
        for row in rows
        if row["id"] not in asked and row["side"] in ("customer", "ogma")
    ]
    given = facts(intake.of_ticket(desk.db, number))
    return (f"customer: {given}", *said) if given else tuple(said)


def finish(
    desk: Desk,
    question: Question,
    verdict: Verdict,
    search: Search,
    called: Sequence[Called] = (),
) -> None:
    """Record the decision, and plan the answer or the hand-over if nothing has changed since."""
    with desk.db.write():
        ticket = desk.ticket(question.ticket_id)
        answer_id = records.add_answer(desk.db, _record(desk, question, verdict, search, called))
        outages.note(desk, verdict)
        tools.note(desk, called)
        if ticket.revision != question.revision:
            records.update_answer(desk.db, answer_id, withdrawn="outdated")
            _release(desk, ticket, list(question.messages))
            return
        if verdict.outcome is Outcome.ANSWER:
            _give(desk, ticket, question, answer_id)
            return
        messages.decide(desk.db, list(question.messages), "escalated", answer_id)
        reason = verdict.reason or Reason.NOT_ANSWERABLE
        why = HandOver(cause_of(reason), _detail(verdict), question.text, search.hits)
        escalate(desk, ticket, why)


def _give(desk: Desk, ticket: Ticket, question: Question, answer_id: int) -> None:
    """Plan the answer for the customer, or in shadow mode its draft for staff (A7)."""
    asked = list(question.messages)
    if desk.settings().ai_mode(ticket.type_id) == "shadow":
        messages.decide(desk.db, asked, "drafted", answer_id)
        drafts.keep_back(desk, ticket, answer_id)
    else:
        messages.decide(desk.db, asked, messages.ANSWERED, answer_id)
        outbox.put(desk.db, [answer_effect(ticket, answer_id)], desk.now())


def _detail(verdict: Verdict) -> str:
    """What staff should know beside the cause: the failed check, or the model's fault."""
    if verdict.reason is Reason.FAILED_CHECK:
        return ", ".join(check.name for check in verdict.checks if not check.passed)
    return verdict.model_error or ""


def answer_effect(ticket: Ticket, answer_id: int) -> Effect:
    """The answer on its way to the customer, as long as the ticket stands as it does now."""
    payload = {"answer": answer_id, "revision": ticket.revision}
    return Effect(Kind.ANSWER, f"answer:{answer_id}", ticket_lane(ticket.id), ticket.id, payload)


def _release(desk: Desk, ticket: Ticket, ids: list[int]) -> None:
    """An outdated question is asked anew as it now stands, unless the AI must be silent."""
    why = silence_now(desk, ticket)
    waiting = {row["id"] for row in messages.pending(desk.db, ticket.id)}
    rows = [messages.get(desk.db, message_id) for message_id in ids]
    again = [
        row["id"]
        for row in rows
        if row is not None and row["deleted_at"] is None and _undecided(row, waiting)
    ]
    messages.decide(desk.db, again, f"silent:{why}" if why else messages.PENDING)


def _undecided(row: Row, waiting: set[int]) -> bool:
    return row["id"] in waiting or row["ai"] in (messages.ANSWERED, "drafted")


def _record(
    desk: Desk, question: Question, verdict: Verdict, search: Search, called: Sequence[Called]
) -> dict[str, Any]:
    return {
        "ticket_id": question.ticket_id,
        "at": desk.now(),
        "question": question.text,
        "searched": search.query,
        "outcome": verdict.outcome,
        "record": json.dumps(as_record(verdict, search, called), ensure_ascii=False),
    }


def as_record(verdict: Verdict, search: Search, called: Sequence[Called] = ()) -> dict[str, Any]:
    """The whole decision as JSON values: what `tickets why` shows (A8)."""
    candidates = [
        {
            "document": hit.passage.document,
            "heading": hit.passage.heading,
            "chunk": hit.passage.chunk_id,
            "score": hit.score,
            "cosine": hit.cosine,
            "bm25": hit.bm25,
        }
        for hit in search.hits
    ]
    return {
        **asdict(verdict),
        "timings_ms": dict(verdict.timings_ms),
        "mode": search.mode,
        "candidates": candidates,
        "tools": live.as_record(called),
    }


def sendable(desk: Desk, answer_id: int, revision: int) -> Sendable | None:
    """The answer, if nothing has happened in the ticket since it was planned (A3)."""
    row = records.answer(desk.db, answer_id)
    if row is None or row["ticket_id"] is None or row["withdrawn"]:
        return None
    ticket = desk.ticket(row["ticket_id"])
    if ticket.revision != revision or silence_now(desk, ticket) is not None:
        return None
    if not drafts.may_be_sent(desk, ticket, answer_id):
        return None
    verdict = json.loads(row["record"])
    citations = tuple(Citation(**one) for one in verdict["citations"])
    text = drafts.words(desk, answer_id) or verdict["text"] or ""
    return Sendable(answer_id, ticket, text, citations)


def withdrawn(desk: Desk, answer_id: int) -> None:
    """The answer was outdated before it was sent: its question is decided anew."""
    row = records.answer(desk.db, answer_id)
    if row is None or row["ticket_id"] is None:
        return
    records.update_answer(desk.db, answer_id, withdrawn="outdated")
    asked = [
        message["id"]
        for message in messages.of_ticket(desk.db, row["ticket_id"])
        if message["answer_id"] == answer_id
    ]
    _release(desk, desk.ticket(row["ticket_id"]), asked)


def sent(desk: Desk, answer_id: int, revision: int, message_id: int) -> None:
    """The answer is posted; one that crossed with a change on the wire is taken back (A3)."""
    row = records.answer(desk.db, answer_id)
    if row is None or row["ticket_id"] is None:
        return
    records.update_answer(desk.db, answer_id, message_id=message_id)
    ticket = desk.ticket(row["ticket_id"])
    _flag_doubtful(desk, ticket, row)
    if ticket.revision == revision or ticket.channel_id is None:
        return
    records.update_answer(desk.db, answer_id, withdrawn="crossed")
    payload = {"channel": ticket.channel_id, "message": message_id}
    lane = ticket_lane(ticket.id)
    take_back = Effect(Kind.DELETE_MESSAGE, f"delete:{message_id}", lane, ticket.id, payload)
    outbox.put(desk.db, [take_back], desk.now())


def _flag_doubtful(desk: Desk, ticket: Ticket, answer: Row) -> None:
    """An answer that has only just passed is worth a second look (E3).

    One from a tool's facts did not have to pass: its confidence is that of another search.
    """
    record = json.loads(answer["record"])
    if any(live.is_fact(one["document"]) for one in record["citations"]):
        return
    confidence, threshold = record.get("confidence") or 0, record.get("threshold") or 0
    if doubtful(confidence, threshold):
        detail = f"{confidence:.2f} ≥ {threshold:.2f}"
        flags.add(desk.db, ticket.id, desk.now(), FlagKind.LOW_CONFIDENCE, detail)


def undeliverable(desk: Desk, answer_id: int, error: str) -> None:
    """The answer could not be posted for good: a person must answer."""
    row = records.answer(desk.db, answer_id)
    if row is not None and row["ticket_id"] is not None:
        records.update_answer(desk.db, answer_id, withdrawn=f"undeliverable: {error}")
        ticket = desk.ticket(row["ticket_id"])
        escalate(desk, ticket, HandOver(Cause.AI_DOWN, error, row["question"]))


def stuck(desk: Desk, number: int) -> None:
    """Ogma itself failed at this question again and again: a person must answer."""
    with desk.db.write():
        ticket = desk.ticket(number)
        rows = messages.pending(desk.db, number)
        if rows:
            text = merge([row["content"] for row in rows])
            escalate(desk, ticket, HandOver(Cause.AI_DOWN, question=text))


def judge(desk: Desk, actor_id: int, answer_id: int, *, helpful: bool) -> bool:
    """The customer's verdict on an answer; False when it is not theirs to give."""
    with desk.db.write():
        row = records.answer(desk.db, answer_id)
        if row is None or row["ticket_id"] is None:
            return False
        ticket = desk.ticket(row["ticket_id"])
        if actor_id != ticket.customer_id:
            return False
        verdict = "helpful" if helpful else "unhelpful"
        records.update_answer(desk.db, answer_id, feedback=verdict)
        actor = (actor_id, ticket.customer_name)
        tickets.add_event(desk.db, ticket.id, desk.now(), "judged", actor, verdict, staff_only=True)
        return True

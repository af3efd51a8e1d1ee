"""What must hold at every quiet point of a drill: nothing lost, nothing twice, nothing stuck."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ogma.domain.effects import Kind, patience
from tests.drill.loop_watch import MARK, WRITES
from tests.drill.people import Memory
from tests.e2e.town import Town, buttons

_ANSWER = re.compile(r"ogma:helpful:(\d+)")


def wrong(town: Town, memory: Memory) -> list[str]:
    """One sentence per violated invariant."""
    return [
        *_lost_messages(town, memory),
        *_answered_twice(town),
        *_two_for_one_slot(town),
        *_gone_without_archive(town),
        *_stuck(town),
        *_lost_escalations(town),
        *_against_lockdown(town),
        *_untold(town),
    ]


def _lost_messages(town: Town, memory: Memory) -> Iterator[str]:
    """A customer's message in a ticket is stored, and somebody or something has taken it."""
    ours = {str(row["channel_id"]) for row in town.sql("SELECT channel_id FROM ticket")}
    for message, (channel, text) in memory.said.items():
        if channel not in ours or channel in memory.lost_channels or message in memory.gone:
            continue
        rows = town.sql("SELECT content, ai FROM message WHERE id = ?", message)
        if not rows:
            yield f"lost: {text!r} ({message}) in channel {channel} is not stored"
        elif rows[0]["ai"] in (None, "pending"):
            yield f"lost: {text!r} ({message}) was never decided ({rows[0]['ai']})"


def _answered_twice(town: Town) -> Iterator[str]:
    """One post per answer, and one standing answer per question."""
    posts: Counter[str] = Counter()
    for place in [*town.ticket_channels(), *town.ticket_channels(deleted=True)]:
        for message in place["messages"]:
            posts.update(_ANSWER.findall(" ".join(buttons(message, "ogma:helpful:"))))
    yield from (f"answer {one} was posted {n} times" for one, n in posts.items() if n > 1)
    twice = town.sql(
        "SELECT m.id, count(*) AS n FROM message m JOIN answer a ON a.id = m.answer_id"
        " WHERE a.outcome = 'answer' AND a.withdrawn IS NULL GROUP BY m.id HAVING n > 1"
    )
    yield from (f"message {row['id']} was answered {row['n']} times" for row in twice)


def _two_for_one_slot(town: Town) -> Iterator[str]:
    """The limit per member and type holds, in the database and in Discord."""
    rows = town.sql(
        "SELECT customer_name, type_id, count(*) AS n FROM ticket"
        " WHERE state IN ('opening', 'open', 'closing') GROUP BY 1, 2 HAVING n > 1"
    )
    yield from (f"{row['customer_name']} holds {row['n']} {row['type_id']} slots" for row in rows)
    known = {str(row["channel_id"]) for row in town.sql("SELECT channel_id FROM ticket")}
    for place in town.ticket_channels():
        if place["id"] not in known:
            yield f"channel {place['name']} ({place['topic']}) belongs to no ticket"


def _gone_without_archive(town: Town) -> Iterator[str]:
    """No ticket is closed, and no channel deleted by the bot, before its archive is safe."""
    for row in town.sql("SELECT id, archive_path FROM ticket WHERE state = 'closed'"):
        if not (town.data / str(row["archive_path"]) / "transcript.json").is_file():
            yield f"ticket {row['id']} is closed without an archive on disk"


def _stuck(town: Town) -> Iterator[str]:
    """Whatever is half done has a job that does it, or a failed one that says why not."""
    for row in town.sql(
        "SELECT t.id, t.state FROM ticket t WHERE t.state IN ('opening', 'closing')"
        " AND t.grace_until IS NULL AND NOT EXISTS (SELECT 1 FROM job j WHERE j.ticket_id = t.id"
        " AND j.state IN ('todo', 'doing', 'failed'))"
    ):
        yield f"ticket {row['id']} is {row['state']} and nothing will change it"


def _lost_escalations(town: Town) -> Iterator[str]:
    """Every escalation has its item; every escalated ticket an open one."""
    for row in town.sql(
        "SELECT e.id FROM escalation e WHERE e.message_id IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM job j WHERE j.kind = 'sync_review' AND j.state <> 'done'"
        "  AND j.payload ->> '$.escalation' = e.id)"
    ):
        yield f"escalation {row['id']} was never shown to staff"
    for row in town.sql(
        "SELECT id FROM ticket t WHERE escalated_at IS NOT NULL AND state = 'open' AND NOT EXISTS"
        " (SELECT 1 FROM escalation e WHERE e.ticket_id = t.id AND e.ended_at IS NULL)"
    ):
        yield f"ticket {row['id']} is escalated without an open item"


def _against_lockdown(town: Town) -> Iterator[str]:
    """No transcript of a ticket that was closed in lockdown."""
    posted = {
        file["filename"]
        for message in town.messages("ticket-transcripts")
        for file in message["attachments"]
    }
    for row in town.sql(
        "SELECT tip_id, ticket_id FROM tip_source JOIN ticket ON ticket.id = ticket_id"
        " WHERE locked_at IS NOT NULL"
    ):
        yield f"ticket {row['ticket_id']} was locked, and taught tip {row['tip_id']}"
    for row in town.sql("SELECT id, key FROM ticket WHERE locked_at IS NOT NULL"):
        if f"ticket-{row['id']}-{row['key']}.html" in posted:
            yield f"ticket {row['id']} was locked, and its transcript was posted"


def _untold(town: Town) -> Iterator[str]:
    """Staff have been told of every effect that failed and that somebody depends on."""
    for row in town.sql("SELECT id, kind FROM job WHERE state = 'failed'"):
        kind = Kind(row["kind"])
        if not patience(kind).essential or kind in _TOLD_OTHERWISE:
            continue
        if kind is Kind.ANSWER and _handed_over(town, row["id"]):
            continue
        told = "FROM job WHERE kind = 'staff_notice' AND payload ->> '$.values.job' = ?"
        if not town.count(told, row["id"]):
            yield f"job {row['id']} ({kind}) failed, and staff were not told"


def _handed_over(town: Town, job: int) -> bool:
    """An answer that could not be posted is told as an escalation, but for a ticket that closes."""
    told = (
        "FROM job j JOIN ticket t ON t.id = j.ticket_id WHERE j.id = ? AND (t.state <> 'open' OR"
        " EXISTS (SELECT 1 FROM escalation e WHERE e.ticket_id = t.id"
        "  AND (e.ended_at IS NULL OR e.ended_at >= j.created_at)))"
    )
    return town.count(told, job) > 0


_TOLD_OTHERWISE = frozenset({Kind.STAFF_NOTICE, Kind.OPEN_CHANNEL})
"""A notice that cannot be posted; an opening that failed is told to the member who wanted it."""


def blocked(town: Town, frozen: Sequence[tuple[float, float]]) -> list[str]:
    """What held up the event loop for over a second, but for what was frozen from outside."""
    found = []
    for bot in town.bots:
        found += [line for line in bot.output().splitlines() if line.endswith(WRITES)]
        for name, began, ended in _HELD_UP.findall(bot.output()):
            overlaps = [one for one in frozen if one[0] < float(ended) and float(began) < one[1]]
            if not overlaps:
                found.append(f"{name} {MARK} for {float(ended) - float(began):.1f} s")
    return found


_HELD_UP = re.compile(rf"^(.+) {MARK} ([0-9.]+) ([0-9.]+)$", re.MULTILINE)

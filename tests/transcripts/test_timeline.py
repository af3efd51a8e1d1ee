from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

from ogma.domain.archive import ArchivedEvent, ArchivedTicket
from ogma.domain.clock import HOUR, MINUTE
from ogma.transcripts.timeline import Day, Group, timeline

from .samples import ALICE, SAM, START, bare_ticket, message


def outline(ticket: ArchivedTicket, zone: ZoneInfo | None = None) -> list[object]:
    """Days as 'day', groups as lists of message ids, events by their kind."""
    found: list[object] = []
    for entry in timeline(ticket, zone or UTC):
        match entry:
            case Day():
                found.append("day")
            case Group(messages):
                found.append([one.id for one in messages])
            case ArchivedEvent(kind=kind):
                found.append(kind)
    return found


def test_one_author_within_seven_minutes_of_the_message_before_is_one_group() -> None:
    said = (message(1), message(2, at=7 * MINUTE), message(3, at=14 * MINUTE + 1))
    assert outline(bare_ticket(messages=said)) == ["day", [1, 2], [3]]


def test_another_author_a_reply_an_ai_answer_and_an_event_start_anew() -> None:
    said = (
        message(1),
        message(2, SAM, at=1),
        message(3, SAM, at=2, reply_to=1),
        message(4, SAM, at=3, ai=True),
        message(5, SAM, at=9, ai=True),
    )
    events = (ArchivedEvent(START + 5, "claimed", "Sam"),)
    assert outline(bare_ticket(messages=said, events=events)) == [
        "day", [1], [2], [3], [4], "claimed", [5],
    ]  # fmt: skip


def test_order_is_by_time_then_by_id_with_events_in_front() -> None:
    said = (message(9, SAM, at=5), message(3, ALICE, at=5), message(1, ALICE, at=8))
    events = (ArchivedEvent(START + 5, "claimed", "Sam"), ArchivedEvent(START, "opened", "alice"))
    assert outline(bare_ticket(messages=said, events=events)) == [
        "day", "opened", "claimed", [3], [9], [1],
    ]  # fmt: skip


def test_days_are_those_of_the_zone() -> None:
    said = (message(1), message(2, at=5 * MINUTE), message(3, at=11 * HOUR))
    assert outline(bare_ticket(messages=said)) == ["day", [1, 2], "day", [3]]
    assert outline(bare_ticket(messages=said), ZoneInfo("America/New_York")) == [
        "day", [1, 2], [3],
    ]  # fmt: skip


def test_midnight_parts_a_group() -> None:
    said = (message(1, at=9 * HOUR + 57 * MINUTE), message(2, at=9 * HOUR + 59 * MINUTE))
    assert outline(bare_ticket(messages=said)) == ["day", [1], "day", [2]]


def test_an_empty_ticket_has_no_entries() -> None:
    assert outline(bare_ticket()) == []

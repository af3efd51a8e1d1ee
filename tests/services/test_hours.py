"""H2: what is different while staff are not there, and what happens when they are back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ogma.domain.access import Actor
from ogma.domain.clock import DAY, HOUR, MINUTE, SECOND, Millis, from_datetime
from ogma.domain.effects import Kind
from ogma.domain.policies import HoursPolicy
from ogma.services import conversation, escalation, hours, lockdown, replies, timers
from ogma.services.desk import Desk
from ogma.store import messages, outbox
from ogma.store.database import Row
from ogma.store.opening import open_database

from .conftest import CUSTOMER, SETTINGS, STAFF, Office, TestClock
from .test_replies import ANSWER, SEARCH

NIGHT: Millis = from_datetime(datetime(2026, 1, 5, 22, tzinfo=UTC))
"""A Monday, after five in the afternoon."""
MORNING: Millis = from_datetime(datetime(2026, 1, 6, 9, tzinfo=UTC))

Make = Callable[..., Office]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """An office on a Monday night, nine to five on weekdays, with these changes to [hours]."""

    def made(**changes: object) -> Office:
        policy = HoursPolicy.model_validate({"enabled": True, **changes})
        settings = SETTINGS.model_copy(update={"hours": policy})
        clock = TestClock()
        clock.at = NIGHT
        return Office(Desk(open_database(tmp_path), lambda: settings, tmp_path, clock), clock)

    return made


def away_messages(office: Office) -> list[Row]:
    jobs = outbox.of_ticket(office.desk.db, 1)
    return [job for job in jobs if '"notice": "away"' in job["payload"]]


def fate(office: Office, message_id: int) -> str | None:
    row = messages.get(office.desk.db, message_id)
    assert row is not None
    decided: str | None = row["ai"]
    return decided


def test_h2_the_away_message_comes_once_per_ticket_and_closed_period(make: Make) -> None:
    """H2: with the expected response and the next opening; again in the next closed period."""
    office = make(expected_response="tomorrow morning")
    office.open(subject=None)
    assert away_messages(office) == []
    office.say(CUSTOMER, "hello?")
    office.clock.at += HOUR
    office.say(CUSTOMER, "anybody?")
    [job] = away_messages(office)
    assert f'"opens_at": {MORNING}' in job["payload"]
    assert "tomorrow morning" in job["payload"]
    office.clock.at = MORNING + HOUR
    office.say(CUSTOMER, "good morning")
    assert len(away_messages(office)) == 1
    office.clock.at = NIGHT + DAY
    office.say(CUSTOMER, "good night")
    assert len(away_messages(office)) == 2


def test_h2_an_intake_at_night_counts_as_writing(make: Make) -> None:
    office = make()
    office.open(subject="Help")
    assert office.delivered == [Kind.OPEN_CHANNEL, Kind.GREET, Kind.PIN_GREETING, Kind.SAY]
    office.say(CUSTOMER, "hello?")
    assert len(away_messages(office)) == 1


def test_no_away_message_where_it_would_be_wrong(make: Make) -> None:
    """Switched off; staff who write at night are there; history of the night is read by day."""
    office = make()
    office.open(subject=None)
    office.say(STAFF, "I am still up")
    office.say(CUSTOMER, "great")
    assert away_messages(office) == []
    office.clock.at = MORNING + HOUR
    late = conversation.Incoming(5, 1001, CUSTOMER.id, "alice", NIGHT + HOUR, "hello?")
    conversation.record(office.desk, late)
    assert away_messages(office) == []


def test_h2_no_away_message_where_it_is_switched_off(make: Make) -> None:
    office = make(away_message=False)
    office.open(subject="Help")
    office.say(CUSTOMER, "hello?")
    assert away_messages(office) == []


def test_h2_the_ai_answers_at_night_unless_it_is_paused(make: Make) -> None:
    """H2: AI replies are not paused by default."""
    office = make()
    office.open(subject=None)
    assert fate(office, office.say(CUSTOMER, "how?")) == messages.PENDING


@pytest.fixture
def paused(make: Make) -> Office:
    """A ticket in an office that pauses the AI at night."""
    office = make(ai_outside=False, away_message=False)
    office.open(subject=None)
    return office


def sweep(office: Office) -> list[int]:
    """A sweep, and the tickets in which a question is then to be answered."""
    timers.sweep(office.desk)
    return replies.due(office.desk)


def test_h2_a_pause_is_recorded_and_no_reason_to_escalate(paused: Office) -> None:
    """H2: the reason is recorded; nobody is asked to take over, however long it lasts."""
    asked = paused.say(CUSTOMER, "how?")
    assert fate(paused, asked) == "silent:outside_hours"
    for _ in range(10):
        paused.clock.at += HOUR
        assert sweep(paused) == []
    assert not paused.ticket().escalated


def test_h2_at_opening_the_newest_question_is_answered_once(paused: Office) -> None:
    """H2: one burst, at the opening and not before, and never again."""
    older = paused.say(CUSTOMER, "how do I do this?")
    paused.clock.at += HOUR
    first = paused.say(CUSTOMER, "or rather:")
    paused.clock.at += 2 * SECOND
    second = paused.say(CUSTOMER, "how do I do that?")
    paused.clock.at = MORNING - 1
    assert sweep(paused) == []
    paused.clock.at = MORNING
    assert sweep(paused) == [1]
    question = replies.begin(paused.desk, 1)
    assert question is not None
    assert question.messages == (first, second)
    replies.finish(paused.desk, question, ANSWER, SEARCH)
    assert paused.deliver() == [Kind.ANSWER]
    assert fate(paused, older) == "silent:outside_hours"
    for _ in range(3):
        paused.clock.at += DAY
        assert sweep(paused) == []
    assert not paused.ticket().escalated


def test_h2_an_intake_at_night_is_answered_at_opening(make: Make) -> None:
    office = make(ai_outside=False)
    office.open(subject="How?")
    office.clock.at += 4 * SECOND
    assert replies.begin(office.desk, 1) is None
    office.clock.at = MORNING + 2 * HOUR
    assert sweep(office) == [1], "also when the bot was away at nine"
    question = replies.begin(office.desk, 1)
    assert question is not None
    assert question.text == "How?"


def staff_reply(office: Office) -> None:
    office.say(STAFF, "like this")


def customer_asks_for_a_person(office: Office) -> None:
    escalation.request_human(office.desk, CUSTOMER, 1)


def customer_takes_it_back(office: Office) -> None:
    [row] = [row for row in messages.of_ticket(office.desk.db, 1) if row["content"] == "how?"]
    conversation.record_deletion(office.desk, row["id"], office.clock.at)


def management_locks(office: Office) -> None:
    lockdown.lock(office.desk, Actor(4, "mia", frozenset({20})), 1)


@pytest.mark.parametrize(
    "change", [staff_reply, customer_asks_for_a_person, customer_takes_it_back, management_locks]
)
def test_h2_nothing_is_answered_at_opening_where_somebody_has_acted(
    paused: Office, change: Callable[[Office], None]
) -> None:
    """H2, A2: a reply, a hand-over, a deletion or a lockdown meanwhile ends the pause for good."""
    paused.say(CUSTOMER, "how?")
    paused.clock.at += HOUR
    change(paused)
    paused.clock.at = MORNING
    assert sweep(paused) == []
    paused.clock.at += 2 * HOUR
    assert sweep(paused) == []


def test_h2_a_question_by_day_takes_the_one_of_the_night_along(paused: Office) -> None:
    """Whoever asks again right at nine gets one answer."""
    paused.say(CUSTOMER, "how?")
    paused.clock.at = MORNING
    again = paused.say(CUSTOMER, "still: how?")
    paused.clock.at += 4 * SECOND
    assert sweep(paused) == [1]
    question = replies.begin(paused.desk, 1)
    assert question is not None
    assert question.messages == (again,)
    assert any("how?" in said for said in question.context)


def test_h2_an_answer_under_way_at_closing_time_waits_for_the_opening(make: Make) -> None:
    """H2, A3: hours are looked at again right before the answer is sent."""
    office = make(ai_outside=False)
    office.clock.at = MORNING + 8 * HOUR - MINUTE
    office.open(subject=None)
    asked = office.say(CUSTOMER, "how?")
    office.clock.at += 4 * SECOND
    question = replies.begin(office.desk, 1)
    assert question is not None
    office.clock.at += 2 * MINUTE
    replies.finish(office.desk, question, ANSWER, SEARCH)
    record = question.messages
    assert record == (asked,)
    assert replies.sendable(office.desk, 1, question.revision) is None
    replies.withdrawn(office.desk, 1)
    assert fate(office, asked) == "silent:outside_hours"
    office.clock.at = MORNING + DAY
    assert sweep(office) == [1]


def test_h2_what_customers_are_told_to_expect(make: Make) -> None:
    """H2, E2: another word by night than by day."""
    office = make(expected_response="the next morning")
    there = hours.there(office.desk)
    assert there is not None
    assert (there.open, there.until) == (False, MORNING)
    assert hours.expected_response(office.desk) == "the next morning"
    office.clock.at = MORNING
    assert hours.expected_response(office.desk) == ""
    assert hours.are_staff_there(office.desk)

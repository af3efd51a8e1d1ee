"""What becomes due with time: computed at each sweep, done once, never early."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from ogma.domain.access import Actor, Denial
from ogma.domain.clock import DAY, HOUR, MINUTE
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.effects import Kind
from ogma.domain.policies import ClosingPolicy, InactivityPolicy
from ogma.domain.tickets import State
from ogma.services import close_request, closing, follow_up, timers
from ogma.services.closing import Closure
from ogma.services.desk import Desk
from ogma.store import flags
from ogma.store.opening import open_database

from .conftest import ALICE, CLOSER, CUSTOMER, SETTINGS, STAFF, Office, TestClock

RESOLVED = Closure(CloseReason.RESOLVED, CloseCause.COMMAND)

Make = Callable[..., Office]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(**tables: object) -> Office:
        settings = SETTINGS.model_copy(update=tables)
        clock = TestClock()
        desk = Desk(open_database(tmp_path), lambda: settings, tmp_path, clock)
        return Office(desk, clock)

    return made


def sweep(office: Office) -> list[Kind]:
    timers.sweep(office.desk)
    return office.deliver()


def test_c5_a_quiet_ticket_is_warned_and_then_closed(make: Make) -> None:
    """C5: once warned, once closed; cause and reason tell it apart from a command."""
    office = make(inactivity=InactivityPolicy(close_after_days=7, warn_days_before=2))
    office.open()
    office.clock.at += 5 * DAY
    assert sweep(office) == [Kind.SAY]
    assert sweep(office) == []
    office.clock.at += 2 * DAY
    assert Kind.DELETE_CHANNEL in sweep(office)
    closed = office.ticket()
    assert (closed.close_cause, closed.close_reason) == ("inactivity", "unresponsive")


def test_c5_a_warning_that_could_not_be_posted_postpones_the_close(make: Make) -> None:
    """C5: never without the promised notice, whatever the outbox or the bot went through."""
    office = make(inactivity=InactivityPolicy(close_after_days=7, warn_days_before=2))
    office.open()
    office.clock.at += 5 * DAY
    timers.sweep(office.desk)
    office.clock.at += 9 * DAY
    timers.sweep(office.desk)
    assert office.ticket().state is State.OPEN
    assert office.deliver() == [Kind.SAY]
    office.clock.at += 2 * DAY - 1
    assert sweep(office) == []
    office.clock.at += 1
    assert Kind.DELETE_CHANNEL in sweep(office)


def test_c5_a_message_lifts_the_warning(make: Make) -> None:
    office = make(inactivity=InactivityPolicy(close_after_days=7, warn_days_before=2))
    office.open()
    office.clock.at += 5 * DAY
    sweep(office)
    office.say(CUSTOMER, "still here")
    office.clock.at += 4 * DAY
    assert sweep(office) == []
    office.clock.at += DAY
    assert sweep(office) == [Kind.SAY]


@pytest.mark.parametrize(("mode", "moves"), [("any", True), ("customer", False)])
def test_c5_whose_message_is_activity(
    make: Make, mode: Literal["any", "customer"], moves: bool
) -> None:
    """C5: any person's message restarts; by `customer` a staff reply does, but is no activity."""
    policy = InactivityPolicy(close_after_days=7, mode=mode)
    office = make(inactivity=policy)
    opened = office.open().last_activity_at
    office.clock.at += 5 * DAY
    office.say(STAFF, "Hello")
    assert (office.ticket().last_activity_at > opened) is moves
    office.clock.at += DAY
    office.say(Actor(77, "omar"), "I own the place.")
    assert (office.ticket().last_activity_at == office.clock.at) is moves
    office.say(Actor(78, "robot"), "beep", machine=True)
    office.clock.at += 6 * DAY
    assert bool(sweep(office)) is not moves
    office.clock.at += DAY
    assert bool(sweep(office)) is moves


def test_c1_a_close_request_is_confirmed_declined_or_runs_out(make: Make) -> None:
    """C1, C4: the cause says which; only the customer answers; writing withdraws it."""
    office = make(closing=ClosingPolicy(request_hours=24))
    office.open()
    assert close_request.ask(office.desk, CUSTOMER, 1, CloseReason.RESOLVED) is Denial.NOT_STAFF
    assert close_request.ask(office.desk, STAFF, 1, CloseReason.RESOLVED) is True
    assert close_request.ask(office.desk, STAFF, 1, CloseReason.RESOLVED) is False
    assert close_request.confirm(office.desk, STAFF, 1) is Denial.NOT_CUSTOMER
    assert close_request.decline(office.desk, CUSTOMER, 1) is True
    close_request.ask(office.desk, STAFF, 1, CloseReason.RESOLVED)
    office.say(CUSTOMER, "wait")
    assert close_request.confirm(office.desk, CUSTOMER, 1) is False
    close_request.ask(office.desk, STAFF, 1, CloseReason.RESOLVED)
    office.deliver()
    office.clock.at += 24 * HOUR - 1
    assert sweep(office) == []
    office.clock.at += 1
    assert Kind.DELETE_CHANNEL in sweep(office)
    assert (office.ticket().close_cause, office.ticket().close_reason) == (
        "inactivity", "resolved",
    )  # fmt: skip


def test_a_confirmed_request_closes_with_its_reason(make: Make) -> None:
    office = make(closing=ClosingPolicy(request_hours=0))
    office.open()
    close_request.ask(office.desk, STAFF, 1, CloseReason.DUPLICATE)
    office.clock.at += 999 * DAY
    assert sweep(office) == [Kind.SAY]
    assert close_request.confirm(office.desk, CUSTOMER, 1) is True
    office.deliver()
    closed = office.ticket()
    assert (closed.close_cause, closed.close_reason) == ("confirmed_request", "duplicate")
    assert closed.closed_by == ALICE


def test_a_hasty_close_can_be_undone_in_its_grace_period(make: Make) -> None:
    """Reopen: locked at first, archived only when the time is over."""
    office = make(closing=ClosingPolicy(grace_minutes=30))
    office.open()
    closing.close(office.desk, CLOSER, 1, RESOLVED)
    assert office.deliver() == [Kind.LOCK_CHANNEL, Kind.SAY]
    office.clock.at += 30 * MINUTE - 1
    assert sweep(office) == []
    assert not isinstance(closing.reopen(office.desk, CUSTOMER, 1), Denial)
    assert office.deliver() == [Kind.REOPEN_CHANNEL, Kind.SAY]
    assert office.ticket().state is State.OPEN and office.ticket().close_reason is None
    closing.close(office.desk, CLOSER, 1, RESOLVED)
    assert office.deliver() == [Kind.LOCK_CHANNEL, Kind.SAY]
    office.clock.at += 30 * MINUTE
    assert sweep(office)[0] is Kind.ARCHIVE
    assert office.ticket().state is State.CLOSED
    assert closing.reopen(office.desk, CUSTOMER, 1) is Denial.NOT_REOPENABLE


def test_c4_the_follow_up_asks_once_and_no_makes_a_flag(make: Make) -> None:
    """C4: after the delay, by DM, once; "No" makes a flag."""
    office = make(closing=ClosingPolicy(follow_up_hours=24))
    office.open()
    closing.close(office.desk, CLOSER, 1, RESOLVED)
    office.deliver()
    office.clock.at += 24 * HOUR - 1
    assert sweep(office) == []
    office.clock.at += 1
    assert sweep(office) == [Kind.FOLLOW_UP_DM]
    assert sweep(office) == []
    assert follow_up.answer(office.desk, STAFF, 1, "solved") is Denial.NOT_CUSTOMER
    assert follow_up.answer(office.desk, CUSTOMER, 1, "unsolved") == "unsolved"
    assert follow_up.answer(office.desk, CUSTOMER, 1, "solved") == "unsolved"
    assert [flag["kind"] for flag in flags.of_ticket(office.desk.db, 1)] == ["not_solved"]


def test_c4_no_follow_up_after_inactivity(make: Make) -> None:
    office = make(
        closing=ClosingPolicy(follow_up_hours=1), inactivity=InactivityPolicy(close_after_days=1)
    )
    office.open()
    office.clock.at += DAY
    sweep(office)
    office.clock.at += 9 * DAY
    assert sweep(office) == []
    assert office.ticket().follow_up is None


def test_c6_a_customer_who_left_has_their_tickets_closed(make: Make) -> None:
    """C6, P19."""
    office = make()
    office.open()
    assert closing.customer_left(office.desk, 4711) == []
    assert closing.customer_left(office.desk, ALICE) == [1]
    office.deliver()
    assert office.ticket().close_cause == "customer_left"


def test_c3_a_bad_rating_makes_a_flag(make: Make) -> None:
    """C3, E3."""
    office = make()
    office.open()
    closing.close(office.desk, CLOSER, 1, RESOLVED)
    office.deliver()
    closing.rate(office.desk, CUSTOMER, 1, "unhelpful")
    assert [flag["kind"] for flag in flags.of_ticket(office.desk.db, 1)] == ["negative_csat"]

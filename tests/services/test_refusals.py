"""O3, O6: who gets no ticket, as the database and the settings have it at that moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ogma.domain.access import OWNER, Actor, Denial
from ogma.domain.clock import DAY, HOUR
from ogma.domain.effects import Kind
from ogma.domain.opening import Intention, Refusal
from ogma.domain.permissions import MANAGE_GUILD
from ogma.domain.policies import HoursPolicy, LimitsPolicy
from ogma.domain.tickets import State, Ticket
from ogma.services import blocks, capacity, opening
from ogma.services.blocks import Block, Member
from ogma.services.desk import Desk
from ogma.services.opening import Refused
from ogma.store import outbox
from ogma.store.opening import open_database

from .conftest import ALICE, CUSTOMER, MANAGEMENT, SETTINGS, STAFF, START, Office, TestClock

WISH = Intention(ALICE, "alice", frozenset(), "general", subject="Help", joined_at=START - DAY)
QUIET = replace(WISH, type_id="quiet")
MIA = Actor(4, "mia", frozenset({MANAGEMENT}))

Make = Callable[..., Office]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """An office with these tables of the config."""

    def made(**tables: object) -> Office:
        unlimited = tuple(kind.model_copy(update={"max_open": 0}) for kind in SETTINGS.types)
        settings = SETTINGS.model_copy(update={"types": unlimited, **tables})
        clock = TestClock()
        return Office(Desk(open_database(tmp_path), lambda: settings, tmp_path, clock), clock)

    return made


def test_o3_openings_in_a_time_window(make: Make) -> None:
    """O3: of all types together; possible again when the oldest of them falls out."""
    office = make(limits=LimitsPolicy(openings=2, openings_hours=6))
    assert isinstance(opening.open_ticket(office.desk, WISH, 1), Ticket)
    office.clock.at += HOUR
    assert isinstance(opening.open_ticket(office.desk, QUIET, 2), Ticket)
    refused = opening.open_ticket(office.desk, WISH, 3)
    assert refused == Refused(Refusal.TOO_MANY, until=START + 6 * HOUR)
    other = replace(WISH, customer_id=77)
    assert isinstance(opening.open_ticket(office.desk, other, 4), Ticket)
    office.clock.at = START + 6 * HOUR
    assert isinstance(opening.open_ticket(office.desk, WISH, 5), Ticket)


def test_an_opening_that_failed_does_not_count(make: Make) -> None:
    office = make(limits=LimitsPolicy(openings=1))
    opening.open_ticket(office.desk, WISH, 1)
    office.deliver(fail=frozenset({Kind.OPEN_CHANNEL}))
    assert office.ticket().state is State.FAILED
    assert isinstance(opening.open_ticket(office.desk, WISH, 2), Ticket)


def test_o7_the_time_window_holds_under_simultaneous_clicks(make: Make) -> None:
    """O3, O7: counted in the transaction that opens."""
    office = make(limits=LimitsPolicy(openings=3))
    outcomes: list[object] = []

    def click(number: int) -> None:
        outcomes.append(opening.open_ticket(office.desk, WISH, 100 + number))
        office.desk.db.close()

    threads = [threading.Thread(target=click, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(outcome, Ticket) for outcome in outcomes) == 3


def test_o3_membership_too_young(make: Make) -> None:
    office = make(limits=LimitsPolicy(member_days=3))
    assert opening.refused(office.desk, WISH) == Refused(
        Refusal.MEMBER_YOUNG, until=START + 2 * DAY
    )


def test_o3_outside_hours_where_nothing_may_be_opened_then(make: Make) -> None:
    """O3, H2: refused with the next opening; allowed by default."""
    night = {"monday": ["00:00-01:00"]}
    week: dict[str, list[str]] = {day: [] for day in ("tuesday", "wednesday", "thursday", "friday")}
    shut = {"enabled": True, "week": {**week, **night}}
    office = make(hours=HoursPolicy.model_validate({**shut, "opening_outside": False}))
    refused = opening.open_ticket(office.desk, WISH, 1)
    assert isinstance(refused, Refused)
    assert refused.why is Refusal.OUTSIDE_HOURS
    assert refused.until is not None
    office.clock.at = refused.until
    assert isinstance(opening.open_ticket(office.desk, WISH, 2), Ticket)


def test_h2_tickets_may_be_opened_outside_hours_by_default(make: Make) -> None:
    """H2: an ordinary ticket."""
    never = {"enabled": True, "holidays": ["2020-01-01..2060-01-01"]}
    office = make(hours=HoursPolicy.model_validate(never))
    assert isinstance(opening.open_ticket(office.desk, WISH, 1), Ticket)


def test_o3_a_blocked_member_opens_nothing_until_it_is_lifted(make: Make) -> None:
    """O3: open tickets go on; the end is told where there is one."""
    office = make()
    ticket = office.open()
    until = START + 2 * DAY
    made = blocks.block(office.desk, MIA, Member(ALICE, "alice"), "spam", until)
    assert made == Block(ALICE, "alice", "spam", "mia", START, until)
    assert office.ticket(ticket.id).state is State.OPEN
    assert opening.refused(office.desk, WISH) == Refused(Refusal.BLOCKED, until=until)
    longer = blocks.block(office.desk, MIA, Member(ALICE, "alice"), "worse")
    assert blocks.listed(office.desk) == [longer]
    assert opening.refused(office.desk, WISH) == Refused(Refusal.BLOCKED)
    assert blocks.unblock(office.desk, MIA, ALICE) is True
    assert opening.refused(office.desk, WISH) is None
    assert blocks.unblock(office.desk, MIA, ALICE) is False


@pytest.mark.parametrize(
    ("actor", "denied"),
    [
        (CUSTOMER, True),
        (STAFF, True),
        (MIA, False),
        (Actor(5, "g", permissions=MANAGE_GUILD), False),
        (OWNER, False),
    ],
)
def test_o3_the_block_list_is_managements(make: Make, actor: Actor, denied: bool) -> None:
    """O3: management roles, Manage Server, and the person at the shell; nobody else."""
    office = make()
    outcome = blocks.block(office.desk, actor, Member(7, "x"), "")
    assert (outcome is Denial.NOT_MANAGEMENT) == denied
    assert bool(blocks.listed(office.desk)) != denied
    lifted = blocks.unblock(office.desk, actor, 7)
    assert lifted == (Denial.NOT_MANAGEMENT if denied else True)


def notices(office: Office) -> int:
    rows = outbox.listed(office.desk.db, None, 100)
    return sum(row["kind"] == Kind.STAFF_NOTICE for row in rows)


def test_o6_staff_are_warned_once_until_it_falls_below(make: Make) -> None:
    """O6: at 450 of 500, not at every further channel, and again after it was less."""
    office = make()
    told = [capacity.count_channels(office.desk, count) for count in (449, 450, 451, 480, 450)]
    assert told == [False, True, False, False, False]
    assert notices(office) == 1
    told = [capacity.count_channels(office.desk, count) for count in (449, 448, 450)]
    assert told == [False, False, True]
    assert notices(office) == 2

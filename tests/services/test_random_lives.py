"""Random sequences of what customers and staff do, against a plain recomputation of all of it.

The queue's counters, whose turn it is, the service levels and the figures are kept or computed in
SQL; here they are worked out once more from nothing but the messages and the events.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ogma.domain.access import Actor
from ogma.domain.automation_policies import SlaPolicy
from ogma.domain.clock import MINUTE, Millis, snowflake_at
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.insights import times
from ogma.domain.opening import Intention
from ogma.domain.tickets import State, Ticket
from ogma.services import closing, escalation, opening, staff, timers
from ogma.services.closing import Closure
from ogma.services.desk import Desk
from ogma.services.insights import Period, insights
from ogma.store import queue, tickets
from ogma.store.opening import open_database
from ogma.store.queue import Filter

from .conftest import CLOSER, SETTINGS, STAFF, START, Office, TestClock

LEVEL = 60 * MINUTE
ACTIONS = ("ask", "ask", "reply", "reply", "claim", "release", "hand_over", "hand_back", "close")
ALIVE = 12
"""Lives that go on at the same time."""

_UNLIMITED = [kind.model_copy(update={"max_open": 0}) for kind in SETTINGS.types]
_LEVELS = SlaPolicy.model_validate({"targets": [{"first_response_minutes": 60}], "warn_percent": 0})


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = SETTINGS.model_copy(update={"types": tuple(_UNLIMITED), "sla": _LEVELS})
    clock = TestClock()
    db = open_database(tmp_path)
    db.execute("PRAGMA synchronous = OFF")
    yield Office(Desk(db, lambda: settings, tmp_path, clock), clock)
    db.close()


def customer(number: int) -> Actor:
    return Actor(10_000 + number, f"customer-{number}")


def begin(office: Office, dice: random.Random, who: int) -> int:
    wish = Intention(
        10_000 + who,
        f"customer-{who}",
        frozenset(),
        dice.choice(("general", "quiet")),
        subject="Hello" if dice.random() < 0.5 else None,
    )
    ticket = opening.open_ticket(office.desk, wish, snowflake_at(office.clock.at) + office.serial())
    assert isinstance(ticket, Ticket)
    office.deliver()
    office.clock.at += MINUTE
    return ticket.id


def act(office: Office, dice: random.Random, number: int, who: int) -> None:
    desk, action = office.desk, dice.choice(ACTIONS)
    match action:
        case "ask":
            office.say(customer(who), "And now?", channel=1000 + number)
        case "reply":
            office.say(STAFF, "Try this.", channel=1000 + number)
        case "claim":
            staff.claim(desk, STAFF, number)
        case "release":
            staff.unclaim(desk, STAFF, number)
        case "hand_over":
            escalation.request_human(desk, customer(who), number)
        case "hand_back":
            escalation.hand_back(desk, STAFF, number)
        case "close" if dice.random() < 0.5:
            closing.close(desk, CLOSER, number, Closure(CloseReason.RESOLVED, CloseCause.COMMAND))
            timers.sweep(desk)
            office.deliver()
            if dice.random() < 0.6:
                rating = dice.choice(("helpful", "unhelpful"))
                closing.rate(desk, customer(who), number, rating)


def live(office: Office, dice: random.Random, lives: int, steps: int) -> None:
    """So many lives, some at the same time, with time passing in between."""
    alive: list[tuple[int, int]] = []
    begun = 0
    while begun < lives or alive:
        if begun < lives and len(alive) < ALIVE:
            begun += 1
            alive.append((begin(office, dice, begun), begun))
        number, who = dice.choice(alive)
        for _ in range(dice.randrange(1, steps)):
            act(office, dice, number, who)
            office.clock.at += dice.randrange(1, 20) * MINUTE
            timers.sweep(office.desk)
        gone = office.desk.ticket(number).state is not State.OPEN
        if gone or dice.random() < 0.3:
            alive.remove((number, who))
    timers.sweep(office.desk)


def told(office: Office, number: int) -> tuple[list[Any], list[Any]]:
    """The messages of people and the events of a ticket."""
    said = office.desk.db.execute(
        "SELECT side, at FROM message WHERE ticket_id = ? AND side IN ('customer', 'staff')"
        " ORDER BY at, id",
        (number,),
    )
    rows = tickets.events(office.desk.db, number)
    return said, [(row["kind"], row["at"]) for row in rows]


def waits_for_staff(said: list[Any]) -> bool:
    return not said or said[-1][0] == "customer"


def is_escalated(said: list[Any], events: list[Any]) -> bool:
    """Handed over, and neither handed back nor replied to since."""
    handed = max((at for kind, at in events if kind == "escalated"), default=None)
    if handed is None:
        return False
    met = [at for side, at in said if side == "staff" and at >= handed]
    return not met and not [1 for kind, at in events if kind == "handed_back" and at >= handed]


def is_claimed(events: list[Any]) -> bool:
    last = [kind for kind, _ in events if kind in ("claimed", "unclaimed")]
    return bool(last) and last[-1] == "claimed"


def first(moments: list[Millis]) -> Millis | None:
    return min(moments, default=None)


def compare(office: Office) -> int:
    """Everything that is kept, against what the messages and events say; gives the lives."""
    db, now = office.desk.db, office.clock.at
    everyone = [row[0] for row in db.execute("SELECT id FROM ticket ORDER BY id")]
    counters = dict.fromkeys(("open", "unclaimed", "escalated", "awaiting_staff"), 0)
    late: set[int] = set()
    replies, spans, ratings, closed = [], [], {"helpful": 0, "unhelpful": 0}, 0
    for number in everyone:
        ticket, (said, events) = office.desk.ticket(number), told(office, number)
        over = first([at for kind, at in events if kind == "closed"])
        replied = first([at for side, at in said if side == "staff"])
        if ticket.state is State.OPEN:
            counters["open"] += 1
            counters["unclaimed"] += not is_claimed(events)
            counters["escalated"] += is_escalated(said, events)
            counters["awaiting_staff"] += waits_for_staff(said)
            turn = "staff" if waits_for_staff(said) else "customer"
            assert ticket.waiting_on == turn, number
        met = min(at for at in (replied, over, now) if at is not None)
        if met - ticket.opened_at >= LEVEL:
            late.add(number)
        if replied is not None:
            replies.append(replied - ticket.opened_at)
        if over is not None:
            closed += 1
            spans.append(over - ticket.opened_at)
            if ticket.csat in ratings:
                ratings[ticket.csat] += 1
    counters["awaiting_customer"] = counters["open"] - counters["awaiting_staff"]
    assert queue.counters(db, Filter()) == counters
    missed = "SELECT ticket_id FROM sla WHERE first_response_breached IS NOT NULL"
    assert {row[0] for row in db.execute(missed)} == late
    flagged = "SELECT ticket_id FROM flag WHERE kind = 'sla_breach'"
    assert sorted(row[0] for row in db.execute(flagged)) == sorted(late), "each once"
    totals = insights(office.desk, Period(START, now + 1))["totals"]
    assert (totals["opened"], totals["closed"]) == (len(everyone), closed)
    assert totals["missed_level"] == len(late)
    found = times(replies), times(spans)
    assert (totals["first_response_ms"]["p50"], totals["first_response_ms"]["p90"]) == (
        found[0].p50,
        found[0].p90,
    )
    assert (totals["resolution_ms"]["p50"], totals["resolution_ms"]["p90"]) == (
        found[1].p50,
        found[1].p90,
    )
    assert {name: totals["csat"][name] for name in ratings} == ratings
    return len(everyone)


@pytest.mark.parametrize("seed", range(2))
def test_q2_q5_i1_what_is_kept_is_what_happened(office: Office, seed: int) -> None:
    live(office, random.Random(seed), lives=20, steps=8)
    assert compare(office) == 20


@pytest.mark.full
def test_q2_q5_i1_what_is_kept_is_what_happened_ten_thousand_times(office: Office) -> None:
    dice = random.Random(99)
    for rounds in range(1, 21):
        live(office, dice, lives=500, steps=8)
        assert compare(office) == 500 * rounds

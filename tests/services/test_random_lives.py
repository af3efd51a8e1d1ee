"""Random sequences of what customers and staff do, against a plain recomputation of all of it.

The queue's counters, whose turn it is, the service levels and the figures are kept or computed in
SQL; in `recomputed` they are worked out once more from nothing but the messages and the events.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ogma.domain.automation_policies import SlaPolicy
from ogma.domain.queue import Queue
from ogma.services.desk import Desk
from ogma.services.insights import Period, insights
from ogma.store import queue
from ogma.store import sla as levels
from ogma.store.opening import open_database
from ogma.store.queue import Filter

from .conftest import SETTINGS, STAFF, START, Office, TestClock
from .lives import Lives
from .recomputed import Level, Told, figures, in_queue, level, told

LEVELS = {"first_response": 240, "resolution": 900}
"""Minutes, by goal: so that some are met and some are missed."""

UNLIMITED = tuple(kind.model_copy(update={"max_open": 0}) for kind in SETTINGS.types)
Build = Callable[[int], Lives]


def pauses(seed: int) -> bool:
    """Every other time the resolution's clock stands still while the customer is awaited."""
    return seed % 2 == 1


@pytest.fixture
def build(tmp_path: Path) -> Build:
    def built(seed: int) -> Lives:
        target = {f"{goal}_minutes": minutes for goal, minutes in LEVELS.items()}
        policy = SlaPolicy.model_validate(
            {"targets": [target], "pause_awaiting_customer": pauses(seed)}
        )
        settings = SETTINGS.model_copy(update={"types": UNLIMITED, "sla": policy})
        clock = TestClock()
        db = open_database(tmp_path)
        db.execute("PRAGMA synchronous = OFF")
        return Lives(Office(Desk(db, lambda: settings, tmp_path, clock), clock), Random(seed))

    return built


def compare(lives: Lives, *, pausing: bool) -> None:
    """Everything that is kept, against what the messages and events say."""
    lives.sweep()
    known = told(lives)
    compare_queue(lives, known)
    compare_levels(lives, known, pausing=pausing)
    now = lives.office.clock.at
    compare_figures(lives, known, START, now + 1)
    middle = lives.dice.randrange(START, now + 1)
    compare_figures(lives, known, middle, lives.dice.randrange(middle, now + 1) + 1)


def compare_queue(lives: Lives, known: list[Told]) -> None:
    db = lives.office.desk.db
    numbers = {which: in_queue(which, known) for which in Queue}
    assert queue.counters(db, Filter()) == {
        "open": len(numbers[Queue.ALL]),
        "unclaimed": len(numbers[Queue.UNCLAIMED]),
        "escalated": len(numbers[Queue.ESCALATED]),
        "awaiting_staff": len(numbers[Queue.AWAITING_STAFF]),
        "awaiting_customer": len(numbers[Queue.AWAITING_CUSTOMER]),
    }
    for which, expected in numbers.items():
        wanted = Filter(queue=which, assignee=STAFF.id, limit=500)
        assert [ticket.id for ticket in queue.listed(db, wanted)] == expected, which
    for one in known:
        if one.closed is None:
            turn = "staff" if one.staffs_turn else "customer"
            assert lives.office.ticket(one.number).waiting_on == turn, one.number


def compare_levels(lives: Lives, known: list[Told], *, pausing: bool) -> None:
    db = lives.office.desk.db
    kept = levels.of_tickets(db, [one.number for one in known])
    flagged = db.execute("SELECT ticket_id FROM flag WHERE kind = 'sla_breach' ORDER BY ticket_id")
    late = []
    for one in known:
        row, events = kept[one.number], []
        for goal, minutes in LEVELS.items():
            sweeps = [at for at in lives.sweeps if at >= one.opened.at]
            expected = level(one, goal, minutes, pauses=pausing, sweeps=sweeps)
            columns = row[f"{goal}_due"], row[f"{goal}_warned"], row[f"{goal}_breached"]
            found = Level(columns[0], columns[1] is not None, columns[2] is not None)
            assert found == expected, (one.number, goal)
            events += [("sla_warning", goal)] * expected.warned
            events += [("sla_breached", goal)] * expected.breached
        told_of = [(event.kind, event.detail) for event in one.events if event.kind[:3] == "sla"]
        assert sorted(told_of) == sorted(events), "each once"
        late += [one.number] * any(kind == "sla_breached" for kind, _ in events)
    assert [row[0] for row in flagged] == late, "one flag each"


def compare_figures(lives: Lives, known: list[Told], since: int, until: int) -> None:
    found = insights(lives.office.desk, Period(since, until))
    expected = figures(known, since, until)
    assert {name: shown(found, name) for name in expected} == expected
    before = {name: value for name, value in found["before"].items() if name != "since"}
    assert before == figures(known, 2 * since - until, since)["totals"]


def shown(document: dict[str, Any], name: str) -> Any:
    """A part of the document in the form of the recomputed one."""
    match name:
        case "by_type" | "by_staff":
            key = name.removeprefix("by_")
            return {
                group[key]: {one: value for one, value in group.items() if one != key}
                for group in document[name]
            }
        case "by_day":
            return [(day["opened"], day["closed"]) for day in document[name]]
    return document[name]


@pytest.mark.parametrize(
    "seed", [*range(2), *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 200))]
)
def test_q2_q5_i1_what_is_kept_is_what_happened(build: Build, seed: int) -> None:
    """Q2, Q5, I1: 50 lives for each seed, looked at six times; 10,000 with the full counts."""
    lives = build(seed)
    for _ in range(5):
        lives.begin_more(10)
        compare(lives, pausing=pauses(seed))
    lives.end_all()
    compare(lives, pausing=pauses(seed))
    assert lives.begun == 50

"""I1: the figures of a period, each from the facts of its tickets."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ogma.domain import insights
from ogma.domain.clock import DAY, HOUR, MINUTE, Millis
from ogma.domain.insights import Fact, Solved

START: Millis = 1_767_603_600_000
"""2026-01-05 09:00 UTC, a Monday."""


def fact(number: int = 1, **values: Any) -> Fact:
    empty: dict[str, Any] = dict.fromkeys(Fact._fields)
    given = {"number": number, "type_id": "general", "opened_at": START}
    counts = {"escalated": 0, "answered": 0, "helpful": 0, "missed": 0}
    return Fact(**{**empty, **given, **counts, **values})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"answered": 1}, Solved.ASSUMED),
        ({"answered": 0}, Solved.NO),
        ({"answered": 1, "first_response_at": START + 1}, Solved.NO),
        ({"answered": 1, "helpful": 1}, Solved.CONFIRMED),
        ({"answered": 1, "csat": "helpful"}, Solved.CONFIRMED),
        ({"answered": 1, "follow_up": "solved"}, Solved.CONFIRMED),
        ({"answered": 1, "close_cause": "confirmed_request"}, Solved.CONFIRMED),
        ({"answered": 1, "helpful": 1, "csat": "unhelpful"}, Solved.NO),
        ({"answered": 1, "helpful": 1, "follow_up": "unsolved"}, Solved.NO),
        ({"answered": 1, "escalated": 1}, Solved.NO),
        ({"answered": 1, "csat": "skipped", "close_cause": "inactivity"}, Solved.ASSUMED),
    ],
)
def test_i1_silence_is_not_success(values: dict[str, Any], expected: Solved) -> None:
    assert insights.solved(fact(**values)) is expected


def test_i1_percentiles_are_values_that_occurred() -> None:
    assert insights.times([]) == insights.Times(0, None, None)
    assert insights.times([5]) == insights.Times(1, 5, 5)
    assert insights.times(range(10, 110, 10)) == insights.Times(10, 50, 90)


def test_i1_totals_count_openings_and_closes_apart() -> None:
    opened = [
        fact(1, first_response_at=START + HOUR, escalated=2, missed=1),
        fact(2, answered=1),
        fact(3),
    ]
    closed = [
        fact(2, answered=1, closing_at=START + 2 * HOUR, csat="helpful"),
        fact(9, opened_at=START - DAY, closing_at=START, csat="unhelpful"),
    ]
    found = insights.totals(opened, closed)
    assert (found.opened, found.closed, found.escalated, found.missed_level) == (3, 2, 1, 1)
    assert found.first_response == insights.Times(1, HOUR, HOUR)
    assert found.resolution == insights.Times(2, 2 * HOUR, DAY)
    assert (found.deflected_confirmed, found.deflected_assumed) == (1, 0)
    assert (found.helpful, found.unhelpful) == (1, 1)


def test_i1_groups_come_the_largest_first_and_leave_out_what_has_none() -> None:
    opened = [fact(1, assignee="sam"), fact(2, assignee="sue"), fact(3, assignee="sam"), fact(4)]
    found = insights.grouped(opened, [], lambda one: one.assignee)
    assert [(name, sums.opened) for name, sums in found.items()] == [("sam", 2), ("sue", 1)]


def test_i1_hours_and_days_are_those_on_the_owners_wall() -> None:
    """23:30 UTC on Monday is 00:30 on Tuesday in Berlin."""
    late = insights.on_the_wall([START + 14 * HOUR + 30 * MINUTE], ZoneInfo("Europe/Berlin"))
    assert insights.by_hour(late)[0] == 1
    assert insights.by_weekday(late) == [0, 1, 0, 0, 0, 0, 0]
    days = insights.by_day(late, [], date(2026, 1, 5), date(2026, 1, 7))
    assert [(day.date, day.opened) for day in days] == [
        ("2026-01-05", 0),
        ("2026-01-06", 1),
        ("2026-01-07", 0),
    ]

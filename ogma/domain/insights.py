"""What the figures of a period say (I1): pure sums over the facts of its tickets.

Silence is not success: a ticket that the AI answered and that nobody came back to counts apart from
one whose customer said that it was solved.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from math import ceil
from typing import NamedTuple

from ogma.domain.clock import Millis, to_datetime


class Fact(NamedTuple):
    """One ticket. `answered`: the AI's answers that stand; `helpful`: those said to have helped."""

    number: int
    type_id: str
    opened_at: Millis
    closing_at: Millis | None
    first_response_at: Millis | None
    assignee: str | None
    csat: str | None
    close_reason: str | None
    close_cause: str | None
    follow_up: str | None
    escalated: int
    answered: int
    helpful: int
    missed: int
    """Service levels that were missed."""


class Solved(StrEnum):
    """Whether a closed ticket was solved without staff."""

    CONFIRMED = "confirmed"
    ASSUMED = "assumed"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, in milliseconds; None where it never happened."""

    count: int
    p50: Millis | None
    p90: Millis | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures of some tickets: the first four count what was opened, the rest what closed."""

    opened: int
    escalated: int
    missed_level: int
    first_response: Times
    closed: int
    resolution: Times
    deflected_confirmed: int
    deflected_assumed: int
    helpful: int
    unhelpful: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day on the owner's wall."""

    date: str
    opened: int
    closed: int


def solved(fact: Fact) -> Solved:
    """Whether the AI alone solved a closed ticket, and who says so."""
    if fact.first_response_at is not None or not fact.answered:
        return Solved.NO
    if fact.csat == "unhelpful" or fact.follow_up == "unsolved":
        return Solved.NO
    confirmed = fact.close_cause == "confirmed_request" or fact.follow_up == "solved"
    if confirmed or fact.csat == "helpful" or fact.helpful:
        return Solved.CONFIRMED
    return Solved.NO if fact.escalated else Solved.ASSUMED


def percentile(ordered: Sequence[Millis], share: float) -> Millis | None:
    """The smallest of the ordered values that `share` of them do not exceed."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None


def times(values: Iterable[Millis]) -> Times:
    """Count and percentiles of durations."""
    ordered = sorted(values)
    return Times(len(ordered), percentile(ordered, 0.5), percentile(ordered, 0.9))


def totals(opened: Sequence[Fact], closed: Sequence[Fact]) -> Totals:
    """The figures of the tickets that were opened, and of those that were closed."""
    ways = Counter(map(solved, closed))
    ratings = Counter(fact.csat for fact in closed)
    return Totals(
        opened=len(opened),
        escalated=sum(fact.escalated > 0 for fact in opened),
        missed_level=sum(fact.missed > 0 for fact in opened),
        first_response=times(
            max(0, fact.first_response_at - fact.opened_at)
            for fact in opened
            if fact.first_response_at is not None
        ),
        closed=len(closed),
        resolution=times(
            max(0, fact.closing_at - fact.opened_at)
            for fact in closed
            if fact.closing_at is not None
        ),
        deflected_confirmed=ways[Solved.CONFIRMED],
        deflected_assumed=ways[Solved.ASSUMED],
        helpful=ratings["helpful"],
        unhelpful=ratings["unhelpful"],
    )


def grouped(
    opened: Iterable[Fact], closed: Iterable[Fact], by: Callable[[Fact], str | None]
) -> dict[str, Totals]:
    """The figures by some property, the most tickets first; those without it are left out."""
    parts: defaultdict[str, tuple[list[Fact], list[Fact]]] = defaultdict(lambda: ([], []))
    for index, facts in enumerate((opened, closed)):
        for fact in facts:
            name = by(fact)
            if name is not None:
                parts[name][index].append(fact)
    sums = {name: totals(*pair) for name, pair in parts.items()}
    return dict(sorted(sums.items(), key=lambda one: (-one[1].opened, -one[1].closed, one[0])))


def on_the_wall(moments: Iterable[Millis], zone: tzinfo) -> list[datetime]:
    """The instants as the owner's clock showed them."""
    return [to_datetime(at).astimezone(zone) for at in moments]


def by_hour(openings: Iterable[datetime]) -> list[int]:
    """Openings in each hour of the day."""
    counts = Counter(shown.hour for shown in openings)
    return [counts[hour] for hour in range(24)]


def by_weekday(openings: Iterable[datetime]) -> list[int]:
    """Openings on each day of the week, Monday first."""
    counts = Counter(shown.weekday() for shown in openings)
    return [counts[day] for day in range(7)]


def by_day(
    openings: Iterable[datetime], closes: Iterable[datetime], first: date, last: date
) -> list[Day]:
    """Every day of the period, also those on which nothing happened."""
    came = Counter(shown.date() for shown in openings)
    went = Counter(shown.date() for shown in closes)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [Day(day.isoformat(), came[day], went[day]) for day in days]


def reasons(closed: Iterable[Fact]) -> Mapping[str, int]:
    """Why tickets were closed, the most frequent first."""
    return dict(Counter(fact.close_reason or "other" for fact in closed).most_common())

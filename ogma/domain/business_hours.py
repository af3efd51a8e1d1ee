"""When staff are there (H1): windows of the local week, less the holidays, in the owner's zone.

Staff are there whenever the clock on their wall shows a time inside one of the day's windows. That
one sentence covers both daylight-saving days: a window that the clock jumps into begins at the
jump, and a time that the clock shows twice counts twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from ogma.domain.clock import DAY, HOUR, Millis, from_datetime
from ogma.domain.policies import HoursPolicy

HORIZON: Final = 400 * DAY
"""How far a change is looked for; staff who are away for longer have no next opening."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TRANSITIONS_APART: Final = 12 * HOUR
"""No zone changes its offset twice in so short a time."""


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Part of a local day in minutes since its midnight, `end` excluded."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hours:
    """The week by `date.weekday()`, and the days on which nobody is there, both ends included."""

    zone: tzinfo
    week: Mapping[int, tuple[Window, ...]]
    holidays: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time, `end` excluded, in which staff are there all along or not at all."""

    start: Millis
    end: Millis
    open: bool


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether staff are there, since when, and when that ends; None: not within the horizon."""

    open: bool
    since: Millis | None
    until: Millis | None


@lru_cache(maxsize=8)
def hours_of(policy: HoursPolicy) -> Hours | None:
    """The owner's hours, None where they are switched off."""
    if not policy.enabled:
        return None
    days = policy.week.days()
    return Hours(
        ZoneInfo(policy.time_zone),
        {number: tuple(map(parse_window, windows)) for number, windows in enumerate(days)},
        tuple(map(parse_holiday, policy.holidays)),
    )


def parse_window(text: str) -> Window:
    """'09:00-17:00' as a window; '24:00' is the end of the day."""
    start, end = (int(part[:2]) * 60 + int(part[3:]) for part in text.split("-"))
    return Window(start, end)


def parse_holiday(text: str) -> tuple[date, date]:
    """'2026-12-24' or '2026-12-24..2026-12-26' as first and last day. Raises ValueError."""
    first, _, last = text.partition("..")
    return date.fromisoformat(first), date.fromisoformat(last or first)


def is_open(hours: Hours, at: Millis) -> bool:
    """Whether staff are there at this instant."""
    local = _local(hours, at)
    day = local.date()
    if any(first <= day <= last for first, last in hours.holidays):
        return False
    minute = local.hour * 60 + local.minute
    return any(window.start <= minute < window.end for window in hours.week.get(day.weekday(), ()))


def presence(hours: Hours, at: Millis) -> Presence:
    """Whether staff are there, since when, and until when."""
    return Presence(is_open(hours, at), _last_change(hours, at), _next_change(hours, at))


def next_opening(hours: Hours, at: Millis) -> Millis | None:
    """The first instant from `at` on at which staff are there: `at` itself while they are."""
    return at if is_open(hours, at) else _next_change(hours, at)


def closed_period(hours: Hours, at: Millis) -> Interval | None:
    """The stretch without staff around this instant, None while they are there.

    Its ends lie within the horizon on either side.
    """
    now = presence(hours, at)
    if now.open:
        return None
    start = at - HORIZON if now.since is None else now.since
    return Interval(start, at + HORIZON if now.until is None else now.until, open=False)


def intervals(hours: Hours, start: Millis, end: Millis) -> Iterator[Interval]:
    """The time from `start` to `end`, cut where staff come or go: open and closed alternate."""
    while start < end:
        change = _next_change(hours, start, end)
        until = end if change is None else change
        yield Interval(start, until, is_open(hours, start))
        start = until


def _next_change(hours: Hours, at: Millis, end: Millis | None = None) -> Millis | None:
    """The first instant after `at` (and before `end`) at which staff come or go."""
    state, end = is_open(hours, at), at + HORIZON if end is None else end
    start = at
    while start < end:
        until = min(start + DAY, end)
        for edge in _edges(hours, start, until):
            if at < edge and is_open(hours, edge) != state:
                return edge
        start = until
    return None


def _last_change(hours: Hours, at: Millis) -> Millis | None:
    """The last instant up to `at` at which staff came or went."""
    state, end = is_open(hours, at), at + 1
    for _ in range(HORIZON // DAY):
        start = end - DAY
        for edge in reversed(_edges(hours, start, end)):
            if is_open(hours, edge - 1) != state:
                return edge
        end = start
    return None


def _edges(hours: Hours, start: Millis, end: Millis) -> list[Millis]:
    """Every instant from `start` to before `end` at which something may change, in order."""
    found = set(_transitions(hours, start - 1, end))
    # From the day before: its last window may end at the very midnight that `start` is.
    day, last = _local(hours, start).date() - timedelta(days=1), _local(hours, end).date()
    while day <= last:
        for window in hours.week.get(day.weekday(), ()):
            found.update(_instants(hours, day, window.start))
            found.update(_instants(hours, day, window.end))
        day += timedelta(days=1)
    return sorted(edge for edge in found if start <= edge < end)


def _instants(hours: Hours, day: date, minute: int) -> Iterator[Millis]:
    """When the wall shows this time of this day: once, twice, or (in a jump) never at all."""
    shown = datetime.combine(day, time()) + timedelta(minutes=minute)
    for fold in (0, 1):
        yield from_datetime(shown.replace(tzinfo=hours.zone, fold=fold))


def _transitions(hours: Hours, start: Millis, end: Millis) -> Iterator[Millis]:
    """The instants after `start` and up to `end` at which the zone's offset changes.

    Found by halving, as zoneinfo does not list them.
    """
    while start < end:
        low, high = start, min(start + _TRANSITIONS_APART, end)
        before = _offset(hours, low)
        if _offset(hours, high) != before:
            while high - low > 1:
                middle = (low + high) // 2
                if _offset(hours, middle) == before:
                    low = middle
                else:
                    high = middle
            yield high
        start += _TRANSITIONS_APART


def _local(hours: Hours, at: Millis) -> datetime:
    # Not from a timestamp: floats would round the last millisecond of a minute up.
    return (_EPOCH + timedelta(milliseconds=at)).astimezone(hours.zone)


def _offset(hours: Hours, at: Millis) -> timedelta | None:
    return _local(hours, at).utcoffset()

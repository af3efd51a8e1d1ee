"""Points in time and spans as people type them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from ogma.domain.clock import DAY, HOUR, MINUTE, SECOND, Millis, from_datetime, to_datetime
from ogma.errors import UsageError

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_SPAN = re.compile(r"([0-9]{1,9})\s*([smhdw])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def span(text: str) -> Millis | None:
    """'90s', '30m', '12h', '7d' or '2w' in milliseconds; None for anything else."""
    found = _SPAN.fullmatch(text.strip().lower())
    return int(found[1]) * _UNITS[found[2]] if found else None


def instant(
    text: str, option: str, now: Millis, *, whole_day: bool = False, ahead: bool = False
) -> Millis:
    """A date, an RFC 3339 time, or a span before now; UTC where no zone is named.

    With `whole_day`, a date means the end of that day: an upper bound includes it. With `ahead`,
    a span counts from now on.
    """
    distance = span(text)
    if distance is not None:
        return now + distance if ahead else now - distance
    try:
        if _DATE.fullmatch(text.strip()):
            day = date.fromisoformat(text.strip())
            start = from_datetime(datetime(day.year, day.month, day.day, tzinfo=UTC))
            return start + DAY if whole_day else start
        stamp = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"{option} takes a date (2026-01-31), a time (2026-01-31T12:00:00Z) or a span "
            f"{'from' if ahead else 'before'} now (30m, 12h, 7d), not '{text}'."
        ) from None
    return from_datetime(stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC))


def minute(at: Millis) -> str:
    """An instant for people, in UTC to the minute."""
    return to_datetime(at).strftime("%Y-%m-%d %H:%M")


def instant_of(stamp: str) -> Millis:
    """An RFC 3339 instant."""
    return from_datetime(datetime.fromisoformat(stamp))


def to_the_minute(stamp: str) -> str:
    """An RFC 3339 instant for people, in UTC to the minute."""
    return minute(instant_of(stamp))


def age(since: Millis, now: Millis) -> str:
    """How long ago, in one unit: '5 min', '3 h', '12 d'."""
    minutes = max(0, now - since) // MINUTE
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} d"

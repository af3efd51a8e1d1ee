"""Times as integer UTC milliseconds, and the few conversions that everything shares."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

Millis = int
"""Milliseconds since 1970-01-01T00:00:00Z."""

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

DISCORD_EPOCH: Final = 1_420_070_400_000
"""The first millisecond of 2015 (UTC), from which Discord's snowflakes count."""


def rfc3339(at: Millis | None) -> str | None:
    """The instant as RFC 3339 in UTC with milliseconds, or None for None."""
    if at is None:
        return None
    stamp = datetime.fromtimestamp(at / 1000, UTC)
    return stamp.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % 1000:03d}Z"


def from_datetime(stamp: datetime) -> Millis:
    """Milliseconds of an aware datetime."""
    return round(stamp.timestamp() * 1000)


def to_datetime(at: Millis) -> datetime:
    """The instant as an aware datetime in UTC."""
    return datetime.fromtimestamp(at / 1000, UTC)


def snowflake_time(snowflake: int) -> Millis:
    """When Discord made this id."""
    return (snowflake >> 22) + DISCORD_EPOCH


def snowflake_at(at: Millis) -> int:
    """The smallest id that Discord could have made at this instant."""
    return max(0, at - DISCORD_EPOCH) << 22

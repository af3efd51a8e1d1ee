"""Schedules in cron's notation, by the clock on the owner's wall (P35)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from croniter import CroniterError, croniter

from ogma.domain.clock import Millis, from_datetime, to_datetime

_MINUTE: Final = timedelta(minutes=1)
_MADE_UP: Final = re.compile(r"(?<![a-z])[rh](?![a-z])", re.IGNORECASE)
"""croniter's marks for a value that it makes up anew each time."""


def is_cron(text: str) -> bool:
    """Whether this is a schedule: minute, hour, day, month and weekday."""
    if len(text.split()) != 5 or _MADE_UP.search(text):
        return False
    try:
        croniter(text, datetime(2026, 1, 1)).get_prev(datetime)
    except (CroniterError, ValueError, KeyError):  # wrong, or it never comes: 30 February
        return False
    return True


def newest_slot(cron: str, zone: str, after: Millis, now: Millis) -> Millis | None:
    """The last time up to `now` that the schedule names, None where that is not behind `after`.

    A time that the wall shows twice counts at its first showing; one that the clock jumps over
    counts as much later as it jumps. Of many that were missed, it is the newest.
    """
    local = ZoneInfo(zone)
    slots = croniter(cron, to_datetime(now + 1).astimezone(local).replace(tzinfo=None))
    while True:
        shown: datetime = slots.get_prev(datetime)
        at = from_datetime(shown.replace(tzinfo=local, fold=0))
        if at <= now:
            return at if at > after else None


def next_slot(cron: str, zone: ZoneInfo, after: Millis) -> Millis:
    """The first time later than `after` that the schedule names, each local one once.

    One that the wall shows twice counts at its first showing; one that the clock jumps over, at
    the jump.
    """
    slots = croniter(cron, to_datetime(after).astimezone(zone).replace(tzinfo=None))
    while True:
        at = from_datetime(_first_showing(slots.get_next(datetime), zone))
        if at > after:
            return at


def _first_showing(local: datetime, zone: ZoneInfo) -> datetime:
    """The first moment at which the wall shows this time, or a later one after a jump."""
    first = local.replace(tzinfo=zone).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == local:
        return first
    moment = local.replace(tzinfo=zone, fold=1).astimezone(UTC).replace(second=0, microsecond=0)
    while moment.astimezone(zone).replace(tzinfo=None) < local:
        moment += _MINUTE
    return moment

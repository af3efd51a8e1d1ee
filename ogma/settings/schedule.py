"""Schedules in cron's notation, by the clock on the owner's wall (P35)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from croniter import CroniterError, croniter

from ogma.domain.clock import Millis, from_datetime, to_datetime

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

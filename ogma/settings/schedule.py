"""Schedules in cron's notation, by the clock on the owner's wall (P35)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from croniter import croniter

from ogma.domain.clock import Millis, from_datetime, to_datetime


def is_cron(text: str) -> bool:
    """Whether this is a schedule: minute, hour, day, month and weekday."""
    return len(text.split()) == 5 and bool(croniter.is_valid(text))


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

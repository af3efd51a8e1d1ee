"""Cron schedules: once per local slot, also in the nights when the clocks change (K2, P35).

croniter works on local times without a zone here, and what it gives is placed in the zone
afterwards: a time that comes twice counts the first time, one that is skipped at the change.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from croniter import CroniterError, croniter

from ogma.domain.clock import Millis, from_datetime, to_datetime
from ogma.domain.sources import BY_HAND
from ogma.errors import UsageError

_MINUTE: Final = timedelta(minutes=1)
_RANDOM: Final = re.compile(r"(?<![A-Za-z])[RH](?![A-Za-z])", re.IGNORECASE)
"""croniter's marks for a value that it makes up anew each time."""


def check(schedule: str) -> str:
    """The schedule in its usual spelling; raises UsageError for what is none."""
    text = " ".join(schedule.split())
    if text.lower() == BY_HAND:
        return BY_HAND
    fields = text.split(" ")
    try:
        if _RANDOM.search(text) or (
            len(fields) != 5 and not (len(fields) == 1 and text.startswith("@"))
        ):
            raise CroniterError("it needs five fields without random parts")
        _following(text, datetime(2026, 1, 1))
    except (CroniterError, ValueError, KeyError) as error:
        raise UsageError(
            f"{schedule!r} is not a schedule ({error}); write five cron fields such as"
            f" '0 */6 * * *', '@daily', or '{BY_HAND}' to sync by hand."
        ) from error
    return text


def next_slot(schedule: str, zone: ZoneInfo, after: Millis) -> Millis | None:
    """The first slot later than `after`; None where there is no schedule."""
    if schedule == BY_HAND:
        return None
    local = to_datetime(after).astimezone(zone).replace(tzinfo=None)
    while True:
        local = _following(schedule, local)
        slot = from_datetime(_instant(local, zone))
        if slot > after:
            return slot


def _following(schedule: str, local: datetime) -> datetime:
    found: datetime = croniter(schedule, local).get_next(datetime)
    return found


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The first moment at which clocks in the zone show this time, or jump over it."""
    first = local.replace(tzinfo=zone).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == local:
        return first
    moment = local.replace(tzinfo=zone, fold=1).astimezone(UTC).replace(second=0, microsecond=0)
    while moment.astimezone(zone).replace(tzinfo=None) < local:
        moment += _MINUTE
    return moment

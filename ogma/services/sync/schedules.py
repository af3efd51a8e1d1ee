"""When followed websites are synced: cron in the owner's time zone, or only by hand (K2, P35)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from ogma.domain.clock import Millis
from ogma.domain.sources import BY_HAND
from ogma.errors import UsageError
from ogma.settings import schedule as cron


def check(schedule: str) -> str:
    """The schedule in its usual spelling; raises UsageError for what is none."""
    text = " ".join(schedule.split())
    if text.lower() == BY_HAND:
        return BY_HAND
    if not cron.is_cron(text):
        raise UsageError(
            f"{schedule!r} is not a schedule; write minute, hour, day, month and weekday as cron"
            f" does, such as '0 */6 * * *', or '{BY_HAND}' to sync by hand."
        )
    return text


def next_slot(schedule: str, zone: ZoneInfo, after: Millis) -> Millis | None:
    """The first slot later than `after`; None where there is no schedule."""
    return None if schedule == BY_HAND else cron.next_slot(schedule, zone, after)

"""P35: a schedule goes by the clock on the wall and never fires twice for one time of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ogma.domain.clock import MINUTE, Millis, from_datetime, to_datetime
from ogma.settings.schedule import is_cron, newest_slot

BERLIN = "Europe/Berlin"


def utc(text: str) -> Millis:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("UTC")))


def fired(cron: str, zone: str, start: str, hours: int) -> list[str]:
    """What a sweep every 10 minutes would see, in UTC."""
    last, seen = utc(start), []
    for step in range(hours * 6):
        now = utc(start) + step * 10 * MINUTE
        slot = newest_slot(cron, zone, last, now)
        if slot is not None:
            last = slot
            seen.append(to_datetime(slot).strftime("%d %H:%M"))
    return seen


def test_p35_an_hour_that_the_wall_shows_twice_fires_once() -> None:
    """2026-10-25 in Berlin: 02:30 is 00:30 UTC, and again 01:30 UTC."""
    assert fired("30 2 * * *", BERLIN, "2026-10-24T20:00", 24) == ["25 00:30"]


def test_p35_an_hour_that_the_clock_jumps_over_fires_once() -> None:
    """2026-03-29 in Berlin: there is no 02:30; an hour later it is 03:30, 01:30 UTC."""
    assert fired("30 2 * * *", BERLIN, "2026-03-28T20:00", 24) == ["29 01:30"]


def test_p35_of_many_that_were_missed_one_is_made_up_for() -> None:
    start = utc("2026-05-04T12:00")
    now = start + timedelta(days=9) // timedelta(milliseconds=1)
    assert newest_slot("0 9 * * *", "UTC", start, now) == utc("2026-05-13T09:00")


def test_p35_nothing_is_due_twice_or_early() -> None:
    nine = utc("2026-05-04T09:00")
    assert newest_slot("0 9 * * *", "UTC", nine - 1, nine - 1) is None
    assert newest_slot("0 9 * * *", "UTC", nine - 1, nine) == nine
    assert newest_slot("0 9 * * *", "UTC", nine, nine + 1) is None


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("0 9 * * mon-fri", True),
        ("*/5 * * * *", True),
        ("0 25 * * *", False),
        ("9", False),
        ("0 0 30 2 *", False),
        ("R R * * *", False),
    ],
)
def test_a_schedule_has_five_fields(text: str, fits: bool) -> None:
    assert is_cron(text) is fits

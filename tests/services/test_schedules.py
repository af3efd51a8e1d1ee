"""P35, K2: cron schedules, once per local slot, also in the nights when the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from ogma.domain.clock import DAY, HOUR, MINUTE, Millis, from_datetime, to_datetime
from ogma.domain.sources import BY_HAND, EVERY_SIX_HOURS, Source, SourceKind
from ogma.errors import UsageError
from ogma.services.sync.schedules import check, next_slot
from ogma.services.sync.sync_round import next_sync

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
NIGHTS = {  # one in which clocks go back, one in which they go forward
    "Europe/Berlin": ("2026-10-25", "2026-03-29"),
    "America/New_York": ("2026-11-01", "2026-03-08"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
}


def at(stamp: str, zone: ZoneInfo = BERLIN) -> Millis:
    moment = datetime.fromisoformat(stamp)
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def runs(schedule: str, zone: ZoneInfo, begin: Millis, end: Millis, step: Millis) -> list[Millis]:
    """When a bot that looks every `step` starts a sync."""
    last, started = begin, []
    for now in range(begin + step, end, step):
        slot = next_slot(schedule, zone, last)
        if slot is not None and slot <= now:
            started.append(now)
            last = now
    return started


def shown(moments: list[Millis], zone: ZoneInfo = BERLIN) -> list[str]:
    return [to_datetime(one).astimezone(zone).strftime("%d %H:%M") for one in moments]


def test_a_time_that_comes_twice_counts_once() -> None:
    """P35: 02:30 on 2026-10-25 in Berlin, which croniter alone fires twice."""
    found = runs("30 2 * * *", BERLIN, at("2026-10-24T12:00"), at("2026-10-27T12:00"), 5 * MINUTE)
    assert shown(found) == ["25 02:30", "26 02:30", "27 02:30"]
    assert to_datetime(found[0]).hour == 0, "the first of the two"


def test_a_time_that_is_skipped_comes_at_the_change() -> None:
    found = runs("30 2 * * *", BERLIN, at("2026-03-28T12:00"), at("2026-03-31T12:00"), 5 * MINUTE)
    assert shown(found) == ["29 03:00", "30 02:30", "31 02:30"]


def watched(schedule: str, zone: ZoneInfo, begin: Millis, end: Millis) -> list[Millis]:
    """The same by watching a clock on the wall: each time once, what it skips at the jump."""
    seen: set[datetime] = set()
    found = []
    before = None
    for now in range(begin, end, MINUTE):
        wall = to_datetime(now).astimezone(zone).replace(tzinfo=None)
        showing = [wall]
        while before is not None and showing[0] > before + timedelta(minutes=1):
            showing.insert(0, showing[0] - timedelta(minutes=1))
        fresh = [one for one in showing if one not in seen and croniter.match(schedule, one)]
        if fresh and now > begin:
            found.append(now)
        seen.update(showing)
        before = max(wall, before or wall)
    return found


@pytest.mark.parametrize(
    ("zone", "schedule"),
    [
        ("Europe/Berlin", "30 2 * * *"),
        ("America/New_York", "15 * * * *"),
        ("Australia/Lord_Howe", "*/20 1-3 * * *"),
    ],
)
def test_each_local_slot_comes_once_in_both_nights(zone: str, schedule: str) -> None:
    place = ZoneInfo(zone)
    for night in NIGHTS[zone]:
        begin, end = (at(f"{night}T{hour}", place) for hour in ("00:00", "05:00"))
        expected = watched(schedule, place, begin, end)
        assert runs(schedule, place, begin, end, MINUTE) == expected


@settings(max_examples=30)
@given(
    st.sampled_from(ZONES),
    st.sampled_from(["0 */6 * * *", "30 2 * * *", "*/7 * * * *", "0 0 1 * *"]),
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)),
)
def test_the_next_slot_is_later_and_there_is_none_between(
    zone: str, schedule: str, moment: datetime
) -> None:
    place, after = ZoneInfo(zone), from_datetime(moment.replace(tzinfo=UTC))
    slot = next_slot(schedule, place, after)
    assert slot is not None and slot > after
    between = after + (slot - after) // 2
    assert next_slot(schedule, place, between) == slot


def source(tried: Millis | None, schedule: str = EVERY_SIX_HOURS) -> Source:
    url = "https://docs.example/"
    kind = SourceKind.PAGE
    return Source(
        1, url, kind, url, url, 3, 200, schedule, frozenset(), frozenset(), 1_000, tried_at=tried
    )


def test_k2_after_downtime_one_sync_makes_up_for_all_that_were_missed() -> None:
    week_ago, now = at("2026-06-01T05:00"), at("2026-06-08T13:10")
    due = next_sync(source(week_ago), BERLIN)
    assert due is not None and due <= now
    following = next_sync(source(now), BERLIN)
    assert following == at("2026-06-08T18:00")


def test_a_new_source_is_due_at_once_and_one_by_hand_never() -> None:
    assert next_sync(source(None), BERLIN) == 1_000
    assert next_sync(source(None, BY_HAND), BERLIN) is None
    assert next_sync(source(5_000, BY_HAND), BERLIN) is None


def test_p35_a_clock_that_is_set_back_repeats_nothing() -> None:
    """What counts is the last sync's own time, not what the clock has shown since."""
    tried = at("2026-06-08T12:00")
    for shift in (-DAY, -HOUR):
        due = next_sync(source(tried), BERLIN)
        assert due is not None and due > tried + shift


@pytest.mark.parametrize("text", ["0 */6 * * *", "  30  2 * * mon-fri ", "off", "OFF"])
def test_schedules_that_are_some(text: str) -> None:
    assert check(text) == " ".join(text.split()).replace("OFF", "off")


@pytest.mark.parametrize(
    "text", ["", "x", "* * * * * *", "61 * * * *", "0 0 30 2 *", "R * * * *", "H H * * *", "@daily"]
)
def test_schedules_that_are_none(text: str) -> None:
    with pytest.raises(UsageError, match="is not a schedule"):
        check(text)

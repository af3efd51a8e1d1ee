"""H1, P34: business hours on ordinary days, on both daylight-saving days, and in odd zones."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ogma.domain.business_hours import (
    Hours,
    Window,
    closed_period,
    hours_of,
    intervals,
    is_open,
    next_opening,
    presence,
)
from ogma.domain.clock import DAY, HOUR, MINUTE, SECOND, Millis, from_datetime
from ogma.domain.policies import HoursPolicy, WeekPolicy

BERLIN = ZoneInfo("Europe/Berlin")

CHANGES = {
    "Europe/Berlin": [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)],
    "America/New_York": [
        datetime(2026, 3, 8, 7, tzinfo=UTC),
        datetime(2026, 11, 1, 6, tzinfo=UTC),
    ],
    "Asia/Kathmandu": [datetime(1985, 12, 31, 18, 30, tzinfo=UTC)],
    "Pacific/Apia": [datetime(2011, 12, 30, 10, tzinfo=UTC), datetime(2021, 4, 3, 14, tzinfo=UTC)],
    "Europe/Istanbul": [datetime(2016, 3, 27, 1, tzinfo=UTC), datetime(2016, 9, 6, 21, tzinfo=UTC)],
    "Africa/Casablanca": [datetime(2026, 2, 15, 2, tzinfo=UTC), datetime(2018, 10, 28, tzinfo=UTC)],
    "Australia/Lord_Howe": [datetime(2026, 4, 4, 15, tzinfo=UTC)],
}
"""A zone, and instants around which its clocks were changed or its rules were given up."""


def policy(zone: str = "Europe/Berlin", holidays: tuple[str, ...] = (), **days: str) -> HoursPolicy:
    """Hours with these windows; days that are not named have none."""
    names = WeekPolicy.model_fields
    week = {day: tuple(days.get(day, "").split()) for day in names}
    return HoursPolicy(
        enabled=True, time_zone=zone, holidays=holidays, week=WeekPolicy.model_validate(week)
    )


def hours(*args: object, **days: str) -> Hours:
    made = hours_of(policy(*args, **days))  # type: ignore[arg-type]
    assert made is not None
    return made


def local(text: str, fold: int = 0, zone: ZoneInfo = BERLIN) -> Millis:
    """What the clock on the wall shows, as an instant."""
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold))


WEEKDAYS = {
    "monday": "09:00-12:00 13:00-17:00",
    "tuesday": "09:00-17:00",
    "friday": "09:00-24:00",
    "saturday": "00:00-02:00",
}


def test_h1_several_windows_a_day() -> None:
    """H1: closed over lunch; the ends of a window are not in it."""
    week = hours(**WEEKDAYS)
    shown = {
        "2026-01-05 08:59:59.999": False,
        "2026-01-05 09:00": True,
        "2026-01-05 11:59:59.999": True,
        "2026-01-05 12:00": False,
        "2026-01-05 13:00": True,
        "2026-01-05 17:00": False,
        "2026-01-07 12:00": False,
        "2026-01-09 23:59:59.999": True,
        "2026-01-10 00:00": True,
        "2026-01-10 02:00": False,
    }
    assert {text: is_open(week, local(text)) for text in shown} == shown


def test_windows_that_touch_at_midnight_are_one_opening() -> None:
    there = presence(hours(**WEEKDAYS), local("2026-01-10 01:00"))
    assert (there.open, there.since, there.until) == (
        True,
        local("2026-01-09 09:00"),
        local("2026-01-10 02:00"),
    )


def test_h1_holidays_are_days_and_ranges() -> None:
    """H1: both ends of a range are days off; the next opening is behind all of them."""
    week = hours("Europe/Berlin", ("2026-01-05..2026-01-06", "2026-01-09"), **WEEKDAYS)
    assert not is_open(week, local("2026-01-05 10:00"))
    assert not is_open(week, local("2026-01-06 10:00"))
    assert not is_open(week, local("2026-01-09 10:00"))
    assert next_opening(week, local("2026-01-03 10:00")) == local("2026-01-10 00:00")


def test_the_closed_period_is_what_an_away_message_is_counted_by() -> None:
    week = hours(**WEEKDAYS)
    period = closed_period(week, local("2026-01-11 20:00"))
    assert period is not None
    assert (period.start, period.end) == (local("2026-01-10 02:00"), local("2026-01-12 09:00"))
    assert closed_period(week, local("2026-01-05 09:00")) is None
    lunch = closed_period(week, local("2026-01-05 12:00"))
    assert lunch is not None
    assert (lunch.start, lunch.end) == (local("2026-01-05 12:00"), local("2026-01-05 13:00"))


def test_h1_spring_a_window_that_begins_in_the_gap_begins_at_the_jump() -> None:
    """H1: on 29 March 2026 no clock in Berlin shows 02:30."""
    night = hours(sunday="02:30-05:00")
    jump = from_datetime(datetime(2026, 3, 29, 1, tzinfo=UTC))
    assert not is_open(night, jump - 1)
    assert is_open(night, jump)
    assert next_opening(night, jump - HOUR) == jump
    [opening] = [one for one in intervals(night, jump - DAY, jump + DAY) if one.open]
    assert opening.end - opening.start == 2 * HOUR


def test_h1_autumn_what_the_clock_shows_twice_counts_twice() -> None:
    """H1: on 25 October 2026 Berlin's clocks show 02:00 to 03:00 twice."""
    night = hours(sunday="01:00-02:30")
    back = from_datetime(datetime(2026, 10, 25, 1, tzinfo=UTC))
    found = [one for one in intervals(night, back - DAY, back + DAY) if one.open]
    assert [(one.start - back, one.end - back) for one in found] == [
        (-2 * HOUR, -30 * MINUTE),
        (0, 30 * MINUTE),
    ]


def test_h1_the_usual_hours_keep_their_length_on_both_daylight_saving_days() -> None:
    """H1: nine to five is eight hours on every day of the year, at the same time on the wall."""
    week = hours(sunday="09:00-17:00", monday="09:00-17:00")
    for day in ("2026-03-29", "2026-10-25"):
        opening = next_opening(week, local(f"{day} 00:00"))
        assert opening == local(f"{day} 09:00")
        assert presence(week, opening).until == opening + 8 * HOUR


def test_a_day_that_was_skipped_has_no_hours() -> None:
    """Samoa went from Thursday 29 to Saturday 31 December 2011."""
    apia = ZoneInfo("Pacific/Apia")
    week = hours("Pacific/Apia", friday="00:00-24:00", saturday="10:00-11:00")
    thursday = local("2011-12-29 12:00", zone=apia)
    assert next_opening(week, thursday) == local("2011-12-31 10:00", zone=apia)
    assert local("2011-12-31 10:00", zone=apia) - thursday == 22 * HOUR


def test_hours_that_are_off_are_none_and_an_endless_holiday_has_no_end() -> None:
    assert hours_of(HoursPolicy()) is None
    never = hours("Europe/Berlin", ("2020-01-01..2040-01-01",), monday="09:00-17:00")
    at = local("2026-01-05 10:00")
    assert next_opening(never, at) is None
    period = closed_period(never, at)
    assert period is not None
    assert period.start < at < period.end
    always = hours(**dict.fromkeys(WeekPolicy.model_fields, "00:00-24:00"))
    assert presence(always, at).until is None
    assert next_opening(always, at) == at


windows = st.lists(
    st.one_of(st.integers(0, 16), st.integers(0, 96)).map(lambda quarter: quarter * 15),
    min_size=0,
    max_size=6,
    unique=True,
).map(lambda edges: tuple(Window(a, b) for a, b in list(pairwise(sorted(edges)))[::2]))
zones = st.sampled_from(sorted(CHANGES))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Hours, Millis]:
    """Hours in some zone, and an instant within a few days of one of its clock changes."""
    name = draw(zones)
    week = {day: draw(windows) for day in range(7)}
    change = draw(st.sampled_from(CHANGES[name]))
    if draw(st.booleans()):
        # A window that begins or ends between what the clock shows before and after its change.
        shown = change.astimezone(ZoneInfo(name))
        early = max(0, shown.hour * 60 - draw(st.sampled_from((15, 30, 45))))
        week[shown.weekday()] = (Window(early, early + draw(st.sampled_from((15, 120)))),)
    reach = draw(st.sampled_from((2 * HOUR, 4 * DAY)))
    near = timedelta(milliseconds=draw(st.integers(-reach, reach)))
    first = (change + timedelta(days=draw(st.integers(-3, 3)))).date()
    last = first + timedelta(days=draw(st.integers(0, 2)))
    holidays = ((first, last),) if draw(st.booleans()) else ()
    return Hours(ZoneInfo(name), week, holidays), from_datetime(change + near)


def on_the_wall(given_hours: Hours, at: Millis) -> bool:
    """Whether the clock on the wall shows a time in a window: told in the plainest way."""
    shown = datetime.fromtimestamp(at // 1000, UTC).astimezone(given_hours.zone)
    if any(first <= shown.date() <= last for first, last in given_hours.holidays):
        return False
    seconds = shown.hour * 3600 + shown.minute * 60 + shown.second
    todays = given_hours.week[shown.weekday()]
    return any(one.start * 60 <= seconds < one.end * 60 for one in todays)


@given(cases())
def test_p34_exactly_one_of_open_and_closed(case: tuple[Hours, Millis]) -> None:
    """P34: open by the wall, or in a closed period around the instant; never both, never none."""
    week, at = case
    period = closed_period(week, at)
    assert is_open(week, at) == on_the_wall(week, at) == (period is None)
    if period is not None:
        assert period.start <= at < period.end


@given(cases())
def test_p34_the_next_opening_is_never_past_and_never_skips_one(
    case: tuple[Hours, Millis],
) -> None:
    """P34: it is open then, and at no minute before."""
    week, at = case
    opening = next_opening(week, at)
    if opening is None:
        assert not any(on_the_wall(week, at + minute * HOUR) for minute in range(24 * 14))
        return
    assert opening >= at
    assert on_the_wall(week, opening)
    until = min(opening, at + 3 * DAY)
    assert not any(on_the_wall(week, one) for one in range(at, until - SECOND, 15 * MINUTE))
    assert opening == at or not on_the_wall(week, opening - 1)


@given(cases(), st.integers(1, 4 * DAY))
def test_p34_intervals_sum(case: tuple[Hours, Millis], length: Millis) -> None:
    """P34: they cover the time without gap or overlap, alternate, and agree with the wall."""
    week, start = case
    found = list(intervals(week, start, start + length))
    assert found[0].start == start
    assert found[-1].end == start + length
    assert sum(one.end - one.start for one in found) == length
    for one, following in pairwise(found):
        assert one.end == following.start
        assert one.open != following.open
    for one in found:
        looks = (one.start, *range(one.start, one.end, 15 * MINUTE), one.end - 1)
        assert {on_the_wall(week, at) for at in looks} == {one.open}


@pytest.mark.parametrize("zone", sorted(CHANGES))
def test_h1_zones_are_known_where_the_system_has_none(zone: str) -> None:
    """H1: a slim Linux has no time zone database; the one that Ogma brings knows the zones."""
    zoneinfo.reset_tzpath(to=())
    try:
        brought = ZoneInfo.no_cache(zone)
        assert all(brought.utcoffset(change) is not None for change in CHANGES[zone])
    finally:
        zoneinfo.reset_tzpath()


@pytest.mark.full
@settings(max_examples=5_000)
@given(cases(), st.integers(1, 4 * DAY))
def test_p34_in_the_issues_count(case: tuple[Hours, Millis], length: Millis) -> None:
    """P34: the three properties above over 5,000 weeks around clock changes."""
    week, at = case
    period = closed_period(week, at)
    assert is_open(week, at) == on_the_wall(week, at) == (period is None)
    opening = next_opening(week, at)
    assert opening is None or (opening >= at and on_the_wall(week, opening))
    found = list(intervals(week, at, at + length))
    assert sum(one.end - one.start for one in found) == length
    assert all(one.open != other.open for one, other in pairwise(found))

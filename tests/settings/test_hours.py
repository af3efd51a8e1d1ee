"""H1: faults of [hours] are config errors with their place."""

from __future__ import annotations

import pytest

from ogma.errors import ConfigError
from ogma.settings import parse
from tests.settings.conftest import RIGHT

WINDOW = 'hours of a day such as "09:00-17:00", "24:00" being its end'


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            '[hours]\ntime_zone = "Europe/Berlni"',
            'line 25: hours.time_zone is "Europe/Berlni"; allowed is a name of the time zone'
            ' database such as "Europe/Berlin"; did you mean "Europe/Berlin"?',
        ),
        (
            '[hours]\ntime_zone = "../../etc/passwd"',
            'line 25: hours.time_zone is "../../etc/passwd"; allowed is a name of the time zone'
            ' database such as "Europe/Berlin".',
        ),
        (
            '[hours.week]\nmonday = ["9-17"]',
            f'line 25: hours.week.monday.0 is "9-17"; allowed is {WINDOW}.',
        ),
        (
            '[hours.week]\nmonday = "09:00-17:00"',
            f'line 25: hours.week.monday is "09:00-17:00"; allowed is a list, each entry {WINDOW}.',
        ),
        (
            '[hours.week]\nfriday = ["22:00-02:00"]',
            'line 25: hours.week.friday has "22:00-02:00", which ends before it begins; hours past'
            ' midnight are "22:00-24:00" on one day and "00:00-02:00" on the next.',
        ),
        (
            '[hours.week]\nfriday = ["12:00-17:00", "09:00-12:30"]',
            'line 25: hours.week.friday has "09:00-12:30" and "12:00-17:00", which overlap.',
        ),
        (
            "[hours.week]\nfridays = []",
            'line 25: there is no setting hours.week.fridays; did you mean "friday"?',
        ),
        (
            '[hours]\nholidays = ["2026-02-30"]',
            'line 25: hours.holidays has "2026-02-30", which is no date of the calendar.',
        ),
        (
            '[hours]\nholidays = ["2026-12-24..2026-12-20"]',
            'line 25: hours.holidays has "2026-12-24..2026-12-20", which ends before it begins.',
        ),
        (
            "[hours]\nholidays = [2026-12-24]",
            "line 25: hours.holidays.0 is 2026-12-24; allowed is a date in quotes such as"
            ' "2026-12-24", or "2026-12-24..2026-12-26".',
        ),
        (
            "[hours]\nenabled = true\n[hours.week]\n"
            + "\n".join(f"{day}day = []" for day in ("mon", "tues", "wednes", "thurs", "fri")),
            "line 26: hours.week has no window on any day, so staff would never be there; give"
            " one, or set hours.enabled = false.",
        ),
    ],
)
def test_a_fault_names_its_place(written: str, said: str) -> None:
    """H1, S4: file, line, key, what was found, what is allowed."""
    with pytest.raises(ConfigError) as caught:
        parse(f"{RIGHT}{written}\n", "config.toml")
    assert [*caught.value.problems] == []
    assert str(caught.value) == f"config.toml, {said}"


def test_touching_windows_and_ordinary_hours_are_right() -> None:
    settings = parse(
        f'{RIGHT}[hours]\nenabled = true\ntime_zone = "Asia/Kathmandu"\n'
        'holidays = ["2026-12-24..2026-12-26"]\n'
        '[hours.week]\nmonday = ["09:00-12:00", "12:00-24:00"]\ntuesday = ["00:00-02:00"]\n',
        "config.toml",
    )
    assert settings.hours.week.days()[:2] == (("09:00-12:00", "12:00-24:00"), ("00:00-02:00",))

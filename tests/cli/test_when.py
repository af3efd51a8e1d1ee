from __future__ import annotations

import pytest

from ogma.cli.when import age, instant, minute, span, to_the_minute
from ogma.domain.clock import DAY, HOUR, MINUTE
from ogma.errors import UsageError

NOON = 1_767_268_800_000
"""2026-01-01T12:00:00Z."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-01", NOON - 12 * HOUR),
        ("2026-01-01T11:00:00Z", NOON - HOUR),
        ("2026-01-01T11:00:00", NOON - HOUR),
        ("2026-01-01 12:00:00+01:00", NOON - HOUR),
        ("90s", NOON - 90_000),
        ("30m", NOON - 30 * MINUTE),
        ("12h", NOON - 12 * HOUR),
        ("7d", NOON - 7 * DAY),
        ("2W", NOON - 14 * DAY),
    ],
)
def test_instants(text: str, expected: int) -> None:
    assert instant(text, "--since", NOON) == expected


def test_a_date_as_an_upper_bound_includes_its_day() -> None:
    assert instant("2026-01-01", "--until", NOON, whole_day=True) == NOON + 12 * HOUR
    assert instant("12h", "--until", NOON, whole_day=True) == NOON - 12 * HOUR


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "-7d", "7 days", "1.5h"])
def test_what_is_no_instant_gets_a_sentence(text: str) -> None:
    with pytest.raises(UsageError, match="--since takes a date"):
        instant(text, "--since", NOON)
    assert span(text) is None


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (-1, "0 min"),
        (59 * MINUTE, "59 min"),
        (HOUR, "1 h"),
        (47 * HOUR, "47 h"),
        (48 * HOUR, "2 d"),
    ],
)
def test_ages(passed: int, said: str) -> None:
    assert age(NOON, NOON + passed) == said


def test_times_for_people() -> None:
    assert minute(NOON) == to_the_minute("2026-01-01T13:00:59+01:00") == "2026-01-01 12:00"

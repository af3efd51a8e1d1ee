"""When an effect is tried again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.domain.clock import HOUR, MINUTE, SECOND
from ogma.domain.effects import Kind, patience, retry_delay


@pytest.mark.parametrize(
    ("attempts", "asked_s", "delay"),
    [
        (1, None, SECOND),
        (2, None, 2 * SECOND),
        (5, None, 16 * SECOND),
        (11, None, 15 * MINUTE),
        (500, None, 15 * MINUTE),
        (1, 30.0, 30 * SECOND),
        (6, 1.0, 32 * SECOND),
        (1, 999_999.0, HOUR),
    ],
)
def test_the_delay_doubles_and_honours_what_was_asked(
    attempts: int, asked_s: float | None, delay: int
) -> None:
    """P12: never sooner than the server asked, within an hour."""
    assert retry_delay(attempts, asked_s) == delay


@given(st.integers(1, 1000), st.integers(1, 1000))
def test_waiting_never_gets_shorter(one: int, other: int) -> None:
    assert retry_delay(min(one, other)) <= retry_delay(max(one, other))


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_patience_with_an_end(kind: Kind) -> None:
    """P3: every effect finishes or is reported."""
    assert patience(kind).attempts >= 1
    assert patience(kind).deadline_s > 0

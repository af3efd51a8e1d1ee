"""O6: where the channel goes that a full category does not take."""

from __future__ import annotations

import pytest

from ogma.domain.capacity import NAME_MAX, Category, overflow, overflow_name

FULL = Category(1, "Tickets", 50)


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], "Tickets 2"),
        ([Category(2, "Tickets 2", 49)], 2),
        ([Category(2, "Tickets 2", 50)], "Tickets 3"),
        ([Category(2, "Tickets 2", 50), Category(3, "Tickets 3", 0)], 3),
        ([Category(3, "Tickets 3", 0)], "Tickets 2"),
        ([Category(4, "Tickets 2", 50), Category(2, "Tickets 2", 1)], 2),
        ([Category(2, "Other 2", 0)], "Tickets 2"),
    ],
)
def test_o6_the_first_with_room_or_the_next_name(
    others: list[Category], expected: int | str
) -> None:
    """O6: found by name, also one that somebody made by hand."""
    assert overflow(1, [FULL, *others]) == expected


def test_a_category_that_is_gone_overflows_into_nothing() -> None:
    assert overflow(9, [FULL]) == 9


def test_a_long_name_keeps_its_number() -> None:
    assert overflow_name("x" * NAME_MAX, 12) == "x" * 97 + " 12"

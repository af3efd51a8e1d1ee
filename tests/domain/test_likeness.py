"""Near-duplicates: the same in other words, the same with another figure, something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.domain.likeness import Likeness, likeness, overlap, tokens

RESET = "Hold the reset button for ten seconds until the light blinks green."
REFUND = "Refunds are paid within 14 days to the card that you used."
PLAN = "You can change your plan at any time below Settings, Billing."

PAIRS = [
    (RESET, RESET, 1.0, "same", "same"),
    (RESET, "Press and hold the reset button for ten seconds, until its light is blinking green.",
     0.965, "same", "same"),
    (RESET, "To reset it, keep the reset button pressed for ten seconds till the light blinks"
     " green.", 0.943, "other", "same"),
    (REFUND, "We pay refunds within 14 days, to the card you used.", 0.937, "other", "same"),
    (PLAN, "Plans can be changed any time in Settings under Billing.", 0.914, "same", "same"),
    ("Clear the browser's cache and sign in again.",
     "Sign in again after clearing your browser cache.", 0.950, "other", "same"),
    (REFUND, REFUND.replace("14", "30"), 0.976, "differing", "differing"),
    (RESET, RESET.replace("until", "but not until"), 0.95, "differing", "differing"),
    (PLAN, "You cannot change your plan below Settings, Billing.", 0.896, "differing", "differing"),
    (REFUND, "Orders are shipped within 14 days to the address that you used.", 0.438,
     "other", "other"),
    (RESET, "Hold the power button for five seconds until the light goes out.", 0.747,
     "other", "other"),
    ("Invoices are sent on the first of the month.",
     "Newsletters are sent on the first of the month.", 0.583, "other", "other"),
    ("To add a user open Team and press Invite.", "To remove a user open Team and press Remove.",
     0.697, "other", "other"),
]  # fmt: skip
"""Two texts, their cosine by all-MiniLM-L6-v2, and how like they are by words and by it."""


@pytest.mark.parametrize(("one", "other", "cosine", "by_words", "by_meaning"), PAIRS)
def test_l1_near_duplicates(
    one: str, other: str, cosine: float, by_words: str, by_meaning: str
) -> None:
    """L1: "near-duplicates merge", and what differs in a figure or a "not" never does."""
    assert likeness(one, other) == by_words
    assert likeness(one, other, cosine) == by_meaning


def test_meaning_alone_makes_nothing_the_same() -> None:
    """Two texts without a word in common may be near each other and speak of different things."""
    assert likeness("Press the red knob.", "Pull that lever.", 0.99) is Likeness.OTHER


@given(st.text(max_size=80), st.text(max_size=80), st.none() | st.floats(-1, 1))
def test_likeness_has_no_direction(one: str, other: str, cosine: float | None) -> None:
    assert likeness(one, other, cosine) is likeness(other, one, cosine)


@given(st.text(max_size=80))
def test_a_text_with_words_is_like_itself(text: str) -> None:
    if any(not any(char.isdigit() for char in word) for word in tokens(text)):
        assert likeness(text, text) in (Likeness.SAME, Likeness.OTHER)
        assert overlap(tokens(text), tokens(text)) == 1

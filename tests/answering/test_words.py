"""Words as the checks compare them."""

from __future__ import annotations

import pytest

from ogma.answering.words import content_words, coverage, fold, rarity, words


def test_forms_of_a_word_meet_in_one_stem() -> None:
    assert content_words("Cancelling my subscriptions") == content_words("cancel SUBSCRIPTION")


def test_function_words_and_small_talk_say_nothing() -> None:
    assert content_words("Hello, can you please help me with this? Thanks!") == []


def test_folding_makes_typography_plain() -> None:
    assert fold("Don’t – “STOP”") == 'don\'t - "stop"'


def test_scripts_without_spaces_are_compared_by_pairs() -> None:
    assert words("退款需要") == ["退款", "款需", "需要"]


def test_rare_words_weigh_more_and_absent_ones_most() -> None:
    weights = rarity(
        ["order", "refund", "pony"], [frozenset({"order"}), frozenset({"order", "refund"})]
    )
    assert weights["order"] < weights["refund"] < weights["pony"]


@pytest.mark.parametrize(
    ("present", "share"), [({"a"}, 0.25), ({"a", "b"}, 1.0), (set(), 0.0), ({"z"}, 0.0)]
)
def test_coverage_is_the_share_of_the_weight(present: set[str], share: float) -> None:
    assert coverage({"a": 1.0, "b": 3.0}, present) == share


def test_nothing_wanted_is_not_covered() -> None:
    assert coverage({}, {"a"}) == 0.0

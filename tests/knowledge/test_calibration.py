"""K7: the fit and the choice of the cut."""

from __future__ import annotations

import pytest

from ogma.domain.calibration import Calibration, Found, evidence
from ogma.knowledge.calibration import LEAST_ANSWERED, Example, choose, curve, fit

EXAMPLES = [
    Example((number / 100, 0.5, 0.0, 0.0), number > 60 or number == 30) for number in range(100)
]


def test_what_speaks_for_a_right_find_gets_weight_and_what_says_nothing_none() -> None:
    bias, weights = fit(EXAMPLES)
    model = Calibration("hybrid", bias, weights, 0.5, 0.95, 100, 100)
    assert weights[0] > 1 and weights[1:] == pytest.approx((0, 0, 0))
    assert model.confidence((0.9, 0.5, 0, 0)) > 0.9 > 0.1 > model.confidence((0.2, 0.5, 0, 0))
    assert fit(EXAMPLES) == (bias, weights)


def test_no_signal_ever_speaks_against_a_find() -> None:
    """More of a signal must not make a search less sure, whatever the examples say by chance."""
    turned = [Example((n / 50, 1 - n / 50), n > 25) for n in range(50)]
    _, weights = fit(turned)
    assert weights[0] > 0 and weights[1] == 0


def test_examples_that_are_all_told_apart_do_not_run_away() -> None:
    apart = [Example((float(number > 5),) * 4, number > 5) for number in range(10)]
    _, weights = fit(apart)
    assert max(weights) < 10


def test_the_lowest_cut_that_keeps_the_precision_is_chosen() -> None:
    """The precision is the mean of what was counted and what the confidences promise."""
    examples = [Example((0.0,) * 2, right) for right in [True] * 19 + [False] + [False] * 20]
    sure = [1.0] * 19 + [0.9 - number / 100 for number in range(21)]
    steps = curve(sure, examples)
    assert [step.cut for step in steps[:2]] == [1.0, 0.9]
    assert steps[0].precision == 1.0
    assert steps[1].precision == pytest.approx((19 / 20 + (19 + 0.9) / 20) / 2)
    assert choose(steps, 0.97) == steps[1] and choose(steps, 0.98) == steps[0]
    assert choose(steps[1:], 0.99) is None


def test_fewer_answers_than_count_give_no_step() -> None:
    examples = [Example((0.0,) * 2, True)] * 40
    assert len(curve([1 - number / 100 for number in range(40)], examples)) == 41 - LEAST_ANSWERED


def test_the_kind_of_question_that_fares_worst_counts_as_much_as_all() -> None:
    """Sentences alone would allow the lower cut; titles make it dear; golden questions are both."""
    sentences = [Example((0.0,) * 2, True, kind="sentence")] * 20
    titles = [Example((0.0,) * 2, number < 10, kind="title") for number in range(20)]
    sure = [0.9] * 20 + [0.9] * 10 + [0.5] * 10
    high, low = curve(sure, [*sentences, *titles])
    assert high.precision == pytest.approx(0.95)
    of_titles, of_all = (10 * 0.95 + 10 * 0.25) / 20, (30 * 0.95 + 10 * 0.25) / 40
    assert low.precision == pytest.approx((of_titles + of_all) / 2)
    golden = [Example((0.0,) * 2, False)] * 10
    worse, _ = curve([*sure, *[0.9] * 10], [*sentences, *titles, *golden])
    with_titles, with_all = (10 * 0.95 + 10 * 0.45) / 20, (30 * 0.95 + 10 * 0.45) / 40
    assert worse.precision == pytest.approx((with_titles + with_all) / 2)


def test_equal_confidences_are_cut_together_and_weights_count() -> None:
    examples = [Example((0.0,) * 2, True)] * 10 + [Example((0.0,) * 2, False, 5.0)]
    (only,) = curve([0.5] * 11, examples)
    assert (only.cut, only.share) == (0.5, 1.0)
    assert only.precision == pytest.approx((10 / 15 + 0.5) / 2)


def test_the_lead_is_above_the_other_documents() -> None:
    found = [Found("a", 0.8, 0.9, 0.7), Found("a", 0.7, 0.8, 0.6), Found("b", 0.5, 0.5, 0.5)]
    assert evidence(found) == pytest.approx((0.9, 0.9 * 0.4))
    assert evidence(found[:2]) == pytest.approx((0.9, 0.81))
    assert evidence([]) == (0.0,) * 2


def test_words_count_only_where_there_are_no_vectors() -> None:
    found = [Found("a", 0.8, 0.9, 0.2), Found("b", 0.7, 0.5, 1.0)]
    assert evidence(found) == evidence([Found("a", 0.8, 0.9, 0.9), Found("b", 0.7, 0.5, 0.0)])
    words = [Found("a", 0.6, None, 0.6), Found("b", 0.1, None, 0.1)]
    assert evidence(words) == pytest.approx((0.6, 0.6 * 0.5))

"""K7: the fit and the choice of the cut."""

from __future__ import annotations

import pytest

from ogma.domain.calibration import Calibration, Found, Step, evidence
from ogma.knowledge.calibration import LEAST_ANSWERED, Example, choose, curve, fit

EXAMPLES = [
    Example((number / 100, 0.5, 0.0, 0.0, 0.0), number > 60 or number == 30)
    for number in range(100)
]


def test_what_speaks_for_a_right_find_gets_weight_and_what_says_nothing_none() -> None:
    bias, weights = fit(EXAMPLES)
    model = Calibration("hybrid", bias, weights, 0.5, 0.95, 100, 100)
    assert weights[0] > 1 and weights[1:] == pytest.approx((0, 0, 0, 0))
    assert model.confidence((0.9, 0.5, 0, 0, 0)) > 0.9 > 0.1 > model.confidence((0.2, 0.5, 0, 0, 0))
    assert fit(EXAMPLES) == (bias, weights)


def test_examples_that_are_all_told_apart_do_not_run_away() -> None:
    apart = [Example((float(number > 5),) * 5, number > 5) for number in range(10)]
    _, weights = fit(apart)
    assert max(weights) < 10


def test_the_lowest_cut_that_keeps_the_precision_is_chosen() -> None:
    examples = [Example((0.0,) * 5, right) for right in [True] * 19 + [False] + [False] * 20]
    sure = [1 - number / 100 for number in range(40)]
    steps = curve(sure, examples)
    assert len(steps) == 40 - LEAST_ANSWERED + 1
    assert choose(steps, 0.95) == Step(sure[19], 0.5, 0.95)
    assert choose(steps[12:], 0.99) is None


def test_equal_confidences_are_cut_together_and_weights_count() -> None:
    examples = [Example((0.0,) * 5, True)] * 10 + [Example((0.0,) * 5, False, 5.0)]
    (only,) = curve([0.5] * 11, examples)
    assert (only.cut, only.share) == (0.5, 1.0)
    assert only.precision == pytest.approx(10 / 15)


def test_the_margin_is_to_the_best_other_document() -> None:
    found = [Found("a", 0.8, 0.9, 0.7), Found("a", 0.7, 0.8, 0.6), Found("b", 0.5, 0.5, 0.5)]
    assert evidence(found) == pytest.approx((0.8, 0.9, 0.7, 0.3, 0.3))
    assert evidence(found[:2]) == pytest.approx((0.8, 0.9, 0.7, 0.8, 0.8))
    assert evidence([]) == (0.0,) * 5

"""Fits the confidence model of a knowledge base: a logistic regression that no signal may turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ogma.domain.calibration import Step

Numbers = NDArray[np.float64]

RIDGE: Final = 1.0
"""Pulls the weights of standardised signals towards zero, as one example would."""
_ROUNDS: Final = 40
_STEADY: Final = 1e-9
LEAST_ANSWERED: Final = 10
"""A precision over fewer answers than this is chance."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question asked of the knowledge base itself."""

    signals: tuple[float, ...]
    right: bool
    """Whether the best document was the right one."""
    weight: float = 1.0
    kind: str = ""
    """How the question came about; the kind that fares worst counts by itself. '' is no kind."""


def fit(examples: Sequence[Example]) -> tuple[float, tuple[float, ...]]:
    """Bias and weights of the logistic, for signals as they are. The same for the same examples.

    No weight is negative: more of a signal never makes a search less sure.
    """
    signals = np.array([example.signals for example in examples], np.float64)
    right = np.array([example.right for example in examples], np.float64)
    counts = np.array([example.weight for example in examples], np.float64)
    mean, spread = signals.mean(axis=0), signals.std(axis=0)
    spread[spread < _STEADY] = 1.0
    rows = np.hstack([np.ones((len(signals), 1)), (signals - mean) / spread])
    kept = list(range(rows.shape[1]))
    while True:
        found = np.zeros(rows.shape[1])
        found[kept] = _newton(rows[:, kept], right, counts)
        worst = int(found[1:].argmin()) + 1
        if found[worst] >= 0:
            break
        kept.remove(worst)
    weights = found[1:] / spread
    return float(found[0] - weights @ mean), tuple(float(weight) for weight in weights)


def _newton(rows: Numbers, right: Numbers, counts: Numbers) -> Numbers:
    penalty = np.full(rows.shape[1], RIDGE)
    penalty[0] = _STEADY
    found = np.zeros(rows.shape[1])
    for _ in range(_ROUNDS):
        sure = 1 / (1 + np.exp(-np.clip(rows @ found, -50, 50)))
        slope = rows.T @ (counts * (right - sure)) - penalty * found
        bend = (rows * (counts * sure * (1 - sure))[:, None]).T @ rows + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        found = found + step
        if np.abs(step).max() < _STEADY:
            break
    return found


def curve(confidences: Sequence[float], examples: Sequence[Example]) -> list[Step]:
    """Every possible cut, highest first, with the share answered and the precision there.

    The precision is the mean of that of all and of that of the kind of question that fares worst:
    by all alone a kind may fail, by the worst alone too little is answered. Each is the mean of
    what was counted and what the confidences themselves say: few answers make a count jump.
    """
    sure = np.array(confidences, np.float64)
    right = np.array([example.right for example in examples], np.float64)
    counts = np.array([example.weight for example in examples], np.float64)
    kinds = np.array([example.kind for example in examples])
    order = np.argsort(-sure, kind="stable")
    sure, right, counts, kinds = sure[order], right[order], counts[order], kinds[order]
    share = counts.cumsum() / counts.sum()
    worst = np.ones(len(sure))
    usable = np.append(sure[1:] != sure[:-1], True)
    for kind in sorted(set(kinds.tolist()) - {""}) or [""]:
        own = (kinds == kind) | (kinds == "")
        worst = np.minimum(worst, _expected(counts * own, right, sure))
        usable &= own.cumsum() >= LEAST_ANSWERED
    precision = (worst + _expected(counts, right, sure)) / 2
    return [
        Step(float(sure[i]), float(share[i]), float(precision[i])) for i in np.nonzero(usable)[0]
    ]


def _expected(weights: Numbers, right: Numbers, sure: Numbers) -> Numbers:
    """The precision of answering each question and all before it."""
    expected: Numbers = (weights * (right + sure) / 2).cumsum()
    expected /= np.maximum(weights.cumsum(), _STEADY)
    return expected


def choose(steps: Sequence[Step], precision: float) -> Step | None:
    """The lowest cut that keeps the precision; None where none does."""
    return next((step for step in reversed(steps) if step.precision >= precision), None)

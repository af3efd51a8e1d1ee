"""Fits the confidence model of a knowledge base: regularised logistic regression, and a cut."""

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


def fit(examples: Sequence[Example]) -> tuple[float, tuple[float, ...]]:
    """Bias and weights of the logistic, for signals as they are. The same for the same examples."""
    signals = np.array([example.signals for example in examples], np.float64)
    right = np.array([example.right for example in examples], np.float64)
    counts = np.array([example.weight for example in examples], np.float64)
    mean, spread = signals.mean(axis=0), signals.std(axis=0)
    spread[spread < _STEADY] = 1.0
    rows = np.hstack([np.ones((len(signals), 1)), (signals - mean) / spread])
    found = _newton(rows, right, counts)
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
    """Every possible cut, highest first, with the share answered and the precision there."""
    sure = np.array(confidences, np.float64)
    right = np.array([example.right for example in examples], np.float64)
    counts = np.array([example.weight for example in examples], np.float64)
    order = np.argsort(-sure, kind="stable")
    sure, right, counts = sure[order], right[order], counts[order]
    answered, rightly = counts.cumsum(), (counts * right).cumsum()
    last = np.append(sure[1:] != sure[:-1], True)
    return [
        Step(float(sure[i]), float(answered[i] / answered[-1]), float(rightly[i] / answered[i]))
        for i in np.nonzero(last & (np.arange(len(sure)) + 1 >= LEAST_ANSWERED))[0]
    ]


def choose(steps: Sequence[Step], precision: float) -> Step | None:
    """The lowest cut that keeps the precision; None where none does."""
    return next((step for step in reversed(steps) if step.precision >= precision), None)

"""A knowledge base's own measure of how sure a search must be before it is answered (K7)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SIGNALS: Final = ("nearness", "both")
"""The names of what `evidence` returns, in order; bigger is surer, 1 is the most."""

DEPTH: Final = 20
"""How many of the passages found the signals look at."""

_COMPANY: Final = 5
"""How many of the best other documents the best one is compared with."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage found, without its text."""

    document: str | int
    score: float
    cosine: float | None
    bm25: float


@dataclass(frozen=True, slots=True)
class Step:
    """One point of the curve: what a cut here would answer, and how much of it rightly."""

    cut: float
    share: float
    precision: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model over the signals, and the cut that keeps the precision asked for."""

    mode: str
    """'hybrid' or 'words': the searches that it was made for."""
    bias: float
    weights: tuple[float, ...]
    cut: float
    """1.0 where no cut keeps the precision: then nothing is answered."""
    asked_precision: float
    questions: int
    chunks: int
    """How many the knowledge base had."""

    def confidence(self, signals: Sequence[float]) -> float:
        """The estimated probability that the best document is the right one; 0 to 1."""
        value = self.bias + sum(w * s for w, s in zip(self.weights, signals, strict=True))
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, value))))


def evidence(found: Sequence[Found]) -> tuple[float, ...]:
    """The signals of what was found, best first, named by SIGNALS; all zero for nothing.

    Nearness is the best passage's; its lead is how far it is above the mean of the best few other
    documents'. Nearness without a lead is often wrong, so their product counts as well. Words count
    only where there are no vectors: sentences of the knowledge base share more words with it than
    what customers ask, so a model learned from them trusts words too much.
    """
    found = found[:DEPTH]
    if not found:
        return (0.0,) * len(SIGNALS)
    best = found[0]
    others: dict[str | int, float] = {}
    for each in found:
        if each.document != best.document:
            others.setdefault(each.document, _nearness(each))
    rivals = list(others.values())[:_COMPANY]
    nearness = _nearness(best)
    lead = nearness - (sum(rivals) / len(rivals) if rivals else 0.0)
    return (nearness, nearness * lead)


def _nearness(found: Found) -> float:
    return found.bm25 if found.cosine is None else found.cosine

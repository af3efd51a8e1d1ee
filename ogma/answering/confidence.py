"""How sure the retrieval is that the knowledge base speaks to the question, from 0 to 1.

A calibrated knowledge base brings its own confidence and cut. The weights below are fixed and
were chosen on public support questions; they serve where there is no calibration, or where the
owner has set `ai.threshold`. See the README's decisions.
"""

from __future__ import annotations

import math
from typing import Final

from ogma.answering.words import content_words, coverage, rarity
from ogma.domain.passages import Hit, Search

SIGNALS: Final = ("cosine", "bm25", "margin", "coverage", "agreement", "substance")
"""The names of what `signals` returns, in order; each from 0 to 1, bigger is surer."""

FIXED_CUT: Final = 0.45
"""The confidence below which a question is handed over where nothing else says so."""

_HYBRID: Final = (-3.9, (4.3, 0.9, 2.1, 1.3, 1.2, 0.4))
_WORDS: Final = (-3.8, (0.0, 1.9, 1.8, 1.75, 1.3, 1.3))
"""Bias and weights of the logistic, per search mode. Words alone have to be surer."""

_BEST: Final = 3
"""How many of the best passages count towards coverage."""

_SUBSTANTIAL: Final = 4
"""Content words of a question that is not so short that chance matches it."""


def signals(search: Search) -> tuple[float, ...]:
    """The retrieval signals of a search, named by SIGNALS; all zero without hits."""
    hits = search.hits
    if not hits:
        return (0.0,) * len(SIGNALS)
    return (
        max((hit.cosine or 0.0) for hit in hits[:_BEST]),
        max(hit.bm25 for hit in hits[:_BEST]),
        _margin(hits),
        _coverage(search),
        _agreement(hits),
        min(1.0, len(set(content_words(search.query))) / _SUBSTANTIAL),
    )


def gate(search: Search, threshold: float) -> tuple[float, float]:
    """(confidence, the cut below which the question is handed over), both from 0 to 1.

    `threshold` is the owner's, 0 for none: then the knowledge base's calibration decides if there
    is one.
    """
    if threshold > 0:
        return confidence(search), threshold
    if search.sureness is None:
        return confidence(search), FIXED_CUT
    asked = bool(search.hits) and bool(content_words(search.query))
    return search.sureness.confidence if asked else 0.0, search.sureness.cut


def confidence(search: Search) -> float:
    """The confidence that some passage found answers the question, 0 to 1; 0 without hits."""
    if not search.hits or not content_words(search.query):
        return 0.0
    bias, weights = _HYBRID if search.mode == "hybrid" else _WORDS
    found = signals(search)
    return _logistic(bias + sum(w * s for w, s in zip(weights, found, strict=True)))


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def _margin(hits: tuple[Hit, ...]) -> float:
    """The best score above the best of any other document."""
    best = hits[0]
    others = [hit.score for hit in hits if hit.passage.document != best.passage.document]
    return max(0.0, best.score - max(others, default=0.0))


def _coverage(search: Search) -> float:
    """The share of the question's words, weighted by rarity, in the best passages' texts."""
    texts = [passage_words(hit) for hit in search.hits]
    weights = rarity(content_words(search.query), texts)
    return max(coverage(weights, text) for text in texts[:_BEST])


def passage_words(hit: Hit) -> frozenset[str]:
    """The content stems of a passage, its title and heading included."""
    passage = hit.passage
    return frozenset(content_words(f"{passage.title}\n{passage.heading}\n{passage.text}"))


def _agreement(hits: tuple[Hit, ...]) -> float:
    """The share of the best passages that come from the best passage's document."""
    best = hits[:_BEST]
    first = best[0].passage.document
    return sum(hit.passage.document == first for hit in best) / len(best)

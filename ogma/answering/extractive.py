"""The engine that needs no model: the best one to three pieces of the passages, word for word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from ogma.answering.pieces import Kind, Piece, pieces
from ogma.answering.questions import Fit, fit
from ogma.answering.words import content_words, coverage, rarity, words
from ogma.domain.answers import Check, Citation
from ogma.domain.passages import Hit

Embed = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""Texts to L2-normalised vectors, one row each. May be slow; called off the event loop."""

SPEAKS: Final = "speaks_to_question"
"""The name of the engine's own check."""

CUT: Final = 0.5
"""A piece whose support is below this does not speak to the question."""

_MOST_PIECES: Final = 3
_LONGEST: Final = 1_400
"""Characters of an answer, so that its source lines fit into one message with it."""
_FOLLOWS: Final = 0.75
"""A further piece must reach this share of the best one's support."""
_SAME: Final = 0.8
"""Word overlap from which two pieces say the same."""
LEANING: Final = frozenset(
    ["it", "this", "that", "these", "those", "they", "then", "he", "she", "its", "their", "also"]
)
"""A sentence that starts so leans on the one before it."""


@dataclass(frozen=True, slots=True)
class Extract:
    """What was quoted. `text` is None when nothing speaks to the question."""

    text: str | None
    citations: tuple[Citation, ...]
    support: float
    check: Check


@dataclass(frozen=True, slots=True)
class _Candidate:
    hit: Hit
    rank: int
    at: int
    """The piece's place within its passage."""
    piece: Piece
    support: float = 0.0


def extract(question: str, hits: Sequence[Hit], *, embed: Embed | None = None) -> Extract:
    """Quote the pieces that speak to the question, in reading order, or refuse.

    With `embed`, likeness of meaning counts beside the words. Pure apart from that call.
    """
    candidates = _candidates(hits)
    weights = _weights(question, candidates)
    if not candidates or not weights:
        return _refusal(0.0, "nothing to compare")
    scored = _scored(question, weights, candidates, embed)
    best = max(scored, key=lambda found: (found.support, -found.rank, -found.at))
    if best.support < CUT:
        return _refusal(best.support, f"best support {best.support:.2f} is below {CUT:.2f}")
    chosen = _chosen(best, scored, weights)
    detail = f"support {best.support:.2f}"
    return Extract(_joined(chosen), _citations(chosen), best.support, Check(SPEAKS, True, detail))


def _refusal(support: float, detail: str) -> Extract:
    return Extract(None, (), support, Check(SPEAKS, False, detail))


def _candidates(hits: Sequence[Hit]) -> list[_Candidate]:
    return [
        _Candidate(hit, rank, at, piece)
        for rank, hit in enumerate(hits)
        for at, piece in enumerate(pieces(hit.passage.text))
        if len(piece.text) <= _LONGEST and not piece.text.endswith("?")
    ]


def _weights(question: str, candidates: Sequence[_Candidate]) -> dict[str, float]:
    texts = [frozenset(content_words(found.piece.text)) for found in candidates]
    return rarity(content_words(question), texts)


def _place_words(hit: Hit) -> frozenset[str]:
    return frozenset(content_words(f"{hit.passage.title}\n{hit.passage.heading}"))


def _scored(
    question: str,
    weights: dict[str, float],
    candidates: Sequence[_Candidate],
    embed: Embed | None,
) -> list[_Candidate]:
    likeness = _likeness(question, candidates, embed)
    scored: list[_Candidate] = []
    for found, like in zip(candidates, likeness, strict=True):
        own = frozenset(content_words(found.piece.text))
        lexical = 0.5 * coverage(weights, own)
        lexical += 0.5 * coverage(weights, own | _place_words(found.hit))
        support = lexical if like is None else 0.5 * lexical + 0.5 * like
        support *= _FIT[fit(question, found.piece.text)]
        scored.append(replace(found, support=min(1.0, support)))
    return scored


_FIT: Final = {Fit.GIVES: 1.15, Fit.NEUTRAL: 1.0, Fit.LACKS: 0.45}
"""What it is worth that a piece has the kind of thing that was asked for."""


def _likeness(
    question: str, candidates: Sequence[_Candidate], embed: Embed | None
) -> list[float | None]:
    """Cosine of question and piece, from 0.2 (unrelated) to 0.8 (the same) made 0 to 1."""
    if embed is None:
        return [None] * len(candidates)
    headed = [f"{found.hit.passage.heading}\n{found.piece.text}" for found in candidates]
    vectors = embed([question, *headed])
    cosines = vectors[1:] @ vectors[0]
    return [float(value) for value in np.clip((cosines - 0.2) / 0.6, 0.0, 1.0)]


def _chosen(
    best: _Candidate, scored: Sequence[_Candidate], weights: dict[str, float]
) -> list[_Candidate]:
    """The best piece, what it leans on, and what adds to it, in reading order."""
    chosen = _with_what_it_leans_on(best, scored)
    further = sorted(scored, key=lambda found: -found.support)
    for found in further:
        if len(chosen) >= _MOST_PIECES or found.support < max(CUT, _FOLLOWS * best.support):
            break
        fits = sum(len(one.piece.text) + 2 for one in chosen) + len(found.piece.text) <= _LONGEST
        if fits and _adds(found, chosen):
            chosen.append(found)
    return sorted(chosen, key=lambda found: (found.rank, found.at))


def _with_what_it_leans_on(best: _Candidate, scored: Sequence[_Candidate]) -> list[_Candidate]:
    first = next(iter(words(best.piece.text)), "")
    if first not in LEANING or best.piece.kind is not Kind.SENTENCE:
        return [best]
    before = [found for found in scored if found.rank == best.rank and found.at == best.at - 1]
    return [*before, best]


def _adds(found: _Candidate, chosen: Sequence[_Candidate]) -> bool:
    """Whether the piece says something that none of the chosen pieces says."""
    own = set(content_words(found.piece.text))
    return bool(own) and all(
        len(own & said) / len(own) < _SAME
        for said in (set(content_words(one.piece.text)) for one in chosen)
    )


def _joined(chosen: Sequence[_Candidate]) -> str:
    """The pieces in one text: neighbouring sentences flow on, everything else stands apart."""
    text = chosen[0].piece.text
    for before, found in pairwise(chosen):
        both = before.piece.kind is Kind.SENTENCE and found.piece.kind is Kind.SENTENCE
        flows = both and before.rank == found.rank and found.at == before.at + 1
        text += (" " if flows else "\n\n") + found.piece.text
    return text


def _citations(chosen: Sequence[_Candidate]) -> tuple[Citation, ...]:
    return tuple(
        Citation(
            chunk_id=found.hit.passage.chunk_id,
            document=found.hit.passage.document,
            title=found.hit.passage.title,
            heading=found.hit.passage.heading,
            url=found.hit.passage.url,
            quote=found.piece.text,
        )
        for found in chosen
    )

"""The engine that needs no model: the best one to three pieces of the passages, word for word."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from ogma.answering.pieces import Kind, Piece, flowing, pieces
from ogma.answering.questions import Fit, fit
from ogma.answering.support import Asked, Embed, Said, against, foreign, support
from ogma.answering.words import content_words, coverage, rarity, words
from ogma.domain.answers import Check, Citation
from ogma.domain.passages import Hit, Passage

SPEAKS: Final = "speaks_to_question"
"""The name of the engine's own check."""

CUT: Final = 0.66
"""A piece whose support is below this does not speak to the question.

Chosen with `scripts/measure/answers.py`, on public questions with a half of the documents hidden
and on questions that the right page does not answer.
"""
CUT_BY_WORDS: Final = 0.62
"""The same where words alone are compared."""

_RANK_COST: Final = 0.04
"""What each place further down in the search costs, by words alone."""
_SHORT_QUESTION: Final = 2
"""Content words of a question that chance matches; its place must then name its subject."""
_FOREIGN_NAME: Final = 0.5
"""What it costs, by words alone, that the passage does not know a name or number asked for."""
_AGAINST: Final = 0.6
"""What each other thing costs there that speaks against the piece."""
_MOST_PER_PASSAGE: Final = 40
_MOST_COMPARED: Final = 12
"""Pieces that are looked at closely; those with the most words of the question."""

_MOST_PIECES: Final = 3
_LONGEST: Final = 1_400
"""Characters of an answer, so that its source lines fit into one message with it."""
_FOLLOWS: Final = 0.75
"""A further piece must reach this share of the best one's support."""
_AS_GOOD: Final = 0.9
"""A piece that brings no further word of the question and stands apart must reach this share."""
_PLACE: Final = 90
"""Characters of the place in the line above what comes from it."""
_SIGNS: Final = re.compile(r"[*_`~|<>\[\]\\#]+")
Lead = Callable[[str], str]
"""The line above what comes from one place, by the name of the place."""

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


def extract(
    question: str,
    hits: Sequence[Hit],
    *,
    facts: Sequence[Passage] = (),
    confidence: float = 1.0,
    embed: Embed | None = None,
    lead: Lead | None = None,
) -> Extract:
    """Quote the pieces that speak to the question, in reading order, or refuse.

    `confidence` is the search's, and counts in a piece's support. With `embed`, so does likeness
    of meaning beside the words. `facts` stand before the hits; nobody had to search for them, so
    that no confidence limits them. `lead` words the line above what comes from one place.
    """
    live = [Hit(fact, 1.0, None if embed is None else 0.0, 0.0) for fact in facts]
    candidates = _candidates([*live, *hits])
    weights = _weights(question, candidates)
    if not candidates or not weights:
        return _refusal(0.0, "nothing to compare")
    sure = [1.0 if found.rank < len(live) else confidence for found in candidates]
    worded = [_worded(found, weights) for found in candidates]
    shares = _shares(Asked(question, weights), worded, candidates, sure, embed)
    scored = [replace(worded[at], support=share) for at, share in shares]
    best = max(scored, key=lambda found: (found.support, -found.rank, -found.at))
    cut = CUT_BY_WORDS if embed is None else CUT
    if best.support < cut:
        return _refusal(best.support, f"best support {best.support:.2f} is below {cut:.2f}")
    chosen = _chosen(best, scored, weights, candidates)
    detail = f"support {best.support:.2f}"
    return Extract(
        _joined(chosen, lead), _citations(chosen), best.support, Check(SPEAKS, True, detail)
    )


def _refusal(support: float, detail: str) -> Extract:
    return Extract(None, (), support, Check(SPEAKS, False, detail))


def _candidates(hits: Sequence[Hit]) -> list[_Candidate]:
    """The pieces that may be quoted. A question in a document is no answer."""
    return [
        _Candidate(hit, rank, at, piece)
        for rank, hit in enumerate(hits)
        for at, piece in enumerate(pieces(hit.passage.text)[:_MOST_PER_PASSAGE])
        if len(piece.text) <= _LONGEST and not piece.text.endswith("?")
    ]


def _weights(question: str, candidates: Sequence[_Candidate]) -> dict[str, float]:
    texts = [frozenset(content_words(found.piece.text)) for found in candidates]
    return rarity(content_words(question), texts)


def _place_words(hit: Hit) -> frozenset[str]:
    return frozenset(content_words(f"{hit.passage.title}\n{hit.passage.heading}"))


def _worded(found: _Candidate, weights: dict[str, float]) -> _Candidate:
    """How much of the question's words the piece has, alone and with its title and heading."""
    own = frozenset(content_words(found.piece.text))
    place = _place_words(found.hit)
    if len(weights) <= _SHORT_QUESTION and coverage(weights, place) < 0.5:
        place = frozenset()
        own = own if found.hit.cosine is not None else frozenset()
    support = 0.5 * coverage(weights, own) + 0.5 * coverage(weights, own | place)
    return replace(found, support=support)


def _shares(
    asked: Asked,
    worded: Sequence[_Candidate],
    candidates: Sequence[_Candidate],
    sure: Sequence[float],
    embed: Embed | None,
) -> list[tuple[int, float]]:
    """The places of the best candidates by words, and their support."""
    best = sorted(range(len(worded)), key=lambda at: -worded[at].support)[:_MOST_COMPARED]
    said = [
        Said(found.hit.passage, found.piece.text, _before(found, candidates), sure[at])
        for at, found in ((at, candidates[at]) for at in best)
    ]
    if embed is not None:
        return list(zip(best, support(asked, said, embed), strict=True))
    return [(at, _by_words(asked, one, worded[at])) for at, one in zip(best, said, strict=True)]


def _before(found: _Candidate, candidates: Sequence[_Candidate]) -> str:
    """The piece before this one in its passage."""
    place = (found.rank, found.at - 1)
    return next((one.piece.text for one in candidates if (one.rank, one.at) == place), "")


def _by_words(asked: Asked, said: Said, worded: _Candidate) -> float:
    """The support by words, with kind of question, foreign names, rank and search counted in."""
    fits = worded.support * _FIT[fit(asked.text, said.text)]
    fits *= _FOREIGN_NAME ** len(foreign(asked.text, said.passage))
    fits *= _AGAINST ** against(asked, said)
    fits *= max(0.0, 1 - _RANK_COST * worded.rank)
    return math.sqrt(min(1.0, fits) * said.confidence)


_FIT: Final = {Fit.GIVES: 1.15, Fit.NEUTRAL: 1.0, Fit.LACKS: 0.3}
"""What it is worth that a piece has the kind of thing that was asked for."""


def _chosen(
    best: _Candidate,
    scored: Sequence[_Candidate],
    weights: dict[str, float],
    candidates: Sequence[_Candidate],
) -> list[_Candidate]:
    """The best piece, what it leans on, and what adds to it, in reading order."""
    chosen = _with_what_it_leans_on(best, candidates)
    for found in sorted(scored, key=lambda found: -found.support):
        if len(chosen) >= _MOST_PIECES or found.support < _FOLLOWS * best.support:
            break
        fits = sum(len(one.piece.text) + 2 for one in chosen) + len(found.piece.text) <= _LONGEST
        helps = found.support >= _AS_GOOD * best.support or _brings(found, chosen, weights)
        helps = helps or _adjoins(found, chosen)
        if fits and helps and _adds(found, chosen) and not _hangs(found, chosen):
            chosen.append(found)
    return sorted(chosen, key=lambda found: (found.rank, found.at))


def _brings(found: _Candidate, chosen: Sequence[_Candidate], weights: dict[str, float]) -> bool:
    """Whether the piece has a word of the question that the chosen ones and their places lack."""
    there = {word for one in chosen for word in content_words(one.piece.text)}
    there |= {word for one in chosen for word in _place_words(one.hit)}
    return any(word in weights and word not in there for word in content_words(found.piece.text))


def _adjoins(found: _Candidate, chosen: Sequence[_Candidate]) -> bool:
    """Whether the piece stands right beside a chosen one, and so speaks of the same."""
    return any(one.rank == found.rank and abs(one.at - found.at) == 1 for one in chosen)


def _with_what_it_leans_on(best: _Candidate, candidates: Sequence[_Candidate]) -> list[_Candidate]:
    before = [one for one in candidates if one.rank == best.rank and one.at == best.at - 1]
    return [*before, best] if _leans(best.piece) else [best]


def _hangs(found: _Candidate, chosen: Sequence[_Candidate]) -> bool:
    """Whether the piece leans on one that was not chosen."""
    place = (found.rank, found.at - 1)
    return _leans(found.piece) and all((one.rank, one.at) != place for one in chosen)


def _leans(piece: Piece) -> bool:
    return piece.kind is Kind.SENTENCE and next(iter(words(piece.text)), "") in LEANING


def _adds(found: _Candidate, chosen: Sequence[_Candidate]) -> bool:
    """Whether the piece says something that none of the chosen pieces says."""
    own = set(content_words(found.piece.text))
    return bool(own) and all(
        len(own & said) / len(own) < _SAME
        for said in (set(content_words(one.piece.text)) for one in chosen)
    )


def _joined(chosen: Sequence[_Candidate], lead: Lead | None) -> str:
    """The pieces in one text: neighbouring sentences flow on, everything else stands apart."""
    text = (_led(chosen[0], lead) if lead else "") + flowing(chosen[0].piece)
    for before, found in pairwise(chosen):
        both = before.piece.kind is Kind.SENTENCE and found.piece.kind is Kind.SENTENCE
        flows = both and before.rank == found.rank and found.at == before.at + 1
        text += " " if flows else "\n\n"
        if lead and _place(before) != _place(found):
            text += _led(found, lead)
        text += flowing(found.piece)
    return text


def _place(found: _Candidate) -> tuple[str, str]:
    passage = found.hit.passage
    return passage.title or passage.document, passage.heading


def _led(found: _Candidate, lead: Lead) -> str:
    """The line above: title and heading without what Markdown could make of them."""
    parts = (" ".join(_SIGNS.sub(" ", part).split()) for part in _place(found))
    place = ", ".join(dict.fromkeys(filter(None, parts)))
    return f"{lead(place if len(place) <= _PLACE else f'{place[: _PLACE - 1]}…')}\n"


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

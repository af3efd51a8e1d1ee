"""Fuses the two ranked lists, words and vectors, on one absolute scale."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

COSINE_SHARE: Final = 0.6
NEAREST_SHARE: Final = 0.5
"""How much of a chunk's closeness the best of chunk, place and line makes; the chunk the rest."""
PLACE_SHARE: Final = 0.3
"""How much of the words' score their presence in title and heading path makes."""
MOST_TERMS: Final = 48
"""Rarer terms first; what a very long question says beyond them changes no ranking."""

LONGEST_QUERY: Final = 4_000
"""Characters of a question that are looked at; Discord's longest message has as many."""

_STOP_WORDS: Final = """
a an and are as at be but by can could did do does for from had has have how i if in is it its me my
no not of on or our please so than that the their them then there these they this to was we were
what when where which who why will with would you your
d ll m re s t ve
"""
STOP_WORDS: Final = frozenset(_STOP_WORDS.split())

BM25_K1: Final = 1.2
BM25_B: Final = 0.75
"""The constants of FTS5's BM25."""
BM25_CEILING: Final = BM25_K1 + 1
"""No term can give more than that many times its IDF."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the question: as it is written, its stem, and how rare it is (IDF)."""

    word: str
    stem: str
    idf: float


@dataclass(frozen=True, slots=True)
class Asked:
    """The terms of a question, and those of its words that some chunk has."""

    terms: tuple[Term, ...]
    words: tuple[str, ...]

    @classmethod
    def of(cls, stems: Mapping[str, str], counts: Mapping[str, int], chunks: int) -> Asked:
        """From stem -> word and stem -> number of chunks with it."""
        terms = telling_terms(stems, counts, chunks)
        return cls(tuple(terms), tuple(term.word for term in terms if term.stem in counts))

    def shares(self, bm25: Mapping[int, float]) -> dict[int, float]:
        """Chunk id -> BM25 as a share of the most that any chunk could have."""
        mass = sum(term.idf for term in self.terms)
        return {chunk: normalised(score, mass) for chunk, score in bm25.items()}


@dataclass(frozen=True, slots=True)
class Scored:
    """A chunk with its scores, all from 0 to 1."""

    chunk_id: int
    score: float
    cosine: float | None
    bm25: float


def searchable(query: str) -> str:
    """What of a question is searched for: its beginning, without what no tokenizer accepts."""
    text = query[:LONGEST_QUERY].encode("utf-8", errors="replace").decode("utf-8")
    return text.replace("\x00", " ").strip()


def content_stems(tokens: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Stem -> word, each stem once, without stop words; with them if nothing else is left."""
    pairs = list(tokens)
    telling = {stem: word for word, stem in pairs if word.lower() not in STOP_WORDS}
    return telling or {stem: word for word, stem in pairs}


def idf(chunks: int, chunks_with_term: int) -> float:
    """FTS5's inverse document frequency: never below a millionth."""
    chunks_with_term = min(chunks, chunks_with_term)  # counted a moment apart during an ingest
    return max(math.log((chunks - chunks_with_term + 0.5) / (chunks_with_term + 0.5)), 1e-6)


def telling_terms(stems: Mapping[str, str], counts: Mapping[str, int], chunks: int) -> list[Term]:
    """The terms to search for, rarest first, unknown ones included."""
    terms = [Term(word, stem, idf(chunks, counts.get(stem, 0))) for stem, word in stems.items()]
    return sorted(terms, key=lambda term: -term.idf)[:MOST_TERMS]


def normalised(bm25: float, mass: float) -> float:
    """BM25 as a share of the most that any chunk could have: 0 to 1, alike across questions.

    `mass` is the sum of the terms' IDF.
    """
    return min(1.0, max(0.0, bm25 / (BM25_CEILING * mass))) if mass > 0 else 0.0


def closeness(
    cosines: Mapping[int, float], places: Mapping[int, float], lines: Mapping[int, float]
) -> dict[int, float]:
    """Chunk id -> how near it is to the question: the chunk, title and heading path, or a line.

    `places` has the cosine of title and heading path, for chunks where it tells something, `lines`
    that of the nearest line, for chunks that are lists of short ones.
    """
    return {
        chunk: (1 - NEAREST_SHARE) * cosine
        + NEAREST_SHARE * max(cosine, places.get(chunk, -1.0), lines.get(chunk, -1.0))
        for chunk, cosine in cosines.items()
    }


def lexical(
    chunks: Iterable[int], whole: Mapping[int, float], place: Mapping[int, float]
) -> dict[int, float]:
    """Chunk id -> the words' score: in the whole chunk, and again in title and heading path."""
    return {
        chunk: (1 - PLACE_SHARE) * whole.get(chunk, 0.0) + PLACE_SHARE * place.get(chunk, 0.0)
        for chunk in chunks
    }


def expected_share(stems: Sequence[str], terms: Sequence[Term]) -> float:
    """About what `normalised` would give for a chunk of average length with these stems."""
    mass = sum(term.idf for term in terms)
    counts = {term: stems.count(term.stem) for term in terms}
    bm25 = sum(term.idf * n * BM25_CEILING / (n + BM25_CEILING - 1) for term, n in counts.items())
    return min(1.0, bm25 / (BM25_CEILING * mass)) if mass > 0 else 0.0


def fuse(cosines: Mapping[int, float] | None, words: Mapping[int, float]) -> list[Scored]:
    """All candidates, best first; `words` as `lexical` gives it; None means no vectors."""
    if cosines is None:
        scored = [Scored(chunk, bm25, None, bm25) for chunk, bm25 in words.items()]
    else:
        scored = [
            _mixed(chunk, cosines.get(chunk, 0.0), words.get(chunk, 0.0))
            for chunk in cosines.keys() | words.keys()
        ]
    return sorted(scored, key=lambda hit: (-hit.score, hit.chunk_id))


def _mixed(chunk: int, cosine: float, bm25: float) -> Scored:
    cosine = min(1.0, max(0.0, cosine))
    score = COSINE_SHARE * cosine + (1 - COSINE_SHARE) * bm25
    return Scored(chunk, score, cosine, bm25)

"""What the knowledge base gives: passages, and passages found for a question."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """One chunk of a document, with its place, so that a citation can be followed."""

    chunk_id: int
    document: str
    """The file name as ingested, or the URL."""
    title: str
    heading: str
    """The heading path below the title, joined with ' > '; empty at the top."""
    url: str | None
    text: str
    """The passage as Markdown, without the heading path in front."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question. All scores are on an absolute scale, 0 to 1."""

    passage: Passage
    score: float
    """The fused score that ranks the hit."""
    cosine: float | None
    """None when the search ran on words only."""
    bm25: float
    """BM25 divided by a multiple of the query's IDF mass; comparable across queries."""


@dataclass(frozen=True, slots=True)
class Sureness:
    """What the knowledge base's own calibration says of a search; both from 0 to 1."""

    confidence: float
    """The estimated probability that the best document is the right one."""
    cut: float
    """The confidence from which on it is answered."""


@dataclass(frozen=True, slots=True)
class Search:
    """The answer of one search: best hit first."""

    query: str
    mode: str
    """'hybrid' or 'words'."""
    hits: tuple[Hit, ...]
    generation: int
    """The knowledge base's generation that was searched."""
    sureness: Sureness | None = None
    """None where the knowledge base is not calibrated for this kind of search."""

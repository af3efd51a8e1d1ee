"""Asks a knowledge base its own sentences and titles to learn how sure a search must be (K7).

Each is asked twice: once with its document there, once with the whole document hidden. The first
shows what a right find looks like, the second what is found where the answer is missing. A sentence
is cut out of its chunk before; a title is shortened or misspelt. No labels are needed; golden
questions are added to them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from ogma.domain.calibration import Calibration, Found, Step, evidence
from ogma.domain.clock import Millis
from ogma.domain.passages import Search
from ogma.knowledge import calibration as fitting
from ogma.knowledge import own_questions as own
from ogma.knowledge import search as fusion
from ogma.knowledge.calibration import Example
from ogma.knowledge.chunks import PATH_SEPARATOR
from ogma.knowledge.lines import lines
from ogma.knowledge.sentences import estimate_tokens
from ogma.services.knowledge.following import from_blobs
from ogma.services.knowledge.nearness import near
from ogma.store import calibration as store
from ogma.store import knowledge as chunks
from ogma.store import vectors
from ogma.store.database import Database

if TYPE_CHECKING:
    from ogma.knowledge.embedder import Embedder, Vectors
    from ogma.services.knowledge.golden import Golden
    from ogma.services.knowledge.vectors import Live

SENTENCES: Final = 400
TITLES: Final = 150
"""How many of each are asked, each in two spellings."""
FEWEST: Final = 20
"""Below this `size` there is too little to learn from; the fixed threshold stays."""
BY_ITSELF: Final = 100
"""From this `size` on an ingest calibrates unasked: a small one would hand over too much."""
FEWEST_RIGHT: Final = 15
LARGE_CHANGE: Final = 0.2
"""The share of chunks that came or went after which a calibration is made anew."""
CANDIDATES: Final = 100
"""How many passages are ranked for each, so that enough are left when some are hidden."""
GOLDEN_WEIGHT: Final = 3.0
"""A question of the owner tells more than a sentence of a document."""
_REST: Final = 3
"""Words that a chunk must have left to stand in the search without the sentence."""
_STEADY: Final = 1e-9
_SENTENCE: Final = "sentence"
_TITLE: Final = "title"

Ranked = Callable[[str, "Vectors | None"], tuple[fusion.Asked, list[fusion.Scored]]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a calibration came to."""

    calibration: Calibration | None
    """None where there was too little to learn from; `reason` says what."""
    reason: str = ""
    share: float = 0.0
    """Of the questions asked, how many the cut answers."""
    precision: float = 0.0
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class _Question:
    text: str
    """As it is searched for."""
    document_id: int
    sentence: str = ""
    """As it stands in its chunk; empty for a title."""
    row: store.Row | None = None


class Calibrator:
    """One run over a knowledge base that does not change meanwhile."""

    def __init__(self, db: Database, live: Live, embedder: Embedder | None, ranked: Ranked) -> None:
        self._db = db
        self._live = live
        self._embedder = embedder if live.index is not None else None
        self._ranked = ranked

    def run(self, precision: float, golden: Sequence[Example] = ()) -> Outcome:
        """Fit and choose the cut for this precision, 0 to 1."""
        if size(self._db, self._live) < FEWEST:
            return Outcome(None, f"there are fewer than {FEWEST} passages")
        questions = [*self._sentences(), *self._titles()]
        examples = [*_balanced(list(self._examples(questions))), *golden]
        right = sum(example.right for example in examples)
        if min(right, len(examples) - right) < FEWEST_RIGHT:
            return Outcome(None, "too few of its own sentences find their document")
        bias, weights = fitting.fit(examples)
        model = Calibration(
            _mode(self._live), bias, weights, 1.0, precision, len(questions), self._live.chunks
        )
        sure = [model.confidence(example.signals) for example in examples]
        steps = fitting.curve(sure, examples)
        chosen = fitting.choose(steps, precision)
        if chosen is None:
            why = f"no cut keeps {precision:.0%} on its own sentences"
            return Outcome(None, why, steps=tuple(steps))
        fitted = replace(model, cut=chosen.cut)
        return Outcome(fitted, "", chosen.share, chosen.precision, tuple(steps))

    def _sentences(self) -> list[_Question]:
        rows = store.sample(self._db, SENTENCES)
        each = max(1, -(-SENTENCES // len(rows)))
        found = [
            (line, row)
            for row in rows
            for line in own.spread(own.said(row.text, row.context.split(PATH_SEPARATOR)[0]), each)
        ]
        return [
            _Question(fusion.searchable(spell(line)), row.document_id, line, row)
            for line, row in own.spread(found, SENTENCES)
            for spell in (str, own.misspelt)
        ]

    def _titles(self) -> list[_Question]:
        named = own.spread(chunks.documents(self._db), TITLES)
        return [
            _Question(fusion.searchable(spell(document.title)), document.id)
            for document in named
            for spell in (own.shortened, own.misspelt)
        ]

    def _examples(self, questions: Sequence[_Question]) -> Iterator[Example]:
        texts = [question.text for question in questions]
        asked = self._embedder.embed_passages(texts) if self._embedder and texts else None
        vectors_of = {} if asked is None else dict(zip(texts, asked, strict=True))
        for question in questions:
            vector = vectors_of.get(question.text)
            terms, ranked = self._ranked(question.text, vector)
            owners = store.documents_of(self._db, [hit.chunk_id for hit in ranked])
            present = ranked
            if question.row is not None:
                present = [hit for hit in ranked if hit.chunk_id != question.row.chunk_id]
                said = vectors_of.get(fusion.searchable(question.sentence))
                rest = self._without(question, question.row, terms, vector, said)
                if rest is not None:
                    present = sorted([*present, rest], key=lambda hit: -hit.score)
                    owners[rest.chunk_id] = question.document_id
            hidden = [hit for hit in ranked if owners.get(hit.chunk_id) != question.document_id]
            for left in (present, hidden):
                if left:
                    yield _example(left, owners, question)

    def _without(
        self,
        question: _Question,
        row: store.Row,
        asked: fusion.Asked,
        vector: Vectors | None,
        said: Vectors | None,
    ) -> fusion.Scored | None:
        """How the chunk would have been found had it never held the sentence.

        `vector` is the question's, `said` that of the sentence as it is written.
        """
        rest = row.text.replace(question.sentence, "", 1)
        if len(rest.split()) < _REST:
            return None
        cosines = None
        if vector is not None and said is not None:
            left = self._vector_without(row, question.sentence, said)
            cosines = near(
                self._db,
                self._live,
                vector,
                {row.chunk_id: float(left @ vector)},
                (row.chunk_id, _line_of(row, question.sentence)),
            )
        place = [stem for _, stem in chunks.tokens(self._db, row.context)]
        whole = place + [stem for _, stem in chunks.tokens(self._db, rest)]
        words = fusion.lexical(
            [row.chunk_id],
            {row.chunk_id: fusion.expected_share(whole, asked.terms)},
            {row.chunk_id: fusion.expected_share(place, asked.terms)},
        )
        return fusion.fuse(cosines, words)[0]

    def _vector_without(self, row: store.Row, sentence: str, said: Vectors) -> Vectors:
        """A chunk's vector is near the mean over its tokens, so those of the sentence come off."""
        model_id = self._live.status.model_id
        assert model_id is not None
        stored = vectors.vectors(self._db, model_id, [row.chunk_id])
        if not stored:
            return np.zeros_like(said)
        whole = from_blobs([stored[0][1]], said.size)[0]
        tokens = estimate_tokens(row.context + row.text)
        rest: Vectors = whole * tokens - said * estimate_tokens(sentence)
        return rest / max(float(np.linalg.norm(rest)), _STEADY)


def _line_of(row: store.Row, sentence: str) -> int | None:
    """The number of the line that a sentence stands in, if the chunk is a list of lines."""
    found = (number for number, line in enumerate(lines(row.text)) if sentence in line)
    return next(found, None)


def _balanced(examples: list[Example]) -> list[Example]:
    """Weights so that titles, of which there are fewer, count as much as sentences."""
    counts = Counter(example.kind for example in examples)
    if len(counts) < 2:
        return examples
    mean = len(examples) / len(counts)
    return [replace(example, weight=mean / counts[example.kind]) for example in examples]


def size(db: Database, live: Live) -> int:
    """How much there is to learn from: passages, and the lines of those that are lists of lines."""
    lines_too = 0
    if live.status.model_id is not None and live.status.dim is not None:
        lines_too = vectors.count_lines(db, live.status.model_id, live.status.dim)
    return live.chunks + lines_too


def fits(stored: store.Stored, mode: str, live: Live) -> bool:
    """Whether a calibration was made for such searches, by this embedding model."""
    fingerprint = live.status.fingerprint if mode == "hybrid" else None
    return (stored.calibration.mode, stored.fingerprint) == (mode, fingerprint)


def is_outdated(db: Database, live: Live) -> bool:
    """Whether so much has changed that the calibration, or its lack, is to be looked at."""
    stored = store.load(db)
    if stored is None or not fits(stored, _mode(live), live):
        return True
    return store.changed_chunks(db, stored) > LARGE_CHANGE * stored.calibration.chunks


def keep(db: Database, live: Live, outcome: Outcome, now: Millis) -> None:
    """Store what a calibration came to; where it came to nothing, the last one goes."""
    made = outcome.calibration
    with db.write():
        if made is None:
            store.drop(db)
        else:
            fingerprint = live.status.fingerprint if made.mode == "hybrid" else None
            store.save(db, made, fingerprint, live.status.generation, now)


def _mode(live: Live) -> str:
    return "hybrid" if live.index is not None else "words"


def _example(
    ranked: Sequence[fusion.Scored], owners: dict[int, int], question: _Question
) -> Example:
    found = [
        Found(owners[hit.chunk_id], hit.score, hit.cosine, hit.bm25)
        for hit in ranked
        if hit.chunk_id in owners
    ]
    right = bool(found) and found[0].document == question.document_id
    return Example(evidence(found), right, kind=_TITLE if question.row is None else _SENTENCE)


def judged(golden: Golden, search: Search) -> Example | None:
    """What a golden question teaches; None where it says nothing of what is to be found."""
    best = search.hits[0].passage.document if search.hits else None
    if golden.escalate:
        right = False
    elif golden.document is not None:
        right = best == golden.document
    else:
        return None
    found = [Found(hit.passage.document, hit.score, hit.cosine, hit.bm25) for hit in search.hits]
    return Example(evidence(found), right, GOLDEN_WEIGHT)

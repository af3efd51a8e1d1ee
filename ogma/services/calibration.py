"""Asks a knowledge base its own sentences to learn how sure a search must be (K7).

Every sentence is asked twice: once cut out of its chunk with the rest of its document present,
once with the whole document hidden. The first shows what a right find looks like, the second what
is found where the answer is missing. No labels are needed; golden questions are added to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from ogma.domain.calibration import Calibration, Found, Step, evidence
from ogma.domain.clock import Millis
from ogma.domain.passages import Search
from ogma.knowledge import calibration as fitting
from ogma.knowledge import search as fusion
from ogma.knowledge.calibration import Example
from ogma.knowledge.sentences import estimate_tokens, sentences
from ogma.services.vectors import from_blobs
from ogma.store import calibration as store
from ogma.store import knowledge as chunks
from ogma.store import vectors
from ogma.store.database import Database

if TYPE_CHECKING:
    from ogma.knowledge.embedder import Embedder, Vectors
    from ogma.services.golden import Golden
    from ogma.services.vectors import Live

QUESTIONS: Final = 600
FEWEST_CHUNKS: Final = 20
"""Below this many chunks there is too little to learn from; the fixed threshold stays."""
BY_ITSELF: Final = 200
"""From so many chunks on an ingest calibrates unasked: a small one would hand over too much."""
FEWEST_RIGHT: Final = 15
LARGE_CHANGE: Final = 0.2
"""The share of chunks that came or went after which a calibration is made anew."""
CANDIDATES: Final = 100
"""How many passages are ranked for each, so that enough are left when some are hidden."""
GOLDEN_WEIGHT: Final = 3.0
"""A question of the owner tells more than a sentence of a document."""
_WORDS: Final = range(3, 41)
"""How long a sentence is that is asked as a question."""
_REST: Final = 8
"""Words that a chunk must have left to stand in the search without the sentence."""

T = TypeVar("T")
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
    row: store.Row


class Calibrator:
    """One run over a knowledge base that does not change meanwhile."""

    def __init__(self, db: Database, live: Live, embedder: Embedder | None, ranked: Ranked) -> None:
        self._db = db
        self._live = live
        self._embedder = embedder if live.index is not None else None
        self._ranked = ranked

    def run(self, precision: float, golden: Sequence[Example] = ()) -> Outcome:
        """Fit and choose the cut for this precision, 0 to 1."""
        if self._live.chunks < FEWEST_CHUNKS:
            return Outcome(None, f"there are fewer than {FEWEST_CHUNKS} passages")
        questions = self._questions()
        examples = [*self._examples(questions), *golden]
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

    def _questions(self) -> list[_Question]:
        rows = store.sample(self._db, QUESTIONS)
        each = max(1, -(-QUESTIONS // len(rows)))
        found = []
        for row in rows:
            said = [sentence.strip() for sentence, _ in sentences(row.text, _WORDS.stop)]
            usable = [text for text in said if len(text.split()) in _WORDS]
            found += [_Question(text, row) for text in _spread(usable, each)]
        return _spread(found, QUESTIONS)

    def _examples(self, questions: Sequence[_Question]) -> Iterator[Example]:
        texts = [fusion.searchable(question.text) for question in questions]
        asked = self._embedder.embed_passages(texts) if self._embedder and texts else None
        for number, question in enumerate(questions):
            vector = None if asked is None else asked[number]
            terms, ranked = self._ranked(texts[number], vector)
            owners = store.documents_of(self._db, [hit.chunk_id for hit in ranked])
            own = question.row.document_id
            rest = self._without(question, terms, vector)
            present = [hit for hit in ranked if hit.chunk_id != question.row.chunk_id]
            if rest is not None:
                present = sorted([*present, rest], key=lambda hit: -hit.score)
                owners[rest.chunk_id] = own
            hidden = [hit for hit in ranked if owners.get(hit.chunk_id) != own]
            for left in (present, hidden):
                if left:
                    yield _example(left, owners, own)

    def _without(
        self, question: _Question, asked: fusion.Asked, vector: Vectors | None
    ) -> fusion.Scored | None:
        """How the chunk would have been found had it never held the sentence."""
        row = question.row
        rest = row.text.replace(question.text, "", 1)
        if len(rest.split()) < _REST:
            return None
        cosine = None if vector is None else self._cosine_without(question, vector)
        place = [stem for _, stem in chunks.tokens(self._db, row.context)]
        whole = place + [stem for _, stem in chunks.tokens(self._db, rest)]
        words = fusion.lexical(
            [row.chunk_id],
            {row.chunk_id: fusion.expected_share(whole, asked.terms)},
            {row.chunk_id: fusion.expected_share(place, asked.terms)},
        )
        return fusion.fuse(None if cosine is None else {row.chunk_id: cosine}, words)[0]

    def _cosine_without(self, question: _Question, vector: Vectors) -> float:
        """A chunk's vector is near the mean over its tokens, so those of the sentence come off."""
        row, model_id = question.row, self._live.status.model_id
        assert model_id is not None
        stored = vectors.vectors(self._db, model_id, [row.chunk_id])
        if not stored:
            return 0.0
        whole = from_blobs([stored[0][1]], vector.size)[0]
        tokens = estimate_tokens(row.context + row.text)
        rest = whole * tokens - vector * estimate_tokens(question.text)
        length = float(np.linalg.norm(rest))
        return float(rest @ vector) / length if length > 0 else 0.0


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


def _example(ranked: Sequence[fusion.Scored], owners: dict[int, int], own: int) -> Example:
    found = [
        Found(owners[hit.chunk_id], hit.score, hit.cosine, hit.bm25)
        for hit in ranked
        if hit.chunk_id in owners
    ]
    return Example(evidence(found), bool(found) and found[0].document == own)


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


def _spread(items: Sequence[T], most: int) -> list[T]:
    """At most `most` of the items, evenly spread, the same ones every time."""
    if len(items) <= most:
        return list(items)
    return [items[number * len(items) // most] for number in range(most)]

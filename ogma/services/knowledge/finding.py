"""Passages for a question: candidates of both legs, fused, read anew, only what may be seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ogma.domain.calibration import DEPTH, Found, evidence
from ogma.domain.limits import EVERYTHING, Reader
from ogma.domain.passages import Hit, Search, Sureness
from ogma.knowledge import search as fusion
from ogma.services.knowledge import calibration
from ogma.services.knowledge.nearness import near
from ogma.services.knowledge.vectors import Live, LiveVectors
from ogma.store import calibration as calibrations
from ogma.store import knowledge as store
from ogma.store import limits
from ogma.store.database import Database

if TYPE_CHECKING:
    from ogma.knowledge.embedder import Embedder, Vectors

CANDIDATES: Final = 100
"""How many chunks each of the two searches puts forward."""
HYDRATED: Final = 20
"""How many of them are read at a time, until enough of them still exist."""


class Finder:
    """Searches what is live. Safe from any thread."""

    def __init__(self, db: Database, live: LiveVectors, embedder: Embedder | None) -> None:
        self._db = db
        self._vectors = live
        self._embedder = embedder

    def search(self, query: str, limit: int, reader: Reader = EVERYTHING) -> Search:
        """The passages that speak to the question and that the reader may see, best first."""
        live = self._vectors.live()
        text = fusion.searchable(query)
        mode = "hybrid" if live.index is not None else "words"
        if not text or not live.chunks or limit < 1:
            return Search(query, mode, (), live.status.generation)
        hidden = limits.hidden_chunks(self._db, reader)
        _, ranked = self.ranked(text, live, limit, hidden=hidden)
        hits = tuple(self._hits(ranked, max(limit, DEPTH), reader))
        sure = self._sureness(hits[:DEPTH], mode, live)
        return Search(query, mode, hits[:limit], live.status.generation, sure)

    def _sureness(self, hits: Sequence[Hit], mode: str, live: Live) -> Sureness | None:
        """By the calibration, if it was made for this kind of search and embedding model."""
        stored = calibrations.load(self._db)
        if stored is None or not calibration.fits(stored, mode, live):
            return None
        found = [Found(hit.passage.document, hit.score, hit.cosine, hit.bm25) for hit in hits]
        made = stored.calibration
        return Sureness(made.confidence(evidence(found)) if found else 0.0, made.cut)

    def ranked(
        self,
        text: str,
        live: Live,
        limit: int,
        vector: Vectors | None = None,
        hidden: Sequence[int] = (),
    ) -> tuple[fusion.Asked, list[fusion.Scored]]:
        """All that may be among the best `limit`; `vector` is the text's where it is known.

        `hidden` are chunks that must not come up: they are left out before the best are taken, so
        that what is for others leaves as much to find as if it were not there.
        """
        limit = max(limit, DEPTH)
        candidates = max(CANDIDATES, limit)
        asked = self._asked(text, live)
        if live.words is None:
            words = asked.shares(store.match(self._db, asked.words, candidates, hidden))
            return asked, fusion.fuse(None, words)
        said = live.words.search(asked.terms)
        chunks = dict.fromkeys(said.best(candidates, hidden))
        cosines: dict[int, float] | None = None
        if live.index is not None and self._embedder is not None:
            vector = self._embedder.embed_query(text) if vector is None else vector
            cosines = live.index.search(vector, candidates, hidden)
            others = [chunk for chunk in chunks if chunk not in cosines]
            cosines |= live.index.cosines(vector, others)
            cosines = near(self._db, live, vector, cosines)
            chunks |= dict.fromkeys(cosines)
        whole, place = asked.shares(said.whole(chunks)), asked.shares(said.place(chunks))
        return asked, fusion.fuse(cosines, fusion.lexical(chunks, whole, place))

    def _asked(self, text: str, live: Live) -> fusion.Asked:
        stems = fusion.content_stems(store.tokens(self._db, text))
        counts = (
            live.words.counts(stems)
            if live.words is not None
            else store.stem_counts(self._db, stems)
        )
        return fusion.Asked.of(stems, counts, live.chunks)

    def _hits(self, ranked: list[fusion.Scored], limit: int, reader: Reader) -> Iterator[Hit]:
        """The best that still exist, read from SQLite at this moment."""
        left = limit
        for start in range(0, len(ranked), HYDRATED):
            group = ranked[start : start + HYDRATED]
            passages = store.passages(self._db, [hit.chunk_id for hit in group], reader)
            alive = [scored for scored in group if scored.chunk_id in passages]
            for scored in alive[:left]:
                passage = passages[scored.chunk_id]
                yield Hit(passage, scored.score, scored.cosine, scored.bm25)
            left -= len(alive)
            if left <= 0:
                return

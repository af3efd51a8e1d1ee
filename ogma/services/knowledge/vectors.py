"""Keeps the vector index in step with SQLite, and knows whose vectors are searched.

Imports the indexes only when they are used: whether anything is missing is told by SQLite alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ogma.knowledge.embedder import CANARY, Embedder
from ogma.knowledge.lines import lines
from ogma.store import knowledge as store
from ogma.store import vectors
from ogma.store.database import Database

if TYPE_CHECKING:
    from ogma.knowledge.embedder import Vectors as Array
    from ogma.knowledge.index import VectorIndex
    from ogma.knowledge.places import Places
    from ogma.knowledge.words import WordIndex

STORED: Final = "<f2"
"""How a vector's numbers are stored, as NumPy calls it."""
SAME_MODEL: Final = 0.99
"""The cosine above which two vectors of the canary text come from the same model."""
COMPLETE_BATCH: Final = 384


def to_blob(vector: Array) -> bytes:
    """A vector as it is stored: little-endian half floats."""
    return vector.astype(STORED).tobytes()


def lines_blobs(parts: Sequence[Sequence[str]], vectors: Iterable[Array]) -> list[bytes | None]:
    """The vectors of each chunk's lines in one piece, None for a chunk that has no lines.

    `parts` are the chunks' lines, `vectors` those of all lines in their order.
    """
    rows = iter(vectors)
    return [b"".join(to_blob(next(rows)) for _ in part) or None for part in parts]


def indexed_text(context: str, text: str) -> str:
    """What of a chunk is embedded: where it stands, then what it says."""
    return f"{context}\n{text}"


@dataclass(frozen=True, slots=True)
class Live:
    """What is searched right now."""

    status: store.Status
    chunks: int
    index: VectorIndex | None
    """None where no vectors can be searched: words alone then."""
    words: WordIndex | None
    """None while it is made: SQLite's own full-text index serves then."""
    places: Places | None = None
    """None where there is no index of vectors either."""


class LiveVectors:
    """The index in memory, followed from SQLite by differences. Safe from any thread."""

    def __init__(
        self, db: Database, folder: Path, embedder: Embedder | None, kind: str = "auto"
    ) -> None:
        """`kind` of the vector index: "auto" follows its size."""
        self._db = db
        self._kind = kind
        self._folder = folder
        self._embedder = embedder
        self._refreshing = threading.Lock()
        self._live: Live | None = None
        self._model_id: int | None = None
        self._complete_at: str | None = None
        """The stamp at which every chunk was last seen to have its vector."""

    def live(self) -> Live:
        """What to search; another thread's refresh in progress is not waited for.

        While another thread makes the indexes anew, SQLite's words are there to be searched.
        """
        live = self._live
        if live is None or store.status(self._db).stamp != live.status.stamp:
            self.refresh(wait=False)
            live = self._live
        if live is None:
            live = Live(store.status(self._db), store.count_chunks(self._db), None, None)
        return live

    def refresh(self, wait: bool = True) -> bool:
        """Catch up with SQLite; True when something had changed."""
        from ogma.services.knowledge import following

        if not self._refreshing.acquire(blocking=wait):
            return False
        try:
            status = store.status(self._db)
            before = self._live
            if before is not None and before.status == status:
                return False
            words = before.words if before else following.load_words(self._folder, status)
            words = following.words_of(self._db, words)
            index = self._follow(status, before)
            places = self._places(status, words, before) if index is not None else None
            self._live = Live(status, len(words), index, words, places)
            return True
        finally:
            self._refreshing.release()

    def save(self) -> None:
        """Write the index files; only for the holder of the knowledge-base lock."""
        from ogma.knowledge import index as files
        from ogma.services.knowledge import following

        self.refresh()
        live = self._live
        if live is None or store.status(self._db) != live.status:
            return
        if live.words is not None:
            following.save_words(self._folder, live.words, live.status)
        if live.index is not None:
            files.save(self._folder, live.index, following.vectors_state(live.status))
        if live.places is not None:
            following.save_places(self._folder, live.places, live.status)

    def forget(self) -> None:
        """Forget index and file; the next search reads SQLite."""
        for path in self._folder.glob("*"):
            path.unlink(missing_ok=True)
        with self._refreshing:
            self._live = None

    def known_model(self) -> int | None:
        """The row of the embedder at hand, if its vectors are already known."""
        if self._model_id is None and self._embedder is not None:
            canary = self._embedder.embed_query(CANARY)
            for model_id, stored in vectors.models(self._db, self._embedder.fingerprint):
                if self._same(canary, stored):
                    self._model_id = model_id
                    self._note_library(model_id, self._embedder.library)
                    break
        return self._model_id

    def require_model(self) -> int | None:
        """The row of the embedder at hand, made now if need be; None without an embedder."""
        known = self.known_model()
        if known is not None or self._embedder is None:
            return known
        canary = self._embedder.embed_query(CANARY)
        fingerprint = self._embedder.fingerprint
        with self._db.write():
            others = len(vectors.models(self._db, fingerprint))
            variant = f"{fingerprint}#{others}" if others else fingerprint
            self._model_id = vectors.add_model(
                self._db, variant, self._embedder.library, self._embedder.dim, to_blob(canary)
            )
            if store.status(self._db).model_id is None:
                vectors.use_model(self._db, self._model_id)
                store.advance(self._db)
        return self._model_id

    def complete(
        self,
        progress: Callable[[int, int], None] = lambda done, total: None,
        batch: int | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> int:
        """Give every chunk its vector of the embedder's model, then search that model's.

        Whatever was done before an interruption stays done, and `stopping` is asked between two
        batches. Gives the number of chunks embedded. Once this process has searched its model's
        vectors, it does not undo that another one has gone over to another model.
        """
        status = store.status(self._db)
        if self._embedder is None or self._complete_at == status.stamp:
            return 0
        if self._is_complete(self._embedder):
            self._complete_at = status.stamp
            return 0
        if self._complete_at is not None and not self._is_searched(self._embedder):
            return 0
        batch = batch or COMPLETE_BATCH
        model_id = self.require_model()
        assert model_id is not None
        done = self._complete_chunks(model_id, progress, batch, stopping)
        self._complete_places(model_id, batch, stopping)
        if not stopping():
            if store.status(self._db).model_id != model_id:
                with self._db.write():
                    vectors.use_model(self._db, model_id)
                    store.advance(self._db)
            self._complete_at = status.stamp
        return done

    def _complete_chunks(
        self,
        model_id: int,
        progress: Callable[[int, int], None],
        batch: int,
        stopping: Callable[[], bool],
    ) -> int:
        assert self._embedder is not None
        total, done = vectors.count_without_vector(self._db, model_id), 0
        while not stopping() and (rows := vectors.without_vector(self._db, model_id, batch)):
            parts = [lines(row[2]) for row in rows]
            texts = [indexed_text(row[1], row[2]) for row in rows]
            arrays = self._embedder.embed_passages([*texts, *chain.from_iterable(parts)])
            blobs = lines_blobs(parts, arrays[len(rows) :])
            with self._db.write():
                for (chunk_id, _, _), vector, blob in zip(rows, arrays, blobs, strict=False):
                    vectors.add_vector(self._db, model_id, chunk_id, to_blob(vector), blob)
                if store.status(self._db).model_id == model_id:
                    store.advance(self._db)
            done += len(rows)
            progress(done, max(total, done))
        return done

    def _complete_places(self, model_id: int, batch: int, stopping: Callable[[], bool]) -> None:
        assert self._embedder is not None
        while not stopping() and (rows := vectors.without_place(self._db, model_id, batch)):
            arrays = self._embedder.embed_passages([context for _, context in rows])
            with self._db.write():
                for (document_id, context), vector in zip(rows, arrays, strict=True):
                    vectors.add_place(self._db, model_id, document_id, context, to_blob(vector))
                if store.status(self._db).model_id == model_id:
                    store.advance(self._db)

    def _is_searched(self, embedder: Embedder) -> bool:
        """Whether the vectors that are searched are this embedder's."""
        return (store.status(self._db).fingerprint or "").partition("#")[0] == embedder.fingerprint

    def _is_complete(self, embedder: Embedder) -> bool:
        """Told without loading the model: an ingest of nothing new must cost nothing."""
        status = store.status(self._db)
        return (
            status.model_id is not None
            and self._is_searched(embedder)
            and vectors.library(self._db, status.model_id) == embedder.library
            and vectors.count_without_vector(self._db, status.model_id) == 0
            and not vectors.without_place(self._db, status.model_id, 1)
        )

    def _note_library(self, model_id: int, library: str) -> None:
        if vectors.library(self._db, model_id) != library:
            with self._db.write():
                vectors.note_library(self._db, model_id, library)

    def _same(self, canary: Array, stored: bytes) -> bool:
        """Same files, other library: pooling has changed between versions of fastembed before."""
        from ogma.services.knowledge.following import from_blobs

        if len(stored) != len(to_blob(canary)):
            return False
        return float(from_blobs([stored], canary.size)[0] @ canary) >= SAME_MODEL

    def _follow(self, status: store.Status, before: Live | None) -> VectorIndex | None:
        from ogma.knowledge import index as files
        from ogma.services.knowledge import following

        if status.model_id is None or status.dim is None or self.known_model() != status.model_id:
            return None
        index = None
        if before is not None and before.status.model_id == status.model_id:
            index = before.index
        if index is None:
            count = vectors.count_vectors(self._db, status.model_id)
            state = following.vectors_state(status)
            index = files.load(self._folder, state, count, self._kind)
        return following.vectors_of(self._db, status.model_id, status.dim, index, self._kind)

    def _places(self, status: store.Status, words: WordIndex, before: Live | None) -> Places:
        from ogma.services.knowledge import following

        assert status.model_id is not None and status.dim is not None
        places = None
        if before is not None and before.status.model_id == status.model_id:
            places = before.places
        places = places or following.load_places(self._folder, status)
        return following.places_of(self._db, status.model_id, status.dim, words.ids(), places)

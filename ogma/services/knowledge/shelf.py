"""Putting documents on the shelf: embedded, stored whole, by one process at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ogma.domain.clock import Millis
from ogma.errors import AlreadyRunning
from ogma.services.knowledge.embedding import embedded
from ogma.services.knowledge.vectors import LiveVectors
from ogma.store import knowledge as store
from ogma.store.database import Database

if TYPE_CHECKING:
    from ogma.knowledge.embedder import Embedder


@contextmanager
def held(folder: Path, wait_s: float = 0) -> Iterator[None]:
    """The knowledge-base lock of a data folder; the system frees it when its holder dies.

    Raises AlreadyRunning where another holds it for longer than `wait_s`.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "knowledge.lock")
    try:
        lock.acquire(timeout=wait_s)
    except Timeout:
        raise AlreadyRunning(
            "Another ingest is working on this knowledge base; try again when it is done."
        ) from None
    try:
        yield
    finally:
        lock.release()


@dataclass(frozen=True, slots=True)
class Shelf:
    """The knowledge base as those who bring whole documents see it."""

    db: Database
    vectors: LiveVectors
    embedder: Embedder | None
    folder: Path
    recalibrate: Callable[[Millis], None]

    def put(
        self,
        documents: Sequence[store.NewDocument],
        also: Callable[[], bool],
        now: Millis,
        told: Callable[[], None] = lambda: None,
        wait_s: float = 0,
    ) -> None:
        """Embed documents and store them, each in place of its earlier version.

        `also` runs first in the same transaction, gives whether it changed documents itself, and
        may call all off by raising; so may `told`, which is called now and then while embedding.
        Raises AlreadyRunning where an ingest works for longer than `wait_s`.
        """
        model_id = self.vectors.require_model() if documents else None
        ready = self._embedded(documents, told)
        with held(self.folder, wait_s), self.db.write():
            changed = also()
            for document in ready:
                store.put(self.db, document, model_id, now)
            if changed or ready:
                store.advance(self.db)

    def finish(self, now: Millis, *, thorough: bool, wait_s: float = 0) -> None:
        """After changes: write the index; `thorough` embeds and calibrates what is due, too."""
        with held(self.folder, wait_s):
            if thorough:
                self.vectors.complete(lambda done, total: None)
            self.vectors.save()
            if thorough:
                self.recalibrate(now)

    def _embedded(
        self, documents: Sequence[store.NewDocument], told: Callable[[], None]
    ) -> list[store.NewDocument]:
        if self.embedder is None:
            return list(documents)
        return embedded(documents, self.embedder.embed_passages, lambda done, total: told())

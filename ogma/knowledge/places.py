"""The vectors of all places in memory: of titles and heading paths, by which chunks are found too.

What stands above chunks of several documents does not tell these apart, so it counts for none of
them. Places never change: `changed` gives others, and searches under way keep theirs. SQLite stays
the truth; this is a cache of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from ogma.knowledge.postings import Ids, Keys, key_of

if TYPE_CHECKING:
    from ogma.knowledge.embedder import Vectors

Halves = NDArray[np.float16]
Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands: its id, its document, and the title and heading path above it."""

    id: int
    document_id: int
    context: str

    @property
    def key(self) -> int:
        """The same for the place and for the chunks that stand there."""
        return key_of(f"{self.document_id}\n{self.context}")


@dataclass(frozen=True)
class Places:
    """Places and the chunks that stand there. Safe from any thread."""

    ids: Ids
    """Of the places, ascending; a place's row is its position here."""
    keys: Keys
    contexts: Keys
    """The hash of the context alone: equal where documents share it."""
    vectors: Halves
    chunks: Ids
    """Of the chunks, ascending."""
    chunk_keys: Keys

    @classmethod
    def empty(cls, dim: int) -> Places:
        """Without any, for vectors of `dim` numbers."""
        ids, keys = np.zeros(0, np.int64), np.zeros(0, np.uint64)
        return cls(ids, keys, keys, np.zeros((0, dim), np.float16), ids, keys)

    def __len__(self) -> int:
        return len(self.ids)

    def without(self, places: Ids, chunks: Ids) -> Places:
        """The same without some places and chunks, by id."""
        kept = ~np.isin(self.ids, places, assume_unique=True)
        stay = ~np.isin(self.chunks, chunks, assume_unique=True)
        return Places(
            ids=self.ids[kept],
            keys=self.keys[kept],
            contexts=self.contexts[kept],
            vectors=self.vectors[kept],
            chunks=self.chunks[stay],
            chunk_keys=self.chunk_keys[stay],
        )

    def with_places(self, places: Sequence[Spot], vectors: Halves) -> Places:
        """The same with more places, one vector each; their ids ascend from those here."""
        return Places(
            ids=_more(self.ids, [place.id for place in places]),
            keys=_more(self.keys, [place.key for place in places]),
            contexts=_more(self.contexts, [key_of(place.context) for place in places]),
            vectors=np.concatenate([self.vectors, vectors]),
            chunks=self.chunks,
            chunk_keys=self.chunk_keys,
        )

    def with_chunks(self, chunks: Sequence[Spot]) -> Places:
        """The same with more chunks, whose ids ascend from those here."""
        return Places(
            ids=self.ids,
            keys=self.keys,
            contexts=self.contexts,
            vectors=self.vectors,
            chunks=_more(self.chunks, [chunk.id for chunk in chunks]),
            chunk_keys=_more(self.chunk_keys, [chunk.key for chunk in chunks]),
        )

    def cosines(self, vector: Vectors, chunks: Sequence[int]) -> dict[int, float]:
        """Chunk id -> cosine of its place, for those whose place is one document's alone."""
        if not len(self.chunks):
            return {}
        wanted = np.array(chunks, np.int64)
        at = np.minimum(np.searchsorted(self.chunks, wanted), len(self.chunks) - 1)
        rows = np.where(self.chunks[at] == wanted, self._rows[at], -1)
        there = rows >= 0
        found = self.vectors[rows[there]].astype(np.float32) @ vector
        return dict(zip(wanted[there].tolist(), found.tolist(), strict=True))

    @cached_property
    def _rows(self) -> NDArray[np.int64]:
        """The row of each chunk's place; -1 for a chunk without one of its own."""
        if not len(self.ids):
            return np.full(len(self.chunks), -1)
        _, which, documents = np.unique(self.contexts, return_inverse=True, return_counts=True)
        order = np.argsort(self.keys)
        ascending = self.keys[order]
        at = np.minimum(np.searchsorted(ascending, self.chunk_keys), len(ascending) - 1)
        rows = order[at]
        own = (ascending[at] == self.chunk_keys) & (documents[which[rows]] == 1)
        return np.where(own, rows, -1)

    def arrays(self) -> Mapping[str, NDArray[np.generic]]:
        """All of it, for a file."""
        return {
            "ids": self.ids,
            "keys": self.keys,
            "contexts": self.contexts,
            "vectors": self.vectors,
            "chunks": self.chunks,
            "chunk_keys": self.chunk_keys,
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Places:
        """The places that gave these arrays; raises KeyError where something is missing."""
        return cls(
            ids=arrays["ids"].astype(np.int64, copy=False),
            keys=arrays["keys"].astype(np.uint64, copy=False),
            contexts=arrays["contexts"].astype(np.uint64, copy=False),
            vectors=arrays["vectors"].astype(np.float16, copy=False),
            chunks=arrays["chunks"].astype(np.int64, copy=False),
            chunk_keys=arrays["chunk_keys"].astype(np.uint64, copy=False),
        )


def _more(here: NDArray[Scalar], more: Sequence[int]) -> NDArray[Scalar]:
    return np.concatenate([here, np.array(more, here.dtype)])

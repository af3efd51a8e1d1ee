"""Brings the indexes in memory up to what SQLite holds, by the difference; SQLite is the truth."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from ogma.knowledge import cache
from ogma.knowledge.index import SAMPLE, State, VectorIndex, kind_for, suits
from ogma.knowledge.places import Places, Spot
from ogma.knowledge.postings import Ids, Stems
from ogma.knowledge.words import WordIndex
from ogma.services.knowledge.vectors import STORED
from ogma.store import knowledge as store
from ogma.store import vectors
from ogma.store.database import Database

if TYPE_CHECKING:
    from ogma.knowledge.embedder import Vectors

log = logging.getLogger(__name__)

Arrays = Mapping[str, NDArray[np.generic]]
Made = TypeVar("Made")

WORDS: Final = "words"
PLACES: Final = "places"
_BATCH: Final = 10_000


def from_blobs(blobs: list[bytes], dim: int) -> Vectors:
    """Stored vectors as one array of rows; a blob may hold several, one after another."""
    return halves(blobs, dim).astype(np.float32)


def halves(blobs: list[bytes], dim: int) -> NDArray[np.float16]:
    """The same as they are stored, in half precision."""
    flat: NDArray[np.float16] = np.frombuffer(b"".join(blobs), STORED)
    return flat.reshape(-1, dim)


# -- vectors -----------------------------------------------------------------------------------


def vectors_of(
    db: Database, model_id: int, dim: int, index: VectorIndex | None, chosen: str
) -> VectorIndex:
    """The index of this model's vectors: the one given, changed; where it does not suit, anew."""
    there = np.array(vectors.vector_ids(db, model_id), np.int64)
    if index is None or not suits(index.kind, len(there), chosen):
        log.info("the vector index is made from the database")
        index = VectorIndex(dim, kind_for(len(there), chosen))
    if not index.is_trained and len(there):
        sample = there[:: max(1, len(there) // SAMPLE)]
        index.train(_stored(db, model_id, sample, dim)[1])
    have = index.ids()
    gone, new = _difference(have, there)
    index.change(gone, new[:0], np.zeros((0, dim), np.float32))
    for start in range(0, len(new), _BATCH):
        ids, rows = _stored(db, model_id, new[start : start + _BATCH], dim)
        index.change(gone[:0], ids, rows)
    return index


def _stored(db: Database, model_id: int, ids: Ids, dim: int) -> tuple[Ids, Vectors]:
    """Those of the vectors that are still there."""
    rows = vectors.vectors(db, model_id, ids.tolist())
    found = np.array([chunk for chunk, _ in rows], np.int64)
    return found, from_blobs([blob for _, blob in rows], dim)


# -- places ------------------------------------------------------------------------------------


def places_of(db: Database, model_id: int, dim: int, chunks: Ids, places: Places | None) -> Places:
    """This model's places and the `chunks` that stand there: those given, changed, or anew."""
    there = np.array(vectors.place_ids(db, model_id), np.int64)
    places = places or Places.empty(dim)
    gone, new = _difference(places.ids, there)
    left, come = _difference(places.chunks, chunks)
    if _older(places.ids, new) or _older(places.chunks, come):  # a backup was restored meanwhile
        return places_of(db, model_id, dim, chunks, None)
    if len(gone) or len(left):
        places = places.without(gone, left)
    for start in range(0, len(new), _BATCH):
        rows = vectors.places(db, new[start : start + _BATCH].tolist())
        spots = [Spot(*row[:3]) for row in rows]
        places = places.with_places(spots, halves([row[3] for row in rows], dim))
    for start in range(0, len(come), _BATCH):
        found = vectors.spots(db, come[start : start + _BATCH].tolist())
        places = places.with_chunks([Spot(*row) for row in found])
    return places


def _older(have: Ids, new: Ids) -> bool:
    return bool(len(have) and len(new) and new[0] <= have[-1])


def save_places(folder: Path, places: Places, status: store.Status) -> None:
    """Write the places, and then the manifest that makes them count."""
    _save_arrays(folder, PLACES, places.arrays(), asdict(vectors_state(status)))


def load_places(folder: Path, status: store.Status) -> Places | None:
    """The stored places if they are whole and of this very state, else None."""
    arrays = _load_arrays(folder, PLACES, asdict(vectors_state(status)))
    return _made(Places.of_arrays, arrays)


# -- words -------------------------------------------------------------------------------------


def words_of(db: Database, index: WordIndex | None) -> WordIndex:
    """The index of all chunks' words: the one given, changed, or anew."""
    there = np.array(store.chunk_ids(db), np.int64)
    index = index or WordIndex()
    gone, new = _difference(index.ids(), there)
    if len(new) and new[0] <= index.newest:  # a backup was restored meanwhile
        index, gone, new = WordIndex(), there[:0], there
    if not len(gone) and not len(new):
        return index
    return index.changed(gone, _stems(db, new))


def _stems(db: Database, ids: Ids) -> Iterator[Stems]:
    stems = store.stemmer(db)
    for start in range(0, len(ids), _BATCH):
        for chunk_id, context, text in store.texts(db, ids[start : start + _BATCH].tolist()):
            yield Stems(chunk_id, stems(context), stems(text))


def save_words(folder: Path, index: WordIndex, status: store.Status) -> None:
    """Write the words' index, and then the manifest that makes it count."""
    _save_arrays(folder, WORDS, index.arrays(), _words_state(status))


def load_words(folder: Path, status: store.Status) -> WordIndex | None:
    """The stored index if it is whole and of this very generation, else None."""
    return _made(WordIndex.of_arrays, _load_arrays(folder, WORDS, _words_state(status)))


def _words_state(status: store.Status) -> dict[str, int | str | None]:
    tokenizer = " ".join((store.TOKENIZER[0], *store.TOKENIZER[1]))
    return {"generation": status.generation, "stamp": status.stamp, "tokenizer": tokenizer}


def vectors_state(status: store.Status) -> State:
    """What the vector index of this moment is made from; only where there is a model."""
    assert status.fingerprint is not None and status.dim is not None
    return State(status.generation, status.stamp, status.fingerprint, status.dim)


# -- files -------------------------------------------------------------------------------------


def _save_arrays(folder: Path, kind: str, arrays: Arrays, state: cache.State) -> None:
    def write(path: Path) -> None:
        with path.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]

    cache.save(folder, kind, state, f"{state['generation']}-{state['stamp']}", write)


def _load_arrays(folder: Path, kind: str, state: cache.State) -> Arrays | None:
    path = cache.find(folder, kind, state)
    if path is None:
        return None
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)
    except (OSError, ValueError):
        return None


def _made(make: Callable[[Arrays], Made], arrays: Arrays | None) -> Made | None:
    try:
        return make(arrays) if arrays is not None else None
    except KeyError:
        return None


def _difference(have: Ids, there: Ids) -> tuple[Ids, Ids]:
    """What is gone, and what is new; both ascending."""
    gone = np.setdiff1d(have, there, assume_unique=True)
    new = np.setdiff1d(there, have, assume_unique=True)
    return gone.astype(np.int64), new.astype(np.int64)

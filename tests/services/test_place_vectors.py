"""The places in memory against what SQLite says: the same chunks, the same cosines (K4, K5)."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from ogma.domain.clock import Millis
from ogma.knowledge.places import Places
from ogma.services.knowledge import following
from ogma.services.knowledge.vectors import to_blob
from ogma.store import knowledge as store
from ogma.store import vectors
from ogma.store.database import Database
from ogma.store.opening import open_database

NOW: Millis = 1_000
DIM = 8
CONTEXTS = [f"Page {number}" for number in range(12)] + ["Help > Refunds", "Help", ""]
QUESTION = np.linspace(-1, 1, DIM, dtype=np.float32)


def unit(rng: np.random.Generator) -> bytes:
    vector = rng.standard_normal(DIM).astype(np.float32)
    return to_blob(vector / np.linalg.norm(vector))


def put(db: Database, model_id: int, number: int, seed: int) -> None:
    """A document of a few chunks, some of which stand where those of others do."""
    rng, numbers = random.Random(seed), np.random.default_rng(seed)
    stand = [rng.choice(CONTEXTS) for _ in range(rng.randint(1, 4))]
    chunks = tuple(store.NewChunk(context, "", "text", unit(numbers)) for context in stand)
    places = {context: unit(numbers) for context in stand if rng.random() < 0.9}
    name = f"{number}.md"
    document = store.NewDocument(
        *(name, "file", name, name, None, "", 0, None, 1, chunks), places=places
    )
    with db.write():
        store.put(db, document, model_id, NOW)
        store.advance(db)


def expected(db: Database, model_id: int) -> dict[int, float]:
    """Chunk id -> cosine of its place, where no other document has one of the same words."""
    rows = db.execute(
        "SELECT c.id, p.vector FROM chunk AS c JOIN place AS p"
        " ON p.document_id = c.document_id AND p.model_id = ?1 AND p.context = c.context"
        " WHERE NOT EXISTS (SELECT 1 FROM place AS other WHERE other.model_id = ?1"
        " AND other.context = c.context AND other.document_id <> c.document_id)",
        (model_id,),
    )
    return {row[0]: float(np.frombuffer(row[1], "<f2").astype("f4") @ QUESTION) for row in rows}


class Shelf:
    """A database with a model, and the places as a process that runs all the time knows them."""

    def __init__(self, folder: Path) -> None:
        self.db = open_database(folder)
        with self.db.write():
            self.model_id = vectors.add_model(self.db, "model", "test", DIM, b"")
            vectors.use_model(self.db, self.model_id)
        for number in range(20):
            put(self.db, self.model_id, number, number)
        self.places: Places | None = None

    def compare(self) -> int:
        """How many chunks have a place of their own; fails where memory and SQLite differ."""
        chunks = np.array(store.chunk_ids(self.db), np.int64)
        self.places = following.places_of(self.db, self.model_id, DIM, chunks, self.places)
        asked = [*chunks.tolist(), 10**9]
        wanted = expected(self.db, self.model_id)
        assert self.places.cosines(QUESTION, asked) == pytest.approx(wanted, abs=1e-5)
        return len(wanted)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_k4_places_in_memory_are_those_of_the_database(shelf: Shelf) -> None:
    assert 0 < shelf.compare() < store.count_chunks(shelf.db)


def test_k5_followed_by_differences_they_still_are(shelf: Shelf) -> None:
    """Documents come, change and go; what two of them share becomes one's own and back."""
    rng = random.Random(5)
    seen = set()
    for turn in range(60):
        number = rng.randrange(30)
        if rng.random() < 0.4:
            with shelf.db.write():
                store.delete_named(shelf.db, f"{number}.md")
        else:
            put(shelf.db, shelf.model_id, number, 1_000 + turn)
        seen.add(shelf.compare())
    assert len(seen) > 5


def test_k5_a_place_that_comes_after_its_chunk_counts(shelf: Shelf) -> None:
    shelf.compare()
    rows = vectors.without_place(shelf.db, shelf.model_id, 100)
    assert rows
    for number, (document_id, context) in enumerate(rows):
        vector = unit(np.random.default_rng(number))
        vectors.add_place(shelf.db, shelf.model_id, document_id, context, vector)
        shelf.compare()


def test_k5_they_come_back_from_their_file_and_only_for_their_generation(
    shelf: Shelf, tmp_path: Path
) -> None:
    count, status = shelf.compare(), store.status(shelf.db)
    assert shelf.places is not None
    following.save_places(tmp_path / "index", shelf.places, status)
    shelf.places = following.load_places(tmp_path / "index", status)
    assert shelf.places is not None
    assert shelf.compare() == count
    (file,) = (tmp_path / "index").glob("places-*")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert following.load_places(tmp_path / "index", status) is None
    put(shelf.db, shelf.model_id, 5, 77)
    assert following.load_places(tmp_path / "index", store.status(shelf.db)) is None


def test_k5_after_a_restore_they_are_made_anew(shelf: Shelf) -> None:
    """Numbers start over where a backup has taken the place of the data."""
    with shelf.db.write():
        shelf.db.execute("DELETE FROM document WHERE name <> '19.md'")
    shelf.compare()
    kept = vectors.place_ids(shelf.db, shelf.model_id)
    with shelf.db.write():
        shelf.db.execute("DELETE FROM document")
        shelf.db.execute("UPDATE sqlite_sequence SET seq = 0 WHERE name IN ('chunk', 'place')")
    put(shelf.db, shelf.model_id, 8, 8)
    assert min(vectors.place_ids(shelf.db, shelf.model_id)) < min(kept)
    assert shelf.compare()
    with shelf.db.write():
        shelf.db.execute("DELETE FROM document")
    assert shelf.compare() == 0

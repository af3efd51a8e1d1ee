"""The words in memory against SQLite's own full-text index: the same scores, the same ranking."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ogma.domain.clock import Millis
from ogma.knowledge.search import Asked, content_stems
from ogma.knowledge.words import WordIndex
from ogma.services.knowledge import following
from ogma.store import knowledge as store
from ogma.store.database import Database
from ogma.store.opening import open_database

NOW: Millis = 1_000
WORDS = [
    "refund",
    "refunds",
    "refunding",
    "day",
    "days",
    "server",
    "servers",
    "backup",
    "backups",
    "restore",
    "restoring",
    "password",
    "reset",
    "the",
    "a",
    "of",
    "to",
    "and",
    "Überweisung",
    "café",
    "CAFE",
    "naïve",
    "中文",
    "привет",
    "e-mail",
    "3.5",
    "don't",
    "x_y",
    "login",
]
QUESTIONS = (
    *("refund days", "how do I restore a backup?", "Uberweisung cafe", "中文 привет", "3.5 e-mail"),
    *("the of to", "unknown words only", "restoring refunds restored refunding", "don't"),
)


def put(db: Database, number: int, seed: int) -> None:
    """A document of a few chunks of random words."""
    rng = random.Random(seed)

    def say(most: int) -> str:
        return " ".join(rng.choices(WORDS, k=rng.randint(0, most)))

    chunks = tuple(store.NewChunk(say(4), "", say(40)) for _ in range(rng.randint(1, 4)))
    name = f"{number}.md"
    document = store.NewDocument(name, "file", name, name, None, "", 0, None, 1, chunks)
    with db.write():
        store.put(db, document, None, NOW)
        store.advance(db)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = open_database(tmp_path)
    for number in range(60):
        put(db, number, number)
    return db


def compared(db: Database, index: WordIndex) -> int:
    """How many questions give the same as FTS5; fails at the first that does not."""
    chunks = store.count_chunks(db)
    assert len(index) == chunks
    for question in QUESTIONS:
        stems = content_stems(store.tokens(db, question))
        assert index.counts(stems) == store.stem_counts(db, stems)
        asked = Asked.of(stems, store.stem_counts(db, stems), chunks)
        expected = store.match(db, asked.words, chunks)
        found = index.search(asked.terms).whole(store.chunk_ids(db))
        # FTS5 also lists chunks whose words are in more than half of all: those score near 0.
        assert found == pytest.approx(expected, rel=1e-3, abs=2e-6)
        clear = [chunk for chunk in expected if expected[chunk] > 1e-3]
        ranked = sorted(clear, key=lambda chunk: (-round(expected[chunk], 3), chunk))
        assert ranked == sorted(clear, key=lambda chunk: (-round(found[chunk], 3), chunk))
    return len(QUESTIONS)


def test_the_words_in_memory_rank_exactly_as_fts5(db: Database) -> None:
    """K4: quicker, and nothing else."""
    assert compared(db, following.words_of(db, None)) == len(QUESTIONS)


def test_followed_by_differences_they_still_do(db: Database) -> None:
    """K5: documents come, change and go meanwhile."""
    index = following.words_of(db, None)
    for number in range(0, 90, 3):
        put(db, number, 1_000 + number)
        index = following.words_of(db, index)
    with db.write():
        store.delete_named(db, "4.md")
    index = following.words_of(db, index)
    assert following.words_of(db, index) is index
    assert compared(db, index) == len(QUESTIONS)


def test_they_come_back_from_their_file_and_only_for_their_generation(
    db: Database, tmp_path: Path
) -> None:
    status = store.status(db)
    following.save_words(tmp_path / "index", following.words_of(db, None), status)
    loaded = following.load_words(tmp_path / "index", status)
    assert loaded is not None
    assert compared(db, loaded) == len(QUESTIONS)
    put(db, 5, 77)
    assert following.load_words(tmp_path / "index", store.status(db)) is None


def test_after_a_restore_they_are_made_anew(db: Database) -> None:
    """Chunk numbers start over where a backup has taken the place of the data."""
    index = following.words_of(db, None)
    with db.write():
        db.execute("DELETE FROM document WHERE name <> '3.md'")
    kept = store.chunk_ids(db)
    index = following.words_of(db, index)
    with db.write():
        db.execute("DELETE FROM document")
        db.execute("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'chunk'")
    put(db, 8, 8)
    assert min(store.chunk_ids(db)) < min(kept)
    assert compared(db, following.words_of(db, index)) == len(QUESTIONS)

"""Opening a data folder: migrated, or refused with a sentence and nothing changed."""

from __future__ import annotations

import os
from pathlib import Path

import peewee
import pytest

from ogma.errors import LeaseLost, NewerSchema, StoreBusy, StoreError
from ogma.store import records
from ogma.store.database import PRAGMAS, Database, Fence
from ogma.store.opening import FILE_NAME, open_database


def test_a_fresh_folder_gets_every_migration_once(tmp_path: Path) -> None:
    open_database(tmp_path).close()
    db = open_database(tmp_path)
    names = [row[0] for row in db.execute("SELECT name FROM schema_migration ORDER BY name")]
    assert names[0] == "0001_tickets" and len(names) == len(set(names))
    db.close()


def test_every_table_is_strict_and_every_pragma_holds(tmp_path: Path) -> None:
    db = open_database(tmp_path)
    loose = db.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
        " AND strict = 0 AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%\\_fts\\_%' ESCAPE '\\'"
    )
    assert loose == []
    assert db.execute("PRAGMA journal_mode") == [("wal",)]
    assert db.execute("PRAGMA foreign_keys") == [(1,)]
    assert db.execute("PRAGMA secure_delete") == [(PRAGMAS["secure_delete"],)]
    db.close()


def test_p31_a_database_of_a_newer_ogma_is_refused_and_left_alone(tmp_path: Path) -> None:
    """P31, U1: newer than the code means a sentence, not a crash."""
    db = open_database(tmp_path)
    with db.write():
        db.execute("INSERT INTO schema_migration VALUES ('9999_future', 0)")
    db.close()
    with pytest.raises(NewerSchema, match="9999_future"):
        open_database(tmp_path)


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0garbage"])
def test_p28_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        open_database(tmp_path)
    assert path.read_bytes() == content


def test_p28_a_lost_database_is_never_replaced_by_an_empty_one(tmp_path: Path) -> None:
    """P28: a zero-length file in a folder that was in use is a loss, not a fresh start."""
    (tmp_path / "transcripts").mkdir()
    (tmp_path / FILE_NAME).touch()
    with pytest.raises(StoreError, match="restore a backup"):
        open_database(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="cannot be"):
        open_database(tmp_path)


def test_a_path_through_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="data folder"):
        open_database(tmp_path / "file" / "data")


def test_p5_a_writer_whose_lease_is_gone_writes_no_more(tmp_path: Path) -> None:
    """P5: the fence is checked in every write transaction."""
    db = open_database(tmp_path)
    with db.write():
        epoch = records.take_lease(db, "first", 0, 1000)
    db.fence = Fence("first", epoch)
    with db.write():
        records.set_meta(db, "a", "1")
    other = Database(db.path)
    with other.write():
        records.take_lease(other, "second", 5, 1000)
    with pytest.raises(LeaseLost), db.write():
        records.set_meta(db, "a", "2")
    assert records.meta(db, "a") == "1"
    db.close()
    other.close()


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    db = open_database(tmp_path)
    with pytest.raises(peewee.IntegrityError), db.write():
        records.set_meta(db, "a", "1")
        db.execute("INSERT INTO meta VALUES ('a', 'again')")
    assert records.meta(db, "a") is None
    db.close()


def test_p26_a_full_disk_is_a_sentence_and_nothing_half_written(tmp_path: Path) -> None:
    """P26: SQLite's own limit on pages gives the real error."""
    db = open_database(tmp_path)
    db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(StoreError, match="full"), db.write():
        for number in range(10_000):
            records.set_meta(db, f"key {number}", "x" * 1000)
    assert records.meta(db, "key 0") is None
    db.close()


def test_p27_a_lock_that_is_held_too_long_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ogma.store.database.BUSY_TIMEOUT_S", 0.05)
    first, second = open_database(tmp_path), open_database(tmp_path)
    with first.write(), pytest.raises(StoreBusy, match="locked"), second.write():
        raise AssertionError("two writers at once")
    first.close()
    second.close()

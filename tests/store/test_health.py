"""S3: a look at the database that leaves it as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ogma.errors import StoreError
from ogma.store.health import Health, examine
from ogma.store.opening import FILE_NAME, open_database

SOUND = Health(faults=(), unknown=(), pending=())


def test_no_database_is_made(data_dir: Path) -> None:
    """Looking must not create a file."""
    assert examine(data_dir) is None
    assert list(data_dir.iterdir()) == []


def test_a_fresh_database_is_sound(data_dir: Path) -> None:
    """And nothing waits to be migrated."""
    open_database(data_dir).close()
    assert examine(data_dir) == SOUND


def test_a_newer_and_an_older_schema_are_told(data_dir: Path) -> None:
    """P31: from a newer Ogma, or waiting for this one."""
    database = open_database(data_dir)
    database.execute("UPDATE schema_migration SET name = '9999_future' WHERE name LIKE '0001%'")
    database.close()
    found = examine(data_dir)
    assert found is not None
    assert found.unknown == ("9999_future",)
    assert len(found.pending) == 1
    assert found.pending[0].startswith("0001_")


def test_damage_is_found(data_dir: Path) -> None:
    """A page of rubbish shows; a file that is no database is a sentence."""
    database = open_database(data_dir)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    path = data_dir / FILE_NAME
    raw = bytearray(path.read_bytes())
    raw[-4096:] = b"\x5a" * 4096
    path.write_bytes(raw)
    try:
        found = examine(data_dir)
    except StoreError as damaged:  # too bad even to look inside
        assert str(path) in str(damaged)
    else:
        assert found is not None
        assert found.faults
    path.write_bytes(b"no database at all" * 400)
    with pytest.raises(StoreError, match="is damaged"):
        examine(data_dir)

"""Consistent copies of a live database, and a look into a file that must not change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import apsw

from ogma.errors import StoreError
from ogma.store.database import Database
from ogma.store.health import LISTED


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a database file."""

    faults: tuple[str, ...]
    schema: tuple[str, ...]
    """The migrations that were made, oldest first."""
    rows: dict[str, int]
    """By table, the virtual ones and their shadows left out."""


def snapshot(source: Path, target: Path) -> None:
    """Copy what is committed at this moment, while others go on writing. Raises StoreError.

    A copy of the files themselves would lack what still stands in the write-ahead log.
    """
    database = Database(source)
    try:
        database.execute("VACUUM INTO ?", (str(target),))
    finally:
        database.close()


def look_into(path: Path) -> Contents:
    """Check a database that nobody writes to, leaving every byte and its folder as they are."""
    uri = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    try:
        connection = apsw.Connection(uri, flags=flags)
        try:
            return _contents(connection)
        finally:
            connection.close()
    except apsw.Error as error:
        raise StoreError(f"{path} is damaged ({error}); use another copy of it.") from error


def _contents(connection: apsw.Connection) -> Contents:
    faults = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    faults += [
        f"a row of {row[0]} refers to a missing row of {row[2]}"
        for row in connection.execute("PRAGMA foreign_key_check")
    ]
    listed = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    names = [str(row[0]) for row in listed]
    rows = {name: _count(connection, name) for name in names}
    steps = connection.execute("SELECT name FROM schema_migration ORDER BY name")
    schema = tuple(str(row[0]) for row in steps) if "schema_migration" in names else ()
    return Contents(tuple(one for one in faults if one != "ok")[:LISTED], schema, rows)


def _count(connection: apsw.Connection, table: str) -> int:
    for row in connection.execute(f'SELECT count(*) FROM "{table}"'):
        return int(row[0])
    return 0


def into_one_file(database: Database) -> None:
    """Bring the write-ahead log into the file and close it: the file alone is the database."""
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()

"""One SQLite file through peewee on APSW: opening, pragmas, and the only write transaction.

Every write is one IMMEDIATE transaction (a deferred one cannot wait when its snapshot is stale),
and a bot's write first checks that its lease is still the newest: a process that was frozen past
its lease must not write over its successor.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw
import peewee
from playhouse.apsw_ext import APSWDatabase

from ogma.errors import LeaseLost, StoreBusy, StoreError, StoreUnwritable

log = logging.getLogger(__name__)

Row = dict[str, Any]

BUSY_TIMEOUT_S = 10

PRAGMAS: Mapping[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "temp_store": "memory",
    "journal_size_limit": 16 * 1024 * 1024,
}


@dataclass(frozen=True, slots=True)
class Fence:
    """A bot's claim on the data folder; `epoch` grows with every take-over."""

    owner: str
    epoch: int


class Database:
    """The open database. Usable from any thread; peewee keeps one connection per thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fence: Fence | None = None
        self.peewee = APSWDatabase(str(path), timeout=BUSY_TIMEOUT_S, pragmas=dict(PRAGMAS))

    @contextmanager
    def write(self) -> Iterator[None]:
        """One IMMEDIATE transaction; nested calls join it. Nothing slow belongs inside."""
        nested = self.peewee.in_transaction()
        with translated(self.path), self.peewee.atomic(*(() if nested else ("IMMEDIATE",))):
            if self.fence is not None and not nested:
                self._check_fence(self.fence)
            yield

    def _check_fence(self, fence: Fence) -> None:
        cursor = self.peewee.execute_sql("SELECT owner, epoch FROM lease WHERE name = 'bot'")
        row = cursor.fetchone()
        if row is None or tuple(row) != (fence.owner, fence.epoch):
            raise LeaseLost(
                "Another Ogma took over this data folder, so this one stopped writing to it; "
                "run only one of them."
            )

    def rows(self, query: Any) -> list[Row]:
        """Run a peewee query (or a `(sql, params)` pair) and give all rows as dicts."""
        with translated(self.path):
            if isinstance(query, tuple):
                return self._rows_of_sql(*query)
            return list(query.dicts().execute(self.peewee))

    def _rows_of_sql(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        cursor = self.peewee.execute_sql(sql, params)
        try:
            names = [column[0] for column in cursor.getdescription()]
        except apsw.ExecutionCompleteError:  # no rows: APSW has closed the statement already
            return []
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def row(self, query: Any) -> Row | None:
        """The first row, or None."""
        found = self.rows(query)
        return found[0] if found else None

    def run(self, query: Any) -> int:
        """Run an INSERT, UPDATE or DELETE of peewee; gives the new id or the rows changed."""
        with translated(self.path):
            return int(query.execute(self.peewee) or 0)

    def execute(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run plain SQL (full text, RETURNING) and give its rows."""
        with translated(self.path):
            return list(self.peewee.execute_sql(sql, params).fetchall())

    def data_version(self) -> int:
        """Changes when another connection (another process, above all) has committed."""
        return int(self.execute("PRAGMA data_version")[0][0])

    def close(self) -> None:
        """Close this thread's connection."""
        if not self.peewee.is_closed():
            self.peewee.close()


_WHILE_READING = (
    apsw.CorruptError,
    apsw.NotADBError,
    apsw.IOError,
    apsw.BusyError,
    apsw.LockedError,
    apsw.FullError,
)
"""What may happen between two rows, where peewee does not look."""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn the driver's errors into sentences; programming errors stay what they are."""
    try:
        yield
    except peewee.IntegrityError:
        raise
    except (peewee.OperationalError, peewee.DatabaseError) as error:
        if isinstance(error, peewee.ProgrammingError | peewee.DataError | peewee.InterfaceError):
            raise
        raise _translation(path, error) from error
    except _WHILE_READING as error:
        raise _translation(path, error) from error


def _translation(path: Path, error: Exception) -> StoreError:
    kind = next((kind for kind, words in _KINDS if _any(words, str(error).lower())), StoreError)
    return kind(_sentence(path, error))


_KINDS: tuple[tuple[type[StoreError], tuple[str, ...]], ...] = (
    (StoreBusy, ("locked", "busy")),
    (StoreUnwritable, ("full", "readonly", "read-only", "disk i/o error")),
)


def _any(words: Sequence[str], text: str) -> bool:
    return any(word in text for word in words)


def _sentence(path: Path, error: Exception) -> str:
    cause = str(error).splitlines()[0] if str(error) else type(error).__name__
    text = cause.lower()
    if "full" in text:
        return f"The disk that holds {path} is full; free some space and it goes on by itself."
    if "locked" in text or "busy" in text:
        return f"{path} is locked by another program for too long; close it and try again."
    if "disk i/o error" in text:
        return f"The disk that holds {path} refuses to read or write; look at its state and space."
    if "malformed" in text or "not a database" in text or "corrupt" in text:
        return f"{path} is damaged ({cause}); restore a backup, the damaged file is left as it is."
    if "readonly" in text or "read-only" in text or "unable to open" in text:
        return f"{path} cannot be written ({cause}); check the folder's owner and permissions."
    return f"{path} could not be used: {cause}."


def sqlite_version() -> str:
    """The version of the SQLite that APSW brings."""
    return str(apsw.sqlite_lib_version())

"""Look at a database without changing it: no migration, no new file."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from ogma.store.database import Database
from ogma.store.opening import FILE_NAME, MIGRATIONS

LISTED = 5
"""Faults that a report repeats; a damaged file may have thousands."""


@dataclass(frozen=True, slots=True)
class Health:
    """What was found in the file."""

    faults: tuple[str, ...]
    unknown: tuple[str, ...]
    """Migrations that a newer Ogma made."""
    pending: tuple[str, ...]
    """Migrations that the next start will make."""


def examine(folder: Path) -> Health | None:
    """Check the database in this data folder, None where there is none yet. Raises StoreError."""
    path = folder / FILE_NAME
    if not path.exists():
        return None
    database = Database(path)
    try:
        faults = [str(row[0]) for row in database.execute("PRAGMA integrity_check")]
        faults += [
            f"a row of {row[0]} refers to a missing row of {row[2]}"
            for row in database.execute("PRAGMA foreign_key_check")
        ]
        applied = _applied(database)
    finally:
        database.close()
    steps = known()
    return Health(
        faults=tuple(fault for fault in faults if fault != "ok")[:LISTED],
        unknown=tuple(name for name in applied if name not in steps),
        pending=tuple(name for name in steps if name not in applied),
    )


def _applied(database: Database) -> list[str]:
    tables = database.execute("SELECT name FROM sqlite_master WHERE name = 'schema_migration'")
    if not tables:
        return []
    return [str(row[0]) for row in database.execute("SELECT name FROM schema_migration")]


def known() -> list[str]:
    """The migrations of this Ogma, oldest first."""
    files = (entry.name for entry in resources.files(MIGRATIONS).iterdir())
    return sorted(
        name.removesuffix(".py") for name in files if name.endswith(".py") and name[0].isdigit()
    )

"""`ogma data check`: is everything that is kept still as it was? It repairs nothing.

The database is checked page by page, its full-text index against the passages, and every archive
and attachment against the digest that the database has of it. A file that the database does not
speak of is an orphan: no fault, as a crash between the file and its row leaves one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ogma.errors import NotFound, StoreBusy, StoreError
from ogma.services import archive, attachments
from ogma.services.data.backup import names_in, print_of
from ogma.store import checks, health
from ogma.store.database import Database
from ogma.store.knowledge import words_are_sound
from ogma.store.opening import open_database

ARCHIVE_FILES = ("transcript.html", "customer.html", "transcript.json")
DIGESTED = "transcript.json"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is not as it was: `where` is "database", or a path in the data folder."""

    where: str
    problem: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found."""

    faults: tuple[Fault, ...]
    orphans: tuple[str, ...]
    archives: int
    attachments: int


def check(data: Path) -> Checked:
    """Look at everything.

    Raises NotFound where there is no database, NewerSchema or StoreError where it cannot be opened.
    """
    try:
        found = health.examine(data)
    except StoreBusy:
        raise
    except StoreError as broken:
        return Checked((Fault("database", str(broken)),), (), 0, 0)
    if found is None:
        raise NotFound(
            f"There is no database in {data}, so there is nothing to check; "
            "name the right folder with --data."
        )
    if found.faults:  # what a damaged database says of the files is not to be trusted
        faults = tuple(Fault("database", one) for one in found.faults)
        return Checked(faults, (), 0, 0)
    database = open_database(data)
    try:
        return _files(data, database)
    finally:
        database.close()


def _files(data: Path, database: Database) -> Checked:
    faults = [] if words_are_sound(database) else [Fault("database", _WORDS)]
    archived = checks.archives(database)
    kept = checks.attachments(database)
    for folder, digest in archived:
        faults.extend(_archive_faults(data, folder, digest))
    for path, digest in kept.items():
        faults.extend(_file_faults(data, path, digest))
    folders = {folder for folder, _ in archived}
    orphans = tuple(
        name
        for name in names_in(data)
        if name not in kept and name.rpartition("/")[0] not in folders
    )
    return Checked(tuple(faults), orphans, len(archived), len(kept))


_WORDS = "the full-text index is not that of the passages; 'ogma kb rebuild' makes it anew"


def _archive_faults(data: Path, folder: str, digest: str) -> Iterator[Fault]:
    for name in ARCHIVE_FILES:
        yield from _file_faults(data, f"{folder}/{name}", digest if name == DIGESTED else None)


def _file_faults(data: Path, path: str, digest: str | None) -> Iterator[Fault]:
    """Faults of one file; without a digest it only has to be there."""
    place = data / path
    if ".." in Path(path).parts or Path(path).parts[:1] not in _PLACES:
        yield Fault(path, "it lies outside the folders of the data")
    elif not place.is_file():
        yield Fault(path, "it is missing")
    elif digest is not None:
        try:
            if print_of(place).sha256 != digest:
                yield Fault(path, "its content has changed")
        except OSError as unreadable:
            yield Fault(path, f"it cannot be read ({unreadable.strerror})")


_PLACES = ((archive.FOLDER,), (attachments.FOLDER,))

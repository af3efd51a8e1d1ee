"""Open the database of a data folder: check it, migrate it, or say why not."""

from __future__ import annotations

import shutil
import time
from importlib import resources
from pathlib import Path

import apsw
from filelock import FileLock
from peewee import IntegerField, TextField
from playhouse.migrations import Runner

from ogma.errors import NewerSchema, StoreError
from ogma.store.database import Database, translated

FILE_NAME = "ogma.db"
MIGRATIONS = "ogma.store.migrations"
MIGRATE_LOCK = "migrate.lock"
RESTORING = "restoring"
"""Lies in the data folder while a restore exchanges what is there."""


class Steps(Runner):  # type: ignore[misc]
    """Playhouse's runner with a history table that APSW can bind (it takes no datetimes)."""

    def __init__(self, database: Database, folder: str) -> None:
        super().__init__(database.peewee, folder)

        class History(database.peewee.Model):  # type: ignore[misc,name-defined]
            name = TextField(primary_key=True)
            applied = IntegerField(default=lambda: time.time_ns() // 1_000_000)

            class Meta:
                table_name = "schema_migration"
                strict_tables = True

            @classmethod
            def create(cls, name: str) -> None:
                cls.insert(name=name).execute()

        self.History = History


def open_database(folder: Path) -> Database:
    """Open `<folder>/ogma.db`, creating it in an empty folder; migrated to the newest schema.

    Raises NewerSchema when a newer Ogma wrote it, StoreError when it is damaged or unwritable.
    """
    path = folder / FILE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(folder / MIGRATE_LOCK):
            _refuse_damaged(path)
            return _migrated(path)
    except (OSError, apsw.CantOpenError) as error:
        raise StoreError(
            f"The data folder {folder} cannot be used: {error}; "
            "choose another with --data or give yourself the right to write there."
        ) from error


def _refuse_damaged(path: Path) -> None:
    """A lost database must never be replaced by an empty one in silence."""
    if (path.parent / RESTORING).exists():
        raise StoreError(
            f"A restore of {path.parent} was interrupted; run 'ogma data restore' again."
        )
    wal = path.with_name(path.name + "-wal")
    lost = path.exists() and path.stat().st_size == 0 and (path.parent / "transcripts").exists()
    if lost or (not path.exists() and wal.exists()):
        raise StoreError(
            f"{path} is empty or gone although its folder was in use; restore a backup of it, "
            "or move the folder away to start anew."
        )


def _migrated(path: Path) -> Database:
    database = Database(path)
    with resources.as_file(resources.files(MIGRATIONS)) as folder, translated(path):
        runner = Steps(database, str(folder))
        status = runner.status()
        unknown = [step.name for step in status if step.path is None]
        if unknown:
            raise NewerSchema(
                f"{path} was written by a newer Ogma (it has {unknown[-1]}); install that version "
                "again, or restore the backup that was made before the upgrade."
            )
        pending = [step for step in status if not step.applied]
        if pending and any(step.applied for step in status):
            _back_up(database, path, pending[0].name)
        if pending:
            runner.up()
    return database


def _back_up(database: Database, path: Path, step: str) -> None:
    """A consistent copy beside the file, before the schema changes under it."""
    target = path.with_name(f"{path.stem}.before-{step}.db")
    partial = target.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    database.peewee.execute_sql("VACUUM INTO ?", (str(partial),))
    shutil.move(partial, target)

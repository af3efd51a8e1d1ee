"""`ogma data restore`: a backup takes the place of what is there, only while no bot runs (D3, P30).

Nothing is changed before the backup has proved sound; what was there is moved aside, never
deleted. The restored bot sends nothing again: since the backup Discord has gone on, so whatever
speaks is cancelled, and only what a look at Discord makes safe to repeat is done.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from ogma.domain.clock import Millis
from ogma.domain.effects import Kind
from ogma.domain.escalation import Cause
from ogma.domain.replies import merge
from ogma.errors import AlreadyRunning, NewerSchema, OgmaError
from ogma.services import clock, escalation, instance, status
from ogma.services.data import backup
from ogma.services.data.backup import FOLDERS, Manifest, copy, damaged, named_for, sync_folder
from ogma.services.desk import Desk
from ogma.services.escalation import HandOver
from ogma.settings import default_settings
from ogma.settings.locations import CONFIG_NAME, make_private_folder
from ogma.store import copies, health, knowledge, messages, records, restoring
from ogma.store.opening import FILE_NAME, MIGRATE_LOCK, RESTORING, open_database

STAGING = ".restore.partial"
INDEX = "index"
_LOOKING_S = 1.0

SAFE: Final = (
    Kind.OPEN_CHANNEL,
    Kind.GREET,
    Kind.PIN_GREETING,
    Kind.SYNC_REVIEW,
    Kind.SYNC_PANEL,
    Kind.LOCKDOWN,
    Kind.LOCK_CHANNEL,
    Kind.DELETE_MESSAGE,
    Kind.KEEP_FILES,
    Kind.ARCHIVE,
    Kind.DELETE_CHANNEL,
)
"""What goes on after a restore: it ends an opening or a close, tells staff of a hand-over, narrows
access or keeps files, and each looks first whether it has happened. Whatever else speaks, or would
open a channel to more people than Discord shows it to by now, is cancelled."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    manifest: Manifest
    aside: Path | None
    """Where the former data lie, None where there were none."""
    cancelled: int
    kept: int
    """Effects that were waiting: not done any more, and still to be done."""
    handed_over: int
    """Tickets whose unanswered question goes to staff."""
    config: bool | None
    """Whether the config was restored; None where the one that is there was left as it is."""


def restore(source: Path, data: Path, config: Path, now: Millis) -> Restored:
    """Put the backup in the place of what is there.

    Raises AlreadyRunning while a bot runs; NotFound, Damaged or NewerSchema for a backup that will
    not do, with nothing changed; OgmaError where the disk refuses.
    """
    manifest = backup.read_manifest(source)
    _refuse_newer(source, manifest)
    make_private_folder(data)
    staging = data / STAGING
    with _stopped(data):
        shutil.rmtree(staging, ignore_errors=True)  # of a restore that was killed
        try:
            _fetch(source, manifest, staging)
            before = restoring.reached(data / FILE_NAME)
            cancelled, kept, handed_over = _settle(staging, before, now)
            aside = _swap(data, staging, named_for(data, "before-restore", now))
            restored = _restore_config(source, manifest, config)
        except OSError as failed:
            raise OgmaError(
                f"{data} cannot be restored ({failed.strerror or failed}); free some space or "
                "give yourself the right to write there, and run it again."
            ) from failed
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return Restored(manifest, aside, cancelled, kept, handed_over, restored)


@contextmanager
def _stopped(data: Path) -> Iterator[None]:
    """No bot runs, and none can start meanwhile."""
    lock = FileLock(data / instance.LOCK_FILE)
    try:
        lock.acquire(timeout=_LOOKING_S)
    except Timeout:
        bot = status.bot(data)
        who = f" (process {bot['pid']} on {bot['host']})" if bot["pid"] else ""
        raise AlreadyRunning(
            f"An Ogma runs on {data}{who}; stop it first, a restore needs the folder for itself."
        ) from None
    try:
        yield
    finally:
        lock.release()


def _refuse_newer(source: Path, manifest: Manifest) -> None:
    unknown = [name for name in manifest.schema if name not in health.known()]
    if unknown:
        raise NewerSchema(
            f"The backup {source} was made by a newer Ogma ({manifest.ogma}, it has {unknown[-1]});"
            " install that version, or use an older backup."
        )


def _fetch(source: Path, manifest: Manifest, staging: Path) -> None:
    """Copy what the manifest names, and prove the copy, not the original."""
    staging.mkdir(mode=0o700)
    for name, expected in manifest.files.items():
        path = source / name
        if not path.is_file() or path.is_symlink():
            raise damaged(source, name, "it is missing")
        if copy(path, staging / name) != expected:
            raise damaged(source, name, "its content has changed")
    backup.verify_database(staging, manifest, called=source)


def _settle(staging: Path, before: restoring.Reached, now: Millis) -> tuple[int, int, int]:
    """Make the copy fit for a bot: (cancelled, kept, handed over)."""
    db = open_database(staging)
    desk = Desk(db, default_settings, staging)
    clock.load_offset(desk)
    with db.write():
        answers = restoring.planned_answers(db)
        cancelled = restoring.cancel_jobs(db, SAFE, now)
        kept = restoring.look_first(db)
        for _, answer_id in answers:
            records.update_answer(db, answer_id, withdrawn="restored")
        handed_over = _hand_over(desk, {number for number, _ in answers})
        restoring.end_announcements(db, now)
        restoring.silence_closing(db, now)
        restoring.note(db, now)
        restoring.go_on_from(db, before)
        knowledge.advance(db)
    copies.into_one_file(db)
    backup.sync_tree(staging)
    return cancelled, kept, handed_over


def _hand_over(desk: Desk, unsent: set[int]) -> int:
    """Nobody knows whether these were answered since the backup, so a person looks at them."""
    waiting = restoring.undecided(desk.db)
    for number in sorted(unsent | waiting.keys()):
        ids = waiting.get(number, [])
        texts = [row["content"] for one in ids if (row := messages.get(desk.db, one))]
        why = HandOver(Cause.STALE, "restored", merge(texts))
        escalation.escalate(desk, desk.ticket(number), why)
        messages.decide(desk.db, ids, "escalated")
    return len(unsent | waiting.keys())


def _swap(data: Path, staging: Path, aside: Path) -> Path | None:
    """Exchange the data; while the marker is there, no Ogma opens what may be half of it."""
    moved = [
        name
        for name in (FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm", *FOLDERS)
        if (data / name).exists()
    ]
    with FileLock(data / MIGRATE_LOCK):
        (data / RESTORING).touch(mode=0o600)
        sync_folder(data)
        if moved:
            aside.mkdir(mode=0o700)
        for name in moved:
            (data / name).rename(aside / name)
        shutil.rmtree(data / INDEX, ignore_errors=True)
        for name in (FILE_NAME, *FOLDERS):
            if (staging / name).exists():
                (staging / name).rename(data / name)
        sync_folder(data)
        (data / RESTORING).unlink()
        sync_folder(data)
    return aside if moved else None


def _restore_config(source: Path, manifest: Manifest, config: Path) -> bool | None:
    """A config that is there belongs to this machine; only a missing one is brought back."""
    if CONFIG_NAME not in manifest.files:
        return False
    if config.exists():
        return None
    copy(source / CONFIG_NAME, config)
    return True

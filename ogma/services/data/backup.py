"""`ogma data backup`: everything that cannot be made again, copied beside a running bot (D3, P29).

A backup is a folder: the database, the config, archives, attachments, and a manifest that names
every file with its digest. The token is never part of it, and neither is the vector index, which
is made from the database. The database is copied first, so that every file it speaks of is there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

from filelock import FileLock

from ogma import __version__
from ogma.domain.clock import Millis, rfc3339
from ogma.errors import NotFound, OgmaError, UsageError
from ogma.services import archive, attachments
from ogma.settings.locations import CONFIG_NAME
from ogma.store import copies
from ogma.store.opening import FILE_NAME

BACKUPS = "backups"
MANIFEST = "manifest.json"
FORMAT: Final = 1
LOCK_FILE = "backup.lock"
FOLDERS = (archive.FOLDER, attachments.FOLDER)
PARTIAL = ".partial"
"""How the names of files end that are still being written."""

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Print:
    """A file's size in bytes and SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds; `files` by their path inside it, with '/' on every system."""

    ogma: str
    taken_at: str
    schema: tuple[str, ...]
    rows: dict[str, int]
    files: dict[str, Print]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(one.size for one in self.files.values())


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that has been verified."""

    path: Path
    manifest: Manifest


class Damaged(OgmaError):
    """A backup is not what its manifest says."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must not get into a backup: these words, and this file wherever it lies."""

    words: tuple[str, ...] = ()
    file: Path | None = None


def back_up(
    data: Path, config: Path, now: Millis, *, out: Path | None = None, secrets: Secrets = Secrets()
) -> Backup:
    """Copy and verify; gives the backup.

    Raises NotFound without a database, UsageError where `out` cannot be a new folder, Damaged
    where the copy is not sound, OgmaError where the disk refuses.
    """
    if not (data / FILE_NAME).exists():
        raise NotFound(
            f"There is no database in {data}, so there is nothing to back up; "
            "name the right folder with --data."
        )
    target = _target(data, now, out)
    try:
        with FileLock(data / LOCK_FILE):
            return _written(data, config, now, target, secrets)
    except OSError as failed:
        raise OgmaError(
            f"The backup {target} cannot be written ({failed.strerror or failed}); "
            "free some space, or choose another place with --out."
        ) from failed


def named_for(folder: Path, prefix: str, now: Millis) -> Path:
    """A name in this folder that is not taken: `<prefix>-YYYYMMDD-HHMMSS`, in UTC."""
    stamp = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y%m%d-%H%M%S")
    path, count = folder / f"{prefix}-{stamp}", 1
    while path.exists():
        count += 1
        path = folder / f"{prefix}-{stamp}-{count}"
    return path


def _target(data: Path, now: Millis, out: Path | None) -> Path:
    if out is None:
        return named_for(data / BACKUPS, "ogma", now)
    target = out.expanduser().absolute()
    if target.exists():
        raise UsageError(f"{target} exists already; name a folder that does not exist with --out.")
    inside = [data / folder for folder in FOLDERS if target.is_relative_to(data / folder)]
    if inside:
        raise UsageError(f"{target} lies in {inside[0]}, which is copied; choose another --out.")
    return target


def _written(data: Path, config: Path, now: Millis, target: Path, secrets: Secrets) -> Backup:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = target.with_name(f".{target.name}{PARTIAL}")
    shutil.rmtree(partial, ignore_errors=True)  # of a backup that was killed
    partial.mkdir(mode=0o700)
    try:
        manifest = _copied(data, config, now, partial, secrets)
        _save_manifest(partial / MANIFEST, manifest)
        sync_tree(partial)
        verify(partial)
        partial.rename(target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    sync_folder(target.parent)
    return Backup(target, manifest)


def _copied(data: Path, config: Path, now: Millis, partial: Path, secrets: Secrets) -> Manifest:
    copies.snapshot(data / FILE_NAME, partial / FILE_NAME)
    (partial / FILE_NAME).chmod(0o600)
    contents = copies.look_into(partial / FILE_NAME)
    files = {FILE_NAME: print_of(partial / FILE_NAME)}
    if config.is_file():
        _refuse_token(config, secrets)
        files[CONFIG_NAME] = copy(config, partial / CONFIG_NAME)
    for name in names_in(data):
        if secrets.file is not None and (data / name).resolve() == secrets.file.resolve():
            continue
        try:
            files[name] = copy(data / name, partial / name)
        except FileNotFoundError:  # erased since it was listed
            continue
    taken = rfc3339(now) or ""
    return Manifest(__version__, taken, contents.schema, contents.rows, files)


def _refuse_token(config: Path, secrets: Secrets) -> None:
    text = config.read_bytes()
    if any(word.encode() in text for word in secrets.words):
        raise OgmaError(
            f"{config} holds the bot's token, which must not get into a backup; "
            "take it out of there and store it with 'ogma init --token-only'."
        )


def names_in(data: Path) -> Iterator[str]:
    """Every finished archive and attachment, by its path in the data folder."""
    for folder in FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and path.suffix != PARTIAL:
                yield path.relative_to(data).as_posix()


def copy(source: Path, target: Path) -> Print:
    """Copy a file, private to its owner; gives what was read."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as there, target.open("xb") as here:
        target.chmod(0o600)
        while block := there.read(_BLOCK):
            digest.update(block)
            size += len(block)
            here.write(block)
    return Print(size, digest.hexdigest())


def print_of(path: Path) -> Print:
    """A file's size and digest."""
    with path.open("rb") as file:
        return Print(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def sync_tree(folder: Path) -> None:
    """Bring all files in a folder, and their names, down to the disk."""
    for path in (*folder.rglob("*"), folder):
        sync_folder(path)


def sync_folder(path: Path) -> None:
    """Bring a file, or the names in a folder, down to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _save_manifest(path: Path, manifest: Manifest) -> None:
    document = {"format": FORMAT, **asdict(manifest)}
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    path.chmod(0o600)


def read_manifest(backup: Path) -> Manifest:
    """The manifest; raises NotFound where this is no backup, Damaged where it cannot be read."""
    path = backup / MANIFEST
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise Damaged(
                f"The backup {backup} has the format {document['format']}, which this Ogma does "
                "not know; use the version that made it."
            )
        return _manifest(document)
    except (FileNotFoundError, NotADirectoryError) as missing:
        raise NotFound(
            f"{backup} is no backup, for it has no {MANIFEST}; name the folder that "
            "'ogma data backup' made."
        ) from missing
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise damaged(backup, MANIFEST, "it cannot be read") from wrong


def _manifest(document: dict[str, Any]) -> Manifest:
    files = {
        str(name): Print(int(one["size"]), str(one["sha256"]))
        for name, one in document["files"].items()
    }
    for name in files:
        parts = PurePosixPath(name).parts
        known = name in (FILE_NAME, CONFIG_NAME) or (len(parts) > 1 and parts[0] in FOLDERS)
        if not known or ".." in parts:
            raise ValueError(f"no place for {name}")
    rows = {str(name): int(count) for name, count in document["rows"].items()}
    schema = tuple(map(str, document["schema"]))
    return Manifest(str(document["ogma"]), str(document["taken_at"]), schema, rows, files)


def verify(backup: Path) -> Manifest:
    """Read every byte of a backup; raises Damaged, naming the file that is not as it was."""
    manifest = read_manifest(backup)
    for name, expected in manifest.files.items():
        path = backup / name
        if not path.is_file() or path.is_symlink():
            raise damaged(backup, name, "it is missing")
        if print_of(path) != expected:
            raise damaged(backup, name, "its content has changed")
    verify_database(backup, manifest)
    return manifest


def verify_database(folder: Path, manifest: Manifest, *, called: Path | None = None) -> None:
    """The database in this folder is sound and has the rows of the manifest; raises Damaged.

    `called` is the backup's name where the folder is a copy of it.
    """
    name = called or folder
    if FILE_NAME not in manifest.files:
        raise damaged(name, FILE_NAME, "it is missing")
    try:
        contents = copies.look_into(folder / FILE_NAME)
    except OgmaError as broken:
        raise damaged(name, FILE_NAME, "it is no sound database") from broken
    if contents.faults:
        raise damaged(name, FILE_NAME, contents.faults[0])
    if (contents.rows, contents.schema) != (manifest.rows, manifest.schema):
        raise damaged(name, FILE_NAME, "it does not have the rows of the manifest")


def damaged(backup: Path, name: str, why: str) -> Damaged:
    """The one sentence about a damaged backup."""
    return Damaged(f"The backup {backup} is damaged: {name} ({why}); use another backup.")

"""Replace a file whole or not at all: what is read back is the old text or the new one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ogma.errors import OgmaError


def replace_file(path: Path, text: str, *, new_mode: int = 0o644) -> None:
    """Write the text in place of the file, through symbolic links, down to the disk.

    An existing file keeps its mode and, where allowed, its owner; a new one gets `new_mode`.
    Raises OgmaError where the folder or the disk refuses; the old file is then untouched.
    """
    target = path.resolve()
    try:
        before = target.stat() if target.exists() else None
        temporary = _write_beside(target, text)
        try:
            temporary.chmod(before.st_mode & 0o7777 if before else new_mode)
            if before and (before.st_uid, before.st_gid) != _owner(temporary):
                with contextlib.suppress(PermissionError):
                    os.chown(temporary, before.st_uid, before.st_gid)
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
    except OSError as failed:
        raise OgmaError(
            f"Cannot write {path} ({failed.strerror}); nothing was changed."
        ) from failed


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold off other Ogmas that change a file in the same folder, so that no change is lost."""
    try:
        descriptor = os.open(path.resolve().parent, os.O_RDONLY)
    except OSError as failed:
        raise OgmaError(f"Cannot open the folder of {path} ({failed.strerror}).") from failed
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write_beside(target: Path, text: str) -> Path:
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _owner(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_uid, found.st_gid


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

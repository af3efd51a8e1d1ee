"""One bot per data folder: an operating-system lock, and a fenced lease for what the lock misses.

The lock covers one machine; the lease (an epoch checked in every write) covers a folder shared by
two, and a process that slept through its successor's start.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ogma.domain.clock import SECOND, rfc3339
from ogma.errors import AlreadyRunning
from ogma.services.desk import Desk
from ogma.store import records
from ogma.store.database import Fence

LEASE = 60 * SECOND
_LOOKING_S = 1.0
"""Another process that only looks whether a bot runs holds the lock for a moment."""
LOCK_FILE = "bot.lock"
HOLDER_FILE = "bot.json"


@contextmanager
def held(desk: Desk) -> Iterator[Fence]:
    """Hold the data folder for this bot; raises AlreadyRunning, saying who holds it."""
    lock = FileLock(desk.data / LOCK_FILE)
    try:
        lock.acquire(timeout=_LOOKING_S)
    except Timeout:
        raise AlreadyRunning(
            f"Another Ogma already runs on {desk.data}{_holder(desk.data)}; stop it first, "
            "or choose another data folder with --data."
        ) from None
    try:
        yield _take_over(desk)
    finally:
        (desk.data / HOLDER_FILE).unlink(missing_ok=True)
        lock.release()


def _take_over(desk: Desk) -> Fence:
    owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    with desk.db.write():
        epoch = records.take_lease(desk.db, owner, desk.clock.real(), LEASE)
    desk.db.fence = Fence(owner, epoch)
    holder = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": rfc3339(desk.clock.real()),
    }
    (desk.data / HOLDER_FILE).write_text(json.dumps(holder), encoding="utf-8")
    return desk.db.fence


def _holder(data: Path) -> str:
    try:
        holder = json.loads((data / HOLDER_FILE).read_text(encoding="utf-8"))
        return f" (process {holder['pid']} on {holder['host']}, since {holder['since']})"
    except (OSError, ValueError, KeyError):
        return ""


def extend(desk: Desk) -> None:
    """Keep the lease; raises LeaseLost when another bot took over."""
    with desk.db.write():
        records.extend_lease(desk.db, desk.clock.real(), LEASE)


def running(data: Path) -> bool:
    """Whether a bot holds this data folder now."""
    lock = FileLock(data / LOCK_FILE)
    if not (data / LOCK_FILE).exists():
        return False
    try:
        with lock.acquire(timeout=0):
            return False
    except Timeout:
        return True

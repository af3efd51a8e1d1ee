"""Syncs sources one after another, one round at a time on a data folder; tells which are due."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from ogma.domain.clock import Millis
from ogma.domain.policies import Settings
from ogma.domain.sources import BY_HAND, Source
from ogma.errors import AlreadyRunning
from ogma.knowledge.reading import ReadingProcess, WebReading
from ogma.net.guard import Guard
from ogma.net.visit import Visitor
from ogma.services.knowledge.shelf import Shelf
from ogma.services.sync import schedules
from ogma.services.sync.sync import SourceSync, SyncOrder
from ogma.services.sync.sync_report import SyncReport
from ogma.store import sources as store
from ogma.store.database import Database

LOCK: Final = "sync.lock"


def next_sync(source: Source, zone: ZoneInfo) -> Millis | None:
    """When a source's next sync by schedule is to begin; None where there is no schedule.

    A source that never came to the end of a sync is due at once. However many slots passed while
    nobody looked, one sync makes up for them.
    """
    if source.schedule == BY_HAND:
        return None
    if source.tried_at is None:
        return source.added_at
    return schedules.next_slot(source.schedule, zone, source.tried_at)


def due(db: Database, settings: Settings, now: Millis) -> list[Source]:
    """The sources whose time has come."""
    zone = ZoneInfo(settings.hours.time_zone)
    times = [(source, next_sync(source, zone)) for source in store.sources(db)]
    return [source for source, at in times if at is not None and at <= now]


async def sync(
    shelf: Shelf,
    sources: Sequence[Source],
    settings: Settings,
    order: SyncOrder,
    reading: Callable[[], WebReading] = ReadingProcess,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> list[SyncReport]:
    """Sync the sources in turn; raises AlreadyRunning beside another sync or a long ingest."""
    guard = Guard(settings.network.internal_hosts)
    limit = settings.knowledge.max_file_mb * 2**20
    async with (
        _alone(shelf.folder),
        _opened(reading) as readers,
        Visitor(guard, max_bytes=limit, sleep=sleep) as visitor,
    ):
        return [
            await SourceSync(source, shelf, visitor, readers, order).run() for source in sources
        ]


@asynccontextmanager
async def _alone(folder: Path) -> AsyncIterator[None]:
    """The sync lock; the system frees it when its holder dies."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise AlreadyRunning(
            "Another sync is under way on this data folder; try again when it is done."
        ) from None
    try:
        yield
    finally:
        lock.release()


@asynccontextmanager
async def _opened(reading: Callable[[], WebReading]) -> AsyncIterator[WebReading]:
    readers = reading()
    try:
        yield readers
    finally:
        readers.close()

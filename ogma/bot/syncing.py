"""Follows websites while the bot runs: syncs what is due, without holding up anything else (K2).

A round has a thread and an event loop of its own, for it unpacks, compares and embeds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ogma.domain.sources import Source
from ogma.errors import LeaseLost, OgmaError
from ogma.services.sync import sync_round
from ogma.services.sync.sync import SyncOrder

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.services.sync.sync_report import SyncReport

log = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0
AGAIN_AFTER_S = 60.0
"""When a round could not be done for reasons on this machine."""


class Syncing:
    """Looks for sources that are due, and syncs them in turn."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def run(self) -> None:
        """Look and sync until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            found = await self._app.read(
                lambda desk: sync_round.due(desk.db, desk.settings(), desk.now())
            )
            if found:
                await self._sync(found)

    async def _sync(self, sources: Sequence[Source]) -> None:
        work = _Round(self._app, sources)
        try:
            reports = await asyncio.to_thread(work.run)
        except asyncio.CancelledError:
            work.stop()
            raise
        except LeaseLost:
            raise
        except (OgmaError, OSError) as error:
            log.warning("websites are synced a little later: %s", error)
            await asyncio.sleep(AGAIN_AFTER_S)
        else:
            for report in reports:
                _log(report)


class _Round:
    """One round in the thread that calls `run`; any other may call `stop`."""

    def __init__(self, app: App, sources: Sequence[Source]) -> None:
        self._app = app
        self._sources = sources
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[list[SyncReport]] | None = None
        self._stopped = False

    def run(self) -> list[SyncReport]:
        """Sync; nothing where it is stopped before the end."""
        try:
            return asyncio.run(self._work())
        except asyncio.CancelledError:
            return []

    def stop(self) -> None:
        """End soon: the next round does the rest."""
        self._stopped = True
        if self._loop is not None and self._task is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._task.cancel)

    async def _work(self) -> list[SyncReport]:
        self._loop = asyncio.get_running_loop()
        order = SyncOrder(self._app.desk.now, thorough=False)
        self._task = self._loop.create_task(
            sync_round.sync(self._app.knowledge.shelf, self._sources, self._app.settings, order)
        )
        if self._stopped:
            self._task.cancel()
        return await self._task


def _log(report: SyncReport) -> None:
    level = logging.INFO if report.error is None else logging.WARNING
    counts = (report.added, report.changed, report.unchanged, report.removed)
    text = "synced %s: %d added, %d changed, %d unchanged, %d removed, %d failed, %d kept as before"
    log.log(level, text, report.source, *counts, len(report.failed), len(report.flagged))
    if report.error is not None:
        log.warning("%s could not be synced: %s", report.source, report.error)

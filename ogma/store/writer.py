"""The one thread that writes: in the order of the calls, and outwaiting what stops it (P26, P27).

A database that another program has locked, or a disk that is full, is waited for: what happened on
Discord is worth more than a quick answer. Meanwhile everything that would write waits in its turn,
so nothing is half done, and nothing is lost that this process has heard of.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from ogma.errors import StoreBusy, StoreError, StoreUnwritable

R = TypeVar("R")

log = logging.getLogger(__name__)

BUSY_RETRIES: Final = 30
"""Each has waited for the lock itself (`database.BUSY_TIMEOUT_S`)."""
UNWRITABLE_PAUSE_S: Final = 1.0


class Writer:
    """Runs what writes, one after the other."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ogma-write")
        self._ending = threading.Event()
        self._unwritable = False
        self.on_unwritable: Callable[[], None] | None = None
        """Called in the writer's thread, once each time the disk begins to refuse."""

    async def run(self, work: Callable[[], R]) -> R:
        """Do it; raises StoreBusy after five minutes, StoreUnwritable only at the end of all."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._patiently, work)

    def _patiently(self, work: Callable[[], R]) -> R:
        busy = 0
        while True:
            try:
                done = work()
            except StoreBusy:
                busy += 1
                if busy >= BUSY_RETRIES or self._ending.is_set():
                    raise
                log.warning("the database is locked by another program; waiting for it")
            except StoreUnwritable as refused:
                self._note(refused)
                if self._ending.wait(UNWRITABLE_PAUSE_S):
                    raise
            else:
                if self._unwritable:
                    self._unwritable = False
                    log.warning("the database can be written again; everything goes on")
                return done

    def _note(self, refused: StoreError) -> None:
        if self._unwritable:
            return
        self._unwritable = True
        log.warning("everything waits: %s", refused)
        if self.on_unwritable is not None:
            self.on_unwritable()

    def close(self) -> None:
        """Finish what was begun; what only waits for the disk is given up."""
        self._ending.set()
        self._thread.shutdown(wait=True)

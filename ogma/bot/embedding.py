"""Embeds what has no vector yet while the bot runs: all of it after a change of the model (K5)."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING

from ogma.errors import LeaseLost, OgmaError

if TYPE_CHECKING:
    from ogma.app import App

log = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0
AGAIN_AFTER_S = 60.0
"""When it could not be done for reasons on this machine."""


class Embedding:
    """Looks for passages without a vector, and gives them theirs in a thread."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def run(self) -> None:
        """Look and embed until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self._embed()

    async def _embed(self) -> None:
        stop = threading.Event()
        try:
            done = await asyncio.to_thread(self._app.knowledge.embed_missing, stop.is_set)
        except asyncio.CancelledError:
            stop.set()
            raise
        except LeaseLost:
            raise
        except OgmaError as error:
            log.warning("passages are embedded a little later: %s", error)
            await asyncio.sleep(AGAIN_AFTER_S)
        else:
            if done:
                log.info("embedded %d passages", done)

"""Builds everything once. Both shells, the command line and the bot, get one frozen App."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from ogma.answering.engine import Answerer
from ogma.domain.policies import Settings
from ogma.errors import StoreBusy
from ogma.knowledge.embedder import FastEmbedder
from ogma.knowledge.model import installed, model_named
from ogma.services import clock
from ogma.services.desk import Desk
from ogma.services.knowledge import KnowledgeService
from ogma.services.live import Live
from ogma.store.opening import open_database
from ogma.texts import Texts

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

READERS = 4
BUSY_RETRIES = 30


@dataclass(frozen=True, slots=True)
class App:
    """What the shells work with. The bot calls use cases through `write` and `read`."""

    desk: Desk
    live: Live
    knowledge: KnowledgeService
    data: Path
    _writer: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="ogma-write")
    )
    _readers: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(READERS, thread_name_prefix="ogma-read")
    )

    @property
    def settings(self) -> Settings:
        """The settings of the moment."""
        return self.live.now.settings

    @property
    def texts(self) -> Texts:
        """The texts of the moment."""
        return self.live.now.texts

    @property
    def answerer(self) -> Answerer:
        """The answerer of the moment."""
        return self.live.now.answerer

    async def write(
        self, use_case: Callable[Concatenate[Desk, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run a use case in the one writer thread, in the order of the calls.

        A database that another program has locked is waited for: what happened on Discord is
        worth more than a quick answer.
        """

        def attempt() -> R:
            for left in reversed(range(BUSY_RETRIES)):
                try:
                    return use_case(self.desk, *args, **kwargs)
                except StoreBusy:
                    if not left:
                        raise
                    log.warning("the database is locked by another program; waiting for it")
            raise AssertionError("unreachable")

        return await asyncio.get_running_loop().run_in_executor(self._writer, attempt)

    async def read(
        self, use_case: Callable[Concatenate[Desk, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run a read in a reader thread."""
        return await asyncio.get_running_loop().run_in_executor(
            self._readers, lambda: use_case(self.desk, *args, **kwargs)
        )

    def close(self) -> None:
        """Finish what was begun in the threads, and close the database."""
        self._writer.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self.desk.db.close()


def build(settings: Settings, data: Path, models: Path) -> App:
    """Open the database and the knowledge base of a data folder.

    `models` is where embedding models are kept. Without the model, search works on words alone.
    """
    db = open_database(data)
    embedder = load_embedder(settings, models)
    live = Live(settings, embedder.embed_passages if embedder else None)
    desk = Desk(db, lambda: live.now.settings, data)
    clock.load_offset(desk)
    return App(
        desk=desk,
        live=live,
        knowledge=KnowledgeService(db, data, embedder, settings.knowledge.max_file_mb * 2**20),
        data=data,
    )


def load_embedder(settings: Settings, models: Path, threads: int = 1) -> FastEmbedder | None:
    """The embedding model of the settings, None when it is not on this machine."""
    found = installed(models, model_named(settings.knowledge.model))
    return FastEmbedder(found, settings.knowledge.precision, threads) if found else None

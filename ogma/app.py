"""Builds everything once. Both shells, the command line and the bot, get one frozen App."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from ogma.answering.engine import Answerer
from ogma.domain.policies import Settings
from ogma.knowledge.embedder import FastEmbedder
from ogma.knowledge.model import installed, model_named
from ogma.services import clock
from ogma.services.desk import Desk
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.services.live import Live
from ogma.store.opening import open_database
from ogma.store.writer import Writer
from ogma.texts import Texts

P = ParamSpec("P")
R = TypeVar("R")

READERS = 4


@dataclass(frozen=True, slots=True)
class App:
    """What the shells work with. The bot calls use cases through `write` and `read`."""

    desk: Desk
    live: Live
    knowledge: KnowledgeService
    data: Path
    writer: Writer = field(default_factory=Writer)
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
        """Run a use case in the one writer thread, in the order of the calls."""
        return await self.writer.run(lambda: use_case(self.desk, *args, **kwargs))

    async def read(
        self, use_case: Callable[Concatenate[Desk, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run a read in a reader thread."""
        return await asyncio.get_running_loop().run_in_executor(
            self._readers, lambda: use_case(self.desk, *args, **kwargs)
        )

    def close(self) -> None:
        """Finish what was begun in the threads, and close the database."""
        self.writer.close()
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
    KnowledgeService.preload()
    return App(
        desk=desk,
        live=live,
        knowledge=KnowledgeService(
            db,
            data,
            embedder,
            settings.knowledge.max_file_mb * 2**20,
            index=settings.knowledge.index,
        ),
        data=data,
    )


def load_embedder(settings: Settings, models: Path, threads: int = 1) -> FastEmbedder | None:
    """The embedding model of the settings, None when it is not on this machine."""
    found = installed(models, model_named(settings.knowledge.model))
    return FastEmbedder(found, settings.knowledge.precision, threads) if found else None

"""A knowledge base that follows websites on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from ogma.domain.clock import HOUR, Millis
from ogma.domain.policies import NetworkPolicy, Settings
from ogma.domain.sources import Source
from ogma.knowledge.sitemaps import Sitemap, read_sitemap
from ogma.knowledge.web import WebPage, read_page
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.services.sync import sources, sync_round
from ogma.services.sync.sources import Overview, Wish
from ogma.services.sync.sync import SyncOrder
from ogma.services.sync.sync_report import SyncReport
from ogma.store.opening import FILE_NAME, open_database
from tests.knowledge.fakes import ReadingHere, WordEmbedder
from tests.net.loopback import Site
from tests.services.conftest import SETTINGS, START


@cache
def _fresh_database() -> bytes:
    """A database with the newest schema, made once."""
    with TemporaryDirectory() as folder:
        open_database(Path(folder)).close()
        return (Path(folder) / FILE_NAME).read_bytes()


class WebReadingHere:
    """Reads pages in this process."""

    def page(self, data: bytes, url: str, content_type: str) -> WebPage:
        return read_page(data, url, content_type)

    def sitemap(self, data: bytes) -> Sitemap:
        return read_sitemap(data)

    def close(self) -> None:
        pass


async def at_once(seconds: float) -> None:
    """The second between two requests, without its length."""


class Follower:
    """A data folder whose sources lie on one loopback site."""

    def __init__(self, data: Path, web: Site) -> None:
        self.data = data
        self.web = web
        self.at: Millis = START
        self.settings: Settings = SETTINGS.model_copy(
            update={"network": NetworkPolicy(internal_hosts=(web.host,))}
        )
        self.embedder = WordEmbedder()
        (data / FILE_NAME).write_bytes(_fresh_database())
        self.db = open_database(data)
        self.knowledge = KnowledgeService(self.db, data, self.embedder, reading=ReadingHere)
        web.page("/robots.txt", "")

    def add(self, path: str, **wish: object) -> Source:
        asked = Wish(url=self.web.url + path, **wish)  # type: ignore[arg-type]
        return sources.add(self.db, self.settings, asked, self.at)

    def sync(
        self, *names: str, force: bool = False, progress: Callable[..., None] = lambda *_: None
    ) -> SyncReport:
        """Sync the one source named, or the only one, an hour after the last time."""
        self.at += HOUR
        self.web.asked.clear()
        chosen = sources.find(self.db, names)
        order = SyncOrder(lambda: self.at, force, progress)
        (report,) = asyncio.run(
            sync_round.sync(
                self.knowledge.shelf, chosen, self.settings, order, WebReadingHere, at_once
            )
        )
        return replace(report)

    def found(self, query: str) -> list[str]:
        """The paths of the pages that are found, best first."""
        hits = self.knowledge.search(query, 5).hits
        found = dict.fromkeys(hit.passage.document for hit in hits)
        return [name.removeprefix(self.web.url) for name in found]

    def documents(self) -> list[str]:
        """The paths of all pages that are kept."""
        return [one.name.removeprefix(self.web.url) for one, _ in self.knowledge.documents()]

    def overview(self) -> Overview:
        """The only source as it is shown."""
        (found,) = sources.overview(self.db, self.settings, self.at)
        return found

    def asked(self) -> list[str]:
        """The paths that the site was asked for since the last sync began."""
        return [path for path in self.web.paths() if path != "/robots.txt"]


def counts(report: SyncReport) -> tuple[int, int, int, int]:
    """Added, changed, unchanged, removed."""
    return report.added, report.changed, report.unchanged, report.removed


def text(topic: str, words: int = 60) -> str:
    """A page about a topic, of about six characters a word."""
    body = " ".join(f"{topic}{number}" for number in range(words))
    return f"<html><title>{topic}</title><body><main><h1>{topic}</h1><p>{body}</p></main>"

"""Stores what a sync found: groups of documents, each with what was seen of its page."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Final

from ogma import crash
from ogma.domain.clock import Millis
from ogma.domain.sources import Page, Source, plain_url
from ogma.knowledge.chunks import CHUNKER_VERSION
from ogma.knowledge.web import WebPage
from ogma.net.visit import Visit
from ogma.services.knowledge.shelf import Shelf
from ogma.store import knowledge as documents
from ogma.store import sources as store
from ogma.store.database import Database

GROUP_CHUNKS: Final = 48
"""Embedded in one go: a second or two, in which a bot that stops has to wait."""
GROUP_PAGES: Final = 50
WAIT_S: Final = 30.0
"""How long an ingest that holds the knowledge base is waited for."""


class Outdated(Exception):
    """The owner changed or removed the source meanwhile; nothing more is stored for it."""


class Basket:
    """What one source's sync has gathered and not yet stored."""

    def __init__(self, source: Source, shelf: Shelf, now: Callable[[], Millis]) -> None:
        self._source = source
        self._shelf = shelf
        self._now = now
        self._group: list[documents.NewDocument] = []
        self._pages: dict[str, Page] = {}

    def take(self, page: Page, document: documents.NewDocument) -> None:
        """A page with its text."""
        self._group.append(document)
        self.note(page)

    def put_back(self, url: str) -> bool:
        """Take nothing from a page after all, if it is changed and not stored yet."""
        left = [document for document in self._group if document.origin != url]
        changed = len(left) < len(self._group) and self._pages[url].stored is not None
        if changed:
            self._group = left
            del self._pages[url]
        return changed

    def note(self, page: Page) -> None:
        """A page as it was seen."""
        self._pages[page.url] = page

    async def flush_full(self) -> None:
        """Store what there is if it is enough for a group."""
        chunks = sum(len(document.chunks) for document in self._group)
        if chunks >= GROUP_CHUNKS or len(self._pages) >= GROUP_PAGES:
            await self.flush()

    async def flush(self, gone: Collection[str] = ()) -> None:
        """Store what there is and remove pages that are gone, in one transaction.

        Raises AlreadyRunning beside an ingest that works for longer, and Outdated.
        """
        group, pages, self._group, self._pages = self._group, self._pages, [], {}
        if not (group or pages or gone):
            return
        shelf, source = self._shelf, self._source

        def also() -> bool:
            if not _is_as_it_was(shelf.db, source):
                raise Outdated("it was changed or removed while it was synced")
            for page in pages.values():
                store.put_page(shelf.db, source.id, page)
            crash.point("sync.storing")
            return withdraw(shelf.db, source.id, gone)

        stopped = threading.Event()
        try:
            await asyncio.to_thread(self._put, group, also, stopped)
        except asyncio.CancelledError:
            stopped.set()
            raise

    def _put(
        self,
        group: list[documents.NewDocument],
        also: Callable[[], bool],
        stopped: threading.Event,
    ) -> None:
        def told() -> None:
            if stopped.is_set():
                raise asyncio.CancelledError

        taken = store.names_in_use(self._shelf.db)
        named = [
            replace(one, name=f"{one.name} (synced)") if one.name in taken else one for one in group
        ]
        self._shelf.put(named, also, self._now(), told, WAIT_S)
        crash.point("sync.stored")


def _is_as_it_was(db: Database, source: Source) -> bool:
    now = store.get(db, source.id)
    return now is not None and source == replace(
        now, tried_at=source.tried_at, synced_at=source.synced_at, error=source.error
    )


def withdraw(db: Database, source_id: int, urls: Collection[str]) -> bool:
    """Forget pages of a source, and their documents where no other source has them.

    In the caller's transaction; gives whether a document went.
    """
    left = store.drop_pages(db, source_id, sorted(urls))
    rows = store.documents_of(db, left)
    for row in rows.values():
        documents.delete(db, row)
    return bool(rows)


def document_of(
    source: Source, url: str, visit: Visit, content: WebPage, *, new: bool
) -> documents.NewDocument:
    """A page as a document, named by its URL; one that is not new keeps its limits."""
    chunks = tuple(
        documents.NewChunk(chunk.context(content.title), chunk.place, chunk.text, fragment=fragment)
        for chunk, fragment in zip(content.chunks, content.fragments, strict=True)
    )
    return documents.NewDocument(
        name=url,
        kind="url",
        origin=url,
        title=content.title,
        url=plain_url(visit.url),
        sha256=content.digest,
        size=len(visit.body),
        mtime_ns=None,
        parser=CHUNKER_VERSION,
        chunks=chunks,
        types=source.types if new else None,
        roles=source.roles if new else None,
    )

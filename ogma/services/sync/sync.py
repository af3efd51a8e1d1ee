"""Follows one website: visits its pages, and brings what has changed into the knowledge base.

Pages are stored in groups, each with what was seen of it in one transaction: a sync that is killed
has done a part, and the next one does the rest, at the cost of a request for each page.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from ogma.domain import syncing
from ogma.domain.clock import Millis
from ogma.domain.sources import Page, Source, SourceKind, plain_url, site_of
from ogma.domain.syncing import Act, Judgement, Seen
from ogma.knowledge.chunks import CHUNKER_VERSION
from ogma.knowledge.content import Unreadable
from ogma.knowledge.reading import WebReading
from ogma.knowledge.web import WebPage
from ogma.net.visit import Cause, NotVisited, Visit, Visitor
from ogma.services.knowledge.ingest_report import Failure
from ogma.services.knowledge.shelf import Shelf
from ogma.services.sync import sync_pages
from ogma.services.sync.sync_report import SyncReport
from ogma.services.sync.sync_store import WAIT_S, Basket, Outdated, document_of
from ogma.store import sources as store

Progress = Callable[[str, int, int], None]
"""Called with (page, pages done, pages found so far)."""

_NOT_TEXT: Final = ("image/", "audio/", "video/", "font/")


@dataclass(frozen=True, slots=True)
class SyncOrder:
    """How a sync is to be done."""

    now: Callable[[], Millis]
    force: bool = False
    """Take everything anew, whatever validators and sizes say."""
    progress: Progress = lambda page, done, found: None
    thorough: bool = True
    """Afterwards calibrate, if much has changed: half a minute that nothing can cut short."""


class SourceSync:
    """One sync of one source. The caller holds the sync lock."""

    def __init__(
        self,
        source: Source,
        shelf: Shelf,
        visitor: Visitor,
        reading: WebReading,
        order: SyncOrder,
    ) -> None:
        self._source = source
        self._shelf = shelf
        self._visitor = visitor
        self._reading = reading
        self._order = order
        self._report = SyncReport(source.name)
        self._known: dict[str, Page] = {}
        self._frontier = sync_pages.Frontier(source)
        self._basket = Basket(source, shelf, order.now)
        self._gone: dict[str, str] = {}
        """URL -> why."""
        self._targets: dict[str, str] = {}
        """Where redirects lead -> the first page that leads there."""
        self._texts: dict[str, str] = {}
        """Text -> the first page that has it."""
        self._done = 0
        self._reached = 0
        self._failures = 0
        """In a row."""

    async def run(self) -> SyncReport:
        """Visit everything, store what is new; raises AlreadyRunning beside a long ingest."""
        began = self._order.now()
        before = self._visitor.requests
        db = self._shelf.db
        self._known = await asyncio.to_thread(store.pages, db, self._source.id, CHUNKER_VERSION)
        for page in self._known.values():
            if page.stored is not None:
                self._texts.setdefault(page.stored, page.url)
        try:
            await self._visit_all()
        except NotVisited as error:
            self._report.error = str(error)
        except Outdated as error:
            self._report.error = str(error)
            return self._report
        await self._end(began)
        self._report.requests = self._visitor.requests - before
        return self._report

    async def _end(self, began: Millis) -> None:
        """Decide about what is gone, store the rest, note how it went."""
        try:
            await self._basket.flush(self._settle())
        except Outdated as error:
            self._report.error = str(error)
            return
        if self._report.wrote:
            await asyncio.to_thread(self._finish)
        await asyncio.to_thread(self._note, began)

    def _finish(self) -> None:
        order = self._order
        self._shelf.finish(order.now(), thorough=order.thorough, wait_s=WAIT_S)

    def _note(self, began: Millis) -> None:
        with self._shelf.db.write():
            store.note_sync(self._shelf.db, self._source.id, began, self._report.error)

    # -- visiting ------------------------------------------------------------------------------

    async def _visit_all(self) -> None:
        """Raises NotVisited where the source as a whole cannot be followed."""
        source, frontier = self._source, self._frontier
        listed: list[str] = []
        if source.kind is SourceKind.SITEMAP:
            listed = await sync_pages.listed(source, self._visitor, self._reading)
        frontier.add(sync_pages.starts(source, listed), 0)
        await self._visit_waiting()
        unlisted = [url for url in self._known if url not in frontier]
        if source.kind is SourceKind.SITEMAP and not frontier.full:
            for url in unlisted:
                self._gone[url] = "the sitemap lists it no more"
        else:  # not linked any more is not gone
            frontier.add(unlisted, source.depth)
            await self._visit_waiting()

    async def _visit_waiting(self) -> None:
        for url, depth in self._frontier:
            self._order.progress(url, self._done, self._frontier.known)
            page = await self._visit(self._known.get(url) or Page(url))
            self._frontier.add(page.links if page else (), depth + 1)
            self._done += 1
            if self._failures >= syncing.DOWN_AFTER and page is not None:
                reason = f"{self._failures} pages in a row could not be fetched"
                raise NotVisited(Cause.UNREACHABLE, f"{reason}; of the last one: {page.problem}")
            await self._basket.flush_full()

    async def _visit(self, known: Page) -> Page | None:
        """Look at a page; gives it as it is seen now, None where it is none of the source's."""
        if known.barred and not self._order.force:
            return known
        certain = known.stored is not None and not self._order.force
        validators = (known.etag, known.last_modified) if certain else (None, None)
        try:
            visit = await self._visitor.get(known.url, *validators)
        except NotVisited as error:
            self._failures += error.cause is Cause.UNREACHABLE
            if error.cause is Cause.ROBOTS and self._is_mere_link(known):
                return None
            return self._kept(known, str(error))
        broken = visit.status >= 500 or visit.status == 429
        self._failures = self._failures + 1 if broken else 0
        judgement = syncing.by_status(visit.status)
        if judgement is None:
            return await self._look(known, visit)
        return self._judged(known, judgement)

    async def _look(self, known: Page, visit: Visit) -> Page | None:
        """Judge a page that has come by its content."""
        digest = hashlib.sha256(visit.body).hexdigest()
        fresh = replace(
            known, etag=visit.etag, last_modified=visit.last_modified, sha256=digest, problem=None
        )
        if known.sha256 == digest and known.stored is not None and not self._order.force:
            return self._judged(fresh, Judgement(Act.SAME))
        if visit.content_type.startswith(_NOT_TEXT):
            return self._not_text(known, visit)
        try:
            content = await asyncio.to_thread(
                self._reading.page, visit.body, visit.url, visit.content_type
            )
        except Unreadable as error:
            return self._kept(known, str(error))
        seen = Seen(
            url=visit.url,
            title=content.title,
            text_sha256=content.digest,
            characters=content.characters,
            asks_password=content.asks_password,
            wants_script=content.wants_script,
        )
        judgement = syncing.by_content(known, seen, force=self._order.force)
        if judgement.act is Act.KEEP:
            return self._judged(known, judgement)
        if self._source.kind is not SourceKind.PAGE:
            if (target := plain_url(seen.url)) != known.url:
                return self._leads_to(known, target)
            first = self._texts.setdefault(seen.text_sha256, known.url)
            if first != known.url:
                return self._says_as(known, first)
        links = sync_pages.wanted(self._source, content.links) if self._crawls else ()
        fresh = replace(fresh, links=tuple(links), characters=content.characters)
        if judgement.act is Act.TAKE:
            self._take(known, fresh, visit, content)
        else:
            self._judged(fresh, judgement)
        return fresh

    @property
    def _crawls(self) -> bool:
        return self._source.kind is SourceKind.CRAWL

    def _leads_to(self, known: Page, target: str) -> Page | None:
        """A redirect: the page counts under its new address, if it is one of its own."""
        self._reached += 1
        if target not in sync_pages.wanted(self._source, [target]):
            if self._is_mere_link(known):
                return None
            return self._kept(known, f"it leads to {target}, outside of the source")
        self._frontier.add([target], 0)
        if known.stored is None:
            return None
        reason = f"it leads to {target}"
        before = self._targets.setdefault(target, known.url)
        if target in (self._source.url, site_of(target)) or before != known.url:
            if self._gone.pop(before, None) is not None:
                self._kept(self._known[before], reason)
            return self._kept(known, f"{reason}, as pages of a broken site do")
        self._gone[known.url] = reason
        return None

    def _says_as(self, known: Page, first: str) -> Page | None:
        """The text of another page: a second address of it, or what a broken site says anywhere."""
        self._reached += 1
        if known.stored is None:
            return None
        reason = "it says the same as {}, as pages of a broken site do"
        if self._basket.put_back(first):
            self._report.changed -= 1
            self._kept(self._known[first], reason.format(known.url))
        return self._kept(known, reason.format(first))

    def _is_mere_link(self, known: Page) -> bool:
        """Whether nobody asked for this page but another page's link."""
        return self._crawls and known.stored is None and known.url != self._source.url

    def _not_text(self, known: Page, visit: Visit) -> Page | None:
        if self._is_mere_link(known):
            return None
        return self._kept(known, f"it is not a text but {visit.content_type}")

    # -- judging -------------------------------------------------------------------------------

    def _judged(self, page: Page, judgement: Judgement) -> Page:
        match judgement.act:
            case Act.GONE:
                self._gone[page.url] = judgement.problem or "it is gone"
                return page
            case Act.KEEP:
                return self._kept(page, judgement.problem or "")
            case _:
                self._reached += 1
                self._report.unchanged += 1
                return self._seen(replace(page, gone=0, problem=None))

    def _kept(self, known: Page, problem: str, gone: int = 0) -> Page:
        """The text of before stays, if there is one."""
        into = self._report.failed if known.stored is None else self._report.flagged
        into.append(Failure(known.url, problem))
        return self._seen(replace(known, problem=problem, gone=gone))

    def _seen(self, page: Page) -> Page:
        if page != self._known.get(page.url):
            self._basket.note(page)
        return page

    def _take(self, known: Page, fresh: Page, visit: Visit, content: WebPage) -> None:
        self._reached += 1
        if known.stored is None:
            self._report.added += 1
        else:
            self._report.changed += 1
        self._report.chunks += len(content.chunks)
        document = document_of(
            self._source, known.url, visit, content, new=known.sha256 is None or known.barred
        )
        self._basket.take(replace(fresh, gone=0), document)

    def _settle(self) -> set[str]:
        """What of the pages that are gone is removed now; nothing where the whole site is."""
        report = self._report
        down = report.error is not None
        if not down and not self._reached:
            found = [*self._gone.values(), *(one.reason for one in report.failed + report.flagged)]
            report.error = found[0] if found else "it has no page that may be read"
        removed: set[str] | None = None
        if not down:
            known = list(self._known.values())
            removed = syncing.removed(known, self._gone.keys(), reached=bool(self._reached))
            if removed is None:
                report.error = "all of its pages are gone at once; nothing was removed"
        for url, reason in self._gone.items():
            page = self._known.get(url) or Page(url)
            if removed is not None and url in removed:
                report.removed += page.stored is not None
            elif not self._is_mere_link(page):
                self._kept(page, reason, gone=page.gone + (removed is not None))
        return removed or set()

"""Which pages of a source a sync looks at, in which order (K2)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator

from ogma.domain.sources import Source, SourceKind, is_media, lies_below, plain_url
from ogma.knowledge.content import Unreadable
from ogma.knowledge.reading import WebReading
from ogma.net.visit import Cause, NotVisited, Visitor

MOST_SITEMAPS = 100


class Frontier:
    """Pages still to be visited, nearest first; each comes once, and no more than the limit."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._waiting: deque[tuple[str, int]] = deque()
        self._seen: set[str] = set()
        self.full = False
        """Whether pages were left out because there are too many."""

    @property
    def known(self) -> int:
        """How many pages were found so far."""
        return len(self._seen)

    def add(self, urls: Iterable[str], depth: int) -> None:
        """Pages at so many links from the start; those outside of the source are left out."""
        if depth > self._source.depth:
            return
        for url in wanted(self._source, urls):
            if url in self._seen:
                continue
            if len(self._seen) >= self._source.max_pages:
                self.full = True
                return
            self._seen.add(url)
            self._waiting.append((url, depth))

    def __contains__(self, url: str) -> bool:
        return url in self._seen

    def __iter__(self) -> Iterator[tuple[str, int]]:
        """(URL, depth), also of what is added on the way."""
        while self._waiting:
            yield self._waiting.popleft()


def wanted(source: Source, urls: Iterable[str]) -> list[str]:
    """Those of the links that lead to pages of the source, in one spelling each."""
    found: dict[str, None] = {}
    for url in urls:
        try:
            plain = plain_url(url)
        except ValueError:
            continue
        if plain == source.url or (lies_below(plain, source.prefix) and not is_media(plain)):
            found[plain] = None
    return list(found)


async def listed(source: Source, visitor: Visitor, reading: WebReading) -> list[str]:
    """What a source's sitemap lists, with the sitemaps that it names.

    Raises NotVisited where one of them cannot be read: half a list would pass for a list.
    """
    waiting, seen = deque([source.url]), {source.url}
    pages: list[str] = []
    while waiting:
        url = waiting.popleft()
        visit = await visitor.get(url)
        if visit.status != 200:
            raise NotVisited(Cause.UNFIT, f"the sitemap {url} answers with HTTP {visit.status}")
        try:
            found = await asyncio.to_thread(reading.sitemap, visit.body)
        except Unreadable as error:
            raise NotVisited(Cause.UNFIT, f"the sitemap {url} is of no use: {error}") from error
        pages += found.pages
        fresh = [one for one in found.sitemaps if one not in seen][: MOST_SITEMAPS - len(seen)]
        seen.update(fresh)
        waiting.extend(fresh)
    if not wanted(source, pages):
        raise NotVisited(
            Cause.UNFIT, f"the sitemap {source.url} lists no page below {source.prefix}"
        )
    return pages


def starts(source: Source, pages: Iterable[str]) -> list[str]:
    """Where to begin: the page itself, or what the sitemap lists."""
    return list(pages) if source.kind is SourceKind.SITEMAP else [source.url]

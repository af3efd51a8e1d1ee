"""Adding, changing, removing and showing the websites that the knowledge base follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from ogma.domain.clock import Millis
from ogma.domain.limits import Limits
from ogma.domain.policies import Settings
from ogma.domain.sources import (
    DEPTH,
    EVERY_SIX_HOURS,
    LARGEST_SITE,
    MOST_PAGES,
    Health,
    Source,
    SourceKind,
    folder_of,
    health,
    lies_below,
    plain_url,
    site_of,
)
from ogma.errors import NotFound, UsageError
from ogma.knowledge.chunks import CHUNKER_VERSION
from ogma.net.guard import Guard
from ogma.net.places import Refused
from ogma.services.sync import schedules
from ogma.services.sync.sync_round import next_sync
from ogma.services.sync.sync_store import withdraw
from ogma.store import knowledge as documents
from ogma.store import limits
from ogma.store import sources as store
from ogma.store.database import Database

NAME_MAX = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What an owner asks of a source; None leaves a thing as it is, or as it is shipped."""

    name: str | None = None
    kind: SourceKind | None = None
    url: str | None = None
    prefix: str | None = None
    depth: int | None = None
    max_pages: int | None = None
    schedule: str | None = None
    types: frozenset[str] | None = None
    roles: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """A source as it is shown."""

    source: Source
    health: Health
    pages: int
    """Pages of it in the knowledge base."""
    problems: tuple[tuple[str, str], ...]
    """(URL, why it is not what the site shows)."""
    next_at: Millis | None
    retrieved_at: Millis | None


def add(db: Database, settings: Settings, wish: Wish, now: Millis) -> Source:
    """Follow a website; its first sync is due at once. Raises UsageError."""
    url = _url(settings, wish.url or "")
    kind = wish.kind or _kind(url)
    shipped = Source(
        id=0,
        name=url,
        kind=kind,
        url=url,
        prefix=_default_prefix(kind, url),
        depth=DEPTH,
        max_pages=MOST_PAGES,
        schedule=EVERY_SIX_HOURS,
        types=frozenset(),
        roles=frozenset(),
        added_at=now,
    )
    source = _asked(settings, shipped, wish)
    with db.write():
        _refuse_second(db, source)
        return replace(source, id=store.add(db, source))


def change(db: Database, settings: Settings, name: str, wish: Wish) -> Source:
    """Change a source; pages that it covers no more go at once. Raises NotFound, UsageError."""
    before = find(db, [name])[0]
    base = before
    if wish.url is not None or wish.kind is not None:
        url = _url(settings, wish.url) if wish.url is not None else before.url
        kind = wish.kind or before.kind
        base = replace(before, url=url, kind=kind, prefix=_default_prefix(kind, url))
    source = _asked(settings, base, wish)
    with db.write():
        _refuse_second(db, source)
        store.change(db, source)
        urls = store.pages(db, source.id, CHUNKER_VERSION)
        outside = [url for url in urls if not (url == source.url or _covers(source, url))]
        changed = withdraw(db, source.id, outside)
        if (source.types, source.roles) != (before.types, before.roles):
            for row in store.documents_of(db, urls).values():
                limits.limit(db, row, Limits(source.types, source.roles))
            changed = True
        if changed:
            documents.advance(db)
    return source


def remove(db: Database, sources: Sequence[Source]) -> int:
    """Follow these no more; gives how many documents went with them."""
    gone = 0
    with db.write():
        for source in sources:
            urls = store.pages(db, source.id, CHUNKER_VERSION)
            before = len(store.documents_of(db, urls))
            withdraw(db, source.id, urls)
            gone += before - len(store.documents_of(db, urls))
            store.delete(db, source.id)
        if gone:
            documents.advance(db)
    return gone


def find(db: Database, names: Sequence[str]) -> list[Source]:
    """The sources with these names or URLs, all without any; raises NotFound."""
    known = store.sources(db)
    if not names:
        return known
    found = []
    for name in names:
        fitting = [one for one in known if name in (one.name, one.url) or _same(name, one.url)]
        if not fitting:
            raise NotFound(
                f"There is no source named {name!r}; `ogma kb sources list` shows them all."
            )
        found += [one for one in fitting if one not in found]
    return found


def overview(db: Database, settings: Settings, now: Millis) -> list[Overview]:
    """All sources by name, with their health."""
    zone = ZoneInfo(settings.hours.time_zone)
    tallies = store.tallies(db)
    found = []
    for source in store.sources(db):
        tally = tallies.get(source.id, store.NOTHING)
        following = next_sync(source, zone)
        state = health(
            source,
            flagged=tally.flagged > 0,
            retrieved=tally.retrieved_at is not None,
            due=following,
            now=now,
        )
        problems = tuple(store.problems(db, source.id))
        found.append(Overview(source, state, tally.pages, problems, following, tally.retrieved_at))
    return found


def _asked(settings: Settings, base: Source, wish: Wish) -> Source:
    """The source as wished for, checked."""
    source = replace(
        base,
        name=base.name if wish.name is None else " ".join(wish.name.split()),
        prefix=base.prefix if wish.prefix is None else _url(settings, wish.prefix),
        depth=base.depth if wish.depth is None else wish.depth,
        max_pages=base.max_pages if wish.max_pages is None else wish.max_pages,
        schedule=base.schedule if wish.schedule is None else schedules.check(wish.schedule),
        types=base.types if wish.types is None else wish.types,
        roles=base.roles if wish.roles is None else wish.roles,
    )
    if not source.name or (len(source.name) > NAME_MAX and source.name != source.url):
        raise UsageError(f"A name needs 1 to {NAME_MAX} characters.")
    if not 0 <= source.depth <= 100:
        raise UsageError(f"--depth is {source.depth}; allowed is 0 to 100.")
    if not 1 <= source.max_pages <= LARGEST_SITE:
        raise UsageError(f"--max-pages is {source.max_pages}; allowed is 1 to {LARGEST_SITE}.")
    if source.kind is SourceKind.CRAWL and not lies_below(source.url, source.prefix):
        raise UsageError(f"{source.url} does not lie below its prefix {source.prefix}.")
    return source


def _refuse_second(db: Database, source: Source) -> None:
    for other in store.sources(db):
        if other.id == source.id:
            continue
        if other.name == source.name:
            raise UsageError(f"There is a source named {source.name!r} already.")
        if (other.kind, other.url) == (source.kind, source.url):
            raise UsageError(f"{source.url} is followed already, as {other.name!r}.")


def _url(settings: Settings, url: str) -> str:
    """A URL in its one spelling; raises UsageError for one that would never be fetched.

    A name is not looked up here: what it leads to may change, and is checked at every request.
    """
    guard = Guard(settings.network.internal_hosts)
    try:
        place = guard.check(url)
        if place.literal:
            guard.addresses(place)
    except Refused as refused:
        raise UsageError(str(refused)) from refused
    return plain_url(url)


def _same(name: str, url: str) -> bool:
    try:
        return plain_url(name) == url
    except ValueError:
        return False


def _kind(url: str) -> SourceKind:
    last = urlsplit(url).path.rpartition("/")[2].lower()
    mapped = "sitemap" in last and last.endswith((".xml", ".xml.gz", ".txt"))
    return SourceKind.SITEMAP if mapped else SourceKind.PAGE


def _default_prefix(kind: SourceKind, url: str) -> str:
    match kind:
        case SourceKind.PAGE:
            return url
        case SourceKind.SITEMAP:
            return site_of(url)
        case SourceKind.CRAWL:
            named = "." in urlsplit(url).path.rpartition("/")[2]
            return folder_of(url if named or url.endswith("/") else f"{url}/")


def _covers(source: Source, url: str) -> bool:
    return source.kind is not SourceKind.PAGE and lies_below(url, source.prefix)

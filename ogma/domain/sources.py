"""Websites that the knowledge base follows: what is in them, and how well they are (K2, K3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl, quote, urldefrag, urlencode, urlsplit, urlunsplit

from ogma.domain.clock import HOUR, Millis

EVERY_SIX_HOURS: Final = "0 */6 * * *"
BY_HAND: Final = "off"
"""The schedule of a source that is synced only when somebody asks for it."""
DEPTH: Final = 3
MOST_PAGES: Final = 200
LARGEST_SITE: Final = 10_000
GRACE: Final = HOUR
"""How late a sync may be before the source is called overdue."""

_MEDIA: Final = frozenset(
    """.avif .bmp .gif .heic .ico .jpeg .jpg .png .svg .tif .tiff .webp .eot .otf .ttf .woff .woff2
    .aac .flac .m4a .mp3 .ogg .opus .wav .avi .m4v .mkv .mov .mp4 .webm .css .js .mjs .map .wasm
    .zip .gz .bz2 .xz .zst .7z .rar .tar .tgz .exe .msi .dmg .deb .rpm .apk .iso .bin .xml .rss
    .atom""".split()  # noqa: SIM905
)
_TRACKING: Final = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid")


class SourceKind(StrEnum):
    """How the pages of a source are found."""

    PAGE = "page"
    SITEMAP = "sitemap"
    CRAWL = "crawl"


class Health(StrEnum):
    """How well a source is (K3), the first that holds."""

    NEVER_SYNCED = "never_synced"
    FAILED = "failed"
    OVERDUE = "overdue"
    """A sync was due for more than an hour, and none came."""
    STALE = "stale"
    """Some of what is kept is not what the site shows."""
    NEVER_RETRIEVED = "never_retrieved"
    """No question of a customer has ever brought up one of its pages."""
    HEALTHY = "healthy"


@dataclass(frozen=True, slots=True)
class Source:
    """A page, a sitemap or a part of a website, and how its last sync went."""

    id: int
    name: str
    kind: SourceKind
    url: str
    prefix: str
    """Where its pages lie: each one's URL begins so."""
    depth: int
    """Links to follow from the start, in a crawl."""
    max_pages: int
    schedule: str
    """A cron expression in the time zone of [hours], or BY_HAND."""
    types: frozenset[str]
    """The ticket types that its pages answer; empty means all."""
    roles: frozenset[int]
    """The roles of those whom its pages answer; empty means everybody."""
    added_at: Millis
    tried_at: Millis | None = None
    """When the last sync that came to its end began."""
    synced_at: Millis | None = None
    """When the last sync without an error began."""
    error: str | None = None
    """Why the last sync failed as a whole."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a source, as it was seen last."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None
    """Of the bytes that the server sent."""
    characters: int = 0
    links: tuple[str, ...] = ()
    gone: int = 0
    """Syncs in a row that found it gone."""
    problem: str | None = None
    """Why what is kept is not what the site shows; or why nothing is kept."""
    stored: str | None = None
    """The SHA-256 of the text that is in the knowledge base; None where none is."""
    barred: bool = False
    """Whether an owner has removed its document by hand: then it stays away."""


def health(
    source: Source, *, flagged: bool, retrieved: bool, due: Millis | None, now: Millis
) -> Health:
    """How well a source is. `due`: when the next sync after the last is to begin."""
    if source.tried_at is None:
        return Health.NEVER_SYNCED
    if source.error is not None:
        return Health.FAILED
    if due is not None and now > due + GRACE:
        return Health.OVERDUE
    if flagged:
        return Health.STALE
    return Health.HEALTHY if retrieved else Health.NEVER_RETRIEVED


def plain_url(url: str) -> str:
    """One spelling for each page: no fragment, no marks of campaigns, no default port."""
    split = urlsplit(urldefrag(url.strip()).url)
    host = (split.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else host
    standard = {"http": 80, "https": 443}.get(split.scheme)
    port = "" if split.port in (None, standard) else f":{split.port}"
    path = quote(split.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = split.query
    if any(query.startswith(mark) or f"&{mark}" in query for mark in _TRACKING):
        pairs = parse_qsl(query, keep_blank_values=True)
        query = urlencode([(key, value) for key, value in pairs if not key.startswith(_TRACKING)])
    query = quote(query, safe="/%:@!$&'()*+,;=~-._?")
    return urlunsplit((split.scheme, host + port, path, query, ""))


def folder_of(url: str) -> str:
    """Where the pages beside a page lie: its URL up to the last slash."""
    split = urlsplit(url)
    return urlunsplit((split.scheme, split.netloc, split.path.rpartition("/")[0] + "/", "", ""))


def site_of(url: str) -> str:
    """The beginning of all URLs of a site."""
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc}/"


def lies_below(url: str, prefix: str) -> bool:
    """Whether a page lies below a prefix, over http or https alike."""
    page, below = (text.partition("://")[2] for text in (url, prefix))
    return page.startswith(below) or page == below.rstrip("/")


def is_media(url: str) -> bool:
    """Whether a link names a picture, a program or the like rather than a text."""
    last = urlsplit(url).path.rpartition("/")[2].lower()
    return "." in last and f".{last.rpartition('.')[2]}" in _MEDIA

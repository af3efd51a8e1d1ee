"""Sitemaps: XML, plain lists, both perhaps gzipped. Runs in the reading process."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any, Final

from ogma.knowledge.content import Unreadable

LARGEST: Final = 50 * 2**20
"""Bytes of one sitemap unpacked, as sitemaps.org has it."""
MOST: Final = 50_000


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists, in order."""

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()


def read_sitemap(data: bytes) -> Sitemap:
    """The addresses in a sitemap; raises Unreadable for what is none."""
    if data.startswith(b"\x1f\x8b"):
        data = _unpacked(data)
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return Sitemap(pages=_listed(data))
    root = _parsed(data)
    kind = _name(root)
    if kind == "sitemapindex":
        return Sitemap(sitemaps=_locations(root, "sitemap"))
    if kind == "urlset":
        return Sitemap(pages=_locations(root, "url"))
    raise Unreadable(f"it is not a sitemap but a {kind!r} document")


def _parsed(data: bytes) -> Any:
    from lxml import etree  # type: ignore[import-untyped]

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("it is not a sitemap; it is not valid XML") from error


def _unpacked(data: bytes) -> bytes:
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        found = unpacker.decompress(data, LARGEST)
    except zlib.error as error:
        raise Unreadable("its compression is damaged") from error
    if unpacker.unconsumed_tail:
        raise Unreadable(f"it is larger than {LARGEST >> 20} MB")
    return found


def _listed(data: bytes) -> tuple[str, ...]:
    lines = [line.strip() for line in data.decode("utf-8-sig", errors="replace").splitlines()]
    found = tuple(line for line in lines if line.startswith(("http://", "https://")))
    if not found or len(found) != len([line for line in lines if line]):
        raise Unreadable("it is not a sitemap")
    return found[:MOST]


def _locations(root: Any, entry: str) -> tuple[str, ...]:
    found: list[str] = []
    for element in root:
        if _name(element) == entry:
            found += [(inner.text or "").strip() for inner in element if _name(inner) == "loc"]
    return tuple(location for location in found if location)[:MOST]


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""

"""Web pages to chunks: the main content, where each part of it stands, and what it links to.

Runs in the reading process: a page is as little trusted as a file.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

from ogma.knowledge.chunks import PATH_SEPARATOR, Chunk, cut
from ogma.knowledge.content import Content, Unreadable
from ogma.knowledge.readers import is_html, read

MOST_LINKS: Final = 5_000
LITTLE_TEXT: Final = 250
"""Characters below which a page with scripts is taken for one that scripts fill."""
_CHARSET: Final = re.compile(r"charset=[\"']?([\w.:-]+)")
_APP_ROOTS: Final = ("root", "app", "__next", "__nuxt", "___gatsby", "svelte", "q-app")
_WANTS_SCRIPT: Final = re.compile(
    r"(?:enable|requires?|needs?|activate|turn on|aktivier\w*|benötigt|erforder\w*)\W.{0,40}?"
    r"java\s?script|java\s?script\W.{0,40}?(?:enable|require|need|disabled|aktivier|benötigt)",
    re.IGNORECASE | re.DOTALL,
)
_BLOCKS: Final = ("div", "ul", "ol", "p", "section", "table", "center", "td")
_MOSTLY: Final = 0.6
"""The share of linked text above which a block is a menu."""
_MENU_LINKS: Final = 2
_CONTACT: Final = re.compile(r"mailto:|tel:", re.IGNORECASE)
_MOST_LOST: Final = 0.6
_LONGEST_FURNITURE: Final = 3_000
_COPYRIGHT: Final = re.compile(r"(?:©|\(c\)|copyright\b).{0,300}$", re.IGNORECASE)
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, slots=True)
class WebPage:
    """What a page says, and what it says about itself."""

    title: str
    chunks: tuple[Chunk, ...]
    fragments: tuple[str, ...]
    """For each chunk what follows the '#' in a link to its heading; empty for none."""
    links: tuple[str, ...]
    """Absolute http and https URLs without fragments, each once, in order."""
    characters: int
    """Length of the text."""
    digest: str
    """SHA-256 of all that is taken from it: a page may change in every other byte."""
    asks_password: bool
    wants_script: bool
    """Whether it looks as if only scripts fill it."""


def read_page(data: bytes, url: str, content_type: str) -> WebPage:
    """The page at `url`; a PDF or another file is read as such. Raises Unreadable.

    `content_type` is the server's, with its parameters.
    """
    name = _file_name(url, content_type.partition(";")[0].strip())
    if not is_html(data, name):
        return _paged(read(data, name), unquote(_last_part(url)), _Surroundings())
    from ogma.knowledge.formats.html import parse_html

    charset = _CHARSET.search(content_type)
    root = parse_html(data, charset[1] if charset else None)
    around = _surroundings(root, url)
    try:
        content = _content(root)
    except Unreadable:
        if not (around.wants_script or around.asks_password):
            raise
        content = Content("", markdown=True, title=url)
    return _paged(content, unquote(_last_part(url)), around)


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What is read off a page before everything but its content is dropped."""

    links: tuple[str, ...] = ()
    anchors: tuple[tuple[str, str], ...] = ()
    """(heading as `_key` has it, fragment), in order."""
    asks_password: bool = False
    wants_script: bool = False


def _paged(content: Content, fallback_title: str, around: _Surroundings) -> WebPage:
    found = cut(content, fallback_title)
    characters = len(content.text)
    fragments = _fragments(found.chunks, around.anchors)
    stated = found.title if found.title != fallback_title else ""
    said = [stated, [(chunk.heading, chunk.text, chunk.page) for chunk in found.chunks], fragments]
    return WebPage(
        title=found.title,
        chunks=found.chunks,
        fragments=fragments,
        digest=hashlib.sha256(json.dumps(said).encode()).hexdigest(),
        links=around.links,
        characters=characters,
        asks_password=around.asks_password,
        wants_script=around.wants_script and characters < LITTLE_TEXT,
    )


# -- content ---------------------------------------------------------------------------------------


def _content(root: Any) -> Content:
    """The page's content: the part that it marks as such, else all but menus and the like."""
    from ogma.knowledge.formats.html import marks_content, read_tree

    if not marks_content(root):
        _drop_furniture(root)
    return read_tree(root)


def _drop_furniture(root: Any) -> None:
    """Drop blocks that are mostly links, and the line of copyright, unless that is most there is.

    Headings, tables and code stay whatever is in them: what is lost there is lost to every answer.
    """
    body = root.find("body")
    if body is None:
        return
    chosen = {element for element in body.iter(*_BLOCKS) if _is_furniture(element)}
    outermost = [one for one in chosen if not any(above in chosen for above in one.iterancestors())]
    lost = sum(_length(element) for element in outermost)
    if lost <= _MOST_LOST * _length(body):
        for element in outermost:
            element.drop_tree()


def _is_furniture(element: Any) -> bool:
    if any(True for _ in element.iter(*_HEADINGS, "table", "pre", "main", "article")):
        return False
    text = " ".join("".join(element.itertext()).split())
    if not text or len(text) > _LONGEST_FURNITURE:
        return False
    if _COPYRIGHT.match(text):
        return True
    links = [link for link in element.iter("a") if not _CONTACT.match(link.get("href") or "")]
    linked = sum(_length(link) for link in links)
    return len(links) >= _MENU_LINKS and linked > _MOSTLY * _length(element)


def _length(element: Any) -> int:
    return sum(len(part.strip()) for part in element.itertext())


# -- surroundings ----------------------------------------------------------------------------------


def _surroundings(root: Any, url: str) -> _Surroundings:
    return _Surroundings(
        links=_links(root, url),
        anchors=tuple(_anchors(root)),
        asks_password=any(_asks_password(element) for element in root.iter("input")),
        wants_script=_wants_script(root),
    )


def _asks_password(field: Any) -> bool:
    """Whether it is a password's field, and not one of the small forms on every page of a site."""
    return (field.get("type") or "").lower() == "password" and not any(
        above.tag in ("header", "nav", "footer", "aside", "dialog") or "hidden" in above.attrib
        for above in field.iterancestors()
    )


def _links(root: Any, url: str) -> tuple[str, ...]:
    base = root.find(".//base")
    start = urljoin(url, base.get("href") or "") if base is not None else url
    found: dict[str, None] = {}
    for element in root.iter("a", "area"):
        target = (element.get("href") or "").strip()
        if not target or target.startswith("#"):
            continue
        try:
            absolute = urldefrag(urljoin(start, target)).url
            scheme = urlsplit(absolute).scheme
        except ValueError:
            continue
        if scheme in ("http", "https"):
            found[absolute] = None
        if len(found) >= MOST_LINKS:
            break
    return tuple(found)


def _anchors(root: Any) -> list[tuple[str, str]]:
    """Each heading that can be linked to, with its fragment."""
    found = []
    for heading in root.iter(*_HEADINGS):
        if name := _anchor(heading):
            found.append(
                (_key("".join(heading.itertext())), quote(name, safe="-._~!$&'()*+,;=:@/?"))
            )
    return found


def _anchor(heading: Any) -> str:
    """The id of a heading, of an anchor in it, or of the section that it begins."""
    if name := heading.get("id"):
        return str(name)
    for inner in heading.iter("a", "span"):
        if name := inner.get("id") or inner.get("name"):
            return str(name)
        if (target := inner.get("href") or "").startswith("#") and len(target) > 1:
            return unquote(target[1:])
    before, above = heading.getprevious(), heading.getparent()
    if before is None and above is not None and above.tag in ("section", "div", "article", "dt"):
        return str(above.get("id") or "")
    if before is not None and before.tag == "a" and not "".join(before.itertext()).strip():
        return str(before.get("id") or before.get("name") or "")
    return ""


def _wants_script(root: Any) -> bool:
    scripts = sum(1 for element in root.iter("script") if element.get("src"))
    if not scripts:
        return False
    hints = " ".join("".join(element.itertext()) for element in root.iter("noscript"))
    body = root.find("body")
    text = "".join(body.itertext("p", "div", "h1", "main")) if body is not None else ""
    asked = bool(_WANTS_SCRIPT.search(hints) or _WANTS_SCRIPT.search(text[:2_000]))
    return asked or any(element.get("id") in _APP_ROOTS for element in root.iter("div", "main"))


def _fragments(chunks: tuple[Chunk, ...], anchors: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The fragment of each chunk's heading; headings of one name are told apart by their order."""
    if any(chunk.page for chunk in chunks):  # as browsers open a PDF
        return tuple(f"page={chunk.page}" if chunk.page else "" for chunk in chunks)
    found: list[str] = []
    at, before, fragment = 0, "", ""
    for chunk in chunks:
        if chunk.heading != before:
            before, fragment = chunk.heading, ""
            wanted = _key(chunk.heading.rpartition(PATH_SEPARATOR)[2])
            for position in range(at, len(anchors)):
                if wanted and anchors[position][0] == wanted:
                    at, fragment = position + 1, anchors[position][1]
                    break
        found.append(fragment)
    return tuple(found)


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


# -- names -----------------------------------------------------------------------------------------

_SUFFIXES: Final = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    "text/csv": ".csv",
    "application/json": ".json",
}


def _file_name(url: str, content_type: str) -> str:
    """A name whose suffix tells the readers what the server says."""
    name = _last_part(url)
    suffix = _SUFFIXES.get(content_type, "")
    return name if not suffix or name.lower().endswith(suffix) else f"{name}{suffix}"


def _last_part(url: str) -> str:
    split = urlsplit(url)
    return split.path.rstrip("/").rpartition("/")[2] or split.netloc

"""A transcript as a browser would read it, and what must not be found in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

# ruff: noqa: SIM905  (a paragraph of words reads better than a column of strings)
VOID = {"meta", "input", "img", "hr", "br"}
ALLOWED_TAGS = frozenset(
    "html head meta title style body div span strong em u s a code pre blockquote small ol ul li "
    "header footer main section article h1 h2 p dl dt dd bdi time label input figure figcaption "
    "img details summary hr b table thead tbody tr th td".split()
)
ALLOWED_ATTRIBUTES = frozenset(
    "class id href rel lang charset content name http-equiv role aria-level aria-label aria-hidden "
    "datetime title type value alt src style data-language".split()
)
LINK = re.compile(r"https?://[^\s\"<>]+|mailto:[^\s\"<>]+|#m\d+|\./[\w%./~-]+", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+")
STYLE = re.compile(r"border-left-color:#[0-9a-f]{6}")


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, tag: str = "", css: str = "") -> list[Element]:
        """Elements below with this tag and this class."""
        return [
            one
            for one in self.walk()
            if (not tag or one.tag == tag) and (not css or css in one.classes)
        ]

    def one(self, tag: str = "", css: str = "") -> Element:
        (found,) = self.all(tag, css)
        return found

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        return "".join(
            child if isinstance(child, str) else child.text
            for child in self.children
            if isinstance(child, str) or child.tag != "style"
        )


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#document", {})
        self.open = [self.root]
        self.oddities: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(set(names)) < len(names):
            self.oddities.append(f"<{tag}> has an attribute twice")
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self.open[-1].tag != tag:
            self.oddities.append(f"</{tag}> closes <{self.open[-1].tag}>")
        while len(self.open) > 1 and self.open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        self.oddities.append(f"a comment: {data[:40]!r}")

    def unknown_decl(self, data: str) -> None:
        self.oddities.append(f"a declaration: {data[:40]!r}")


def parse(page: str) -> Element:
    """The document; an ill-nested one fails."""
    root, oddities = _parsed(page)
    assert oddities == []
    return root


def faults(page: str) -> list[str]:
    """Everything in the page that could act, load or lead somewhere it must not."""
    root, found = _parsed(page)
    for element in root.walk():
        if element is not root:
            found += _faults(element)
    return found


def _parsed(page: str) -> tuple[Element, list[str]]:
    builder = _Builder()
    builder.feed(page)
    builder.close()
    return builder.root, builder.oddities


def _faults(element: Element) -> Iterator[str]:
    if element.tag not in ALLOWED_TAGS:
        yield f"<{element.tag}>"
    for name, value in element.attributes.items():
        if name not in ALLOWED_ATTRIBUTES:
            yield f"<{element.tag} {name}={value[:40]!r}>"
    link, source, style = (element.attributes.get(name) for name in ("href", "src", "style"))
    if link is not None and not LINK.fullmatch(link):
        yield f"leads to {link[:60]!r}"
    elsewhere = link is not None and not link.startswith(("#", "./"))
    if elsewhere and element.attributes.get("rel") != "noopener noreferrer nofollow":
        yield f"a link without rel: {link!r}"
    if source is not None and not PICTURE.fullmatch(source):
        yield f"loads {source[:60]!r}"
    if style is not None and not STYLE.fullmatch(style):
        yield f"style {style[:60]!r}"
    if element.tag == "style" and re.search(r"url\(|@import|expression", str(element.children)):
        yield "the style sheet loads something"
    if element.tag == "meta" and element.attributes.get("http-equiv", "").lower() == "refresh":
        yield "a refresh"
    if element.tag == "input" and element.attributes.get("type") != "checkbox":
        yield "an input that is no checkbox"

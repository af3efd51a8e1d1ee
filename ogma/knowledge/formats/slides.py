"""PowerPoint presentations to Markdown: one page per slide, its title a heading, with notes."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from ogma.knowledge.content import PAGE_BREAK, Content, Unreadable, markdown_table
from ogma.knowledge.formats.charts import drawn
from ogma.knowledge.formats.package import (
    attribute,
    child_at,
    local,
    parse,
    relation_id,
    relations,
    stated_title,
)


def read_slides(package: zipfile.ZipFile) -> Content:
    """A presentation: one page per slide, its title as heading."""
    pages = []
    for name in _slide_names(package):
        blocks = list(_slide_blocks(package, name))
        if (notes := _related(package, name, "notesSlide")) is not None:
            blocks += [block for block in _slide_blocks(package, notes) if block[:1] != "#"]
        pages.append("\n\n".join(blocks))
    if not any(pages):
        raise Unreadable("it has no text")
    return Content(PAGE_BREAK.join(pages), markdown=True, title=stated_title(package))


def _slide_names(package: zipfile.ZipFile) -> list[str]:
    """The slides in the order in which they are shown, else by their number."""
    targets = relations(package, "ppt/presentation.xml")
    order = child_at(parse(package, "ppt/presentation.xml"), "sldIdLst")
    names = [targets.get(relation_id(entry), ("", ""))[1] for entry in order or ()]
    there = set(package.namelist())
    if names and all(name in there for name in names):
        return names
    slides = [name for name in there if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)]
    return sorted(slides, key=lambda name: int(re.sub(r"\D", "", name)))


def _related(package: zipfile.ZipFile, part: str, kind: str) -> str | None:
    there = package.namelist()
    targets = (name for found, name in relations(package, part).values() if found == kind)
    return next((name for name in targets if name in there), None)


def _slide_blocks(package: zipfile.ZipFile, name: str) -> Iterator[str]:
    parts = relations(package, name)
    for shape in parse(package, name).iter():
        if local(shape) == "sp":
            yield from _shape_blocks(shape)
        elif local(shape) == "tbl":
            rows = ([_paragraphs(cell) for cell in row if local(cell) == "tc"] for row in shape)
            if table := markdown_table(row for row in rows if row):
                yield table
        else:
            yield from drawn(package, parts, shape)


def _shape_blocks(shape: ElementTree.Element) -> Iterator[str]:
    place = child_at(shape, "nvSpPr", "nvPr", "ph")
    role = attribute(place, "type") if place is not None else None
    if role in ("sldNum", "dt", "ftr", "hdr", "sldImg"):
        return
    body = child_at(shape, "txBody")
    text = _paragraphs(body) if body is not None else ""
    if not text:
        return
    if role in ("title", "ctrTitle"):
        yield f"## {' '.join(text.split())}"
    else:
        yield text


def _paragraphs(parent: ElementTree.Element) -> str:
    found = []
    for paragraph in parent.iter():
        if local(paragraph) == "p":
            words = "".join(_runs(paragraph)).strip()
            if words:
                found.append(words)
    return "\n\n".join(found)


def _runs(paragraph: ElementTree.Element) -> Iterator[str]:
    for part in paragraph.iter():
        if local(part) == "t":
            yield part.text or ""
        elif local(part) == "br":
            yield "\n"

"""Word documents to Markdown: headings by style, lists, tables, links, notes, boxes, charts."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree

from ogma.knowledge.content import Content, Unreadable, markdown_table
from ogma.knowledge.formats.charts import Relations, drawn
from ogma.knowledge.formats.package import (
    attribute,
    child_at,
    local,
    parse,
    relation_id,
    relations,
    stated_title,
)

_HEADING_NAME: Final = re.compile(r"^(?:heading|überschrift|titre|título)\s*(\d)$", re.IGNORECASE)
_DEEPEST: Final = 6
_WEB: Final = re.compile(r"https?://[^\s()]+")
_LIST_ITEM: Final = -1
"""In place of a level: a paragraph of this style is an item of a list."""
_SKIPPED: Final = frozenset(("del", "moveFrom", "Fallback", "instrText", "delText", "pPr", "rPr"))

_WORD_WRAPPERS: Final = frozenset(
    (
        *("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "AlternateContent"),
        *("Choice", "footnote", "endnote", "txbxContent"),
    )
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the package that is read, with what its elements refer to."""

    package: zipfile.ZipFile
    relations: Relations
    levels: Mapping[str, int] = field(default_factory=dict)
    """Style id -> heading level or _LIST_ITEM."""

    @classmethod
    def of(cls, package: zipfile.ZipFile, name: str, levels: Mapping[str, int]) -> _Part:
        return cls(package, relations(package, name), levels)

    def plain(self) -> _Part:
        """The same without headings and lists, as inside the cell of a table."""
        return _Part(self.package, self.relations)


def read_word(package: zipfile.ZipFile) -> Content:
    """A Word document: headings, paragraphs, lists, tables, footnotes, charts."""
    name = "word/document.xml"
    body = child_at(parse(package, name), "body")
    part = _Part.of(package, name, _heading_levels(package))
    blocks = list(_word_blocks(body, part)) if body is not None else []
    for name in ("word/footnotes.xml", "word/endnotes.xml"):
        if name in package.namelist():
            blocks += _word_blocks(parse(package, name), _Part.of(package, name, {}))
    blocks = blocks or list(_edges(package))
    if not blocks:
        raise Unreadable("it has no text")
    return Content(_joined(blocks), markdown=True, title=stated_title(package))


def _edges(package: zipfile.ZipFile) -> Iterator[str]:
    """Headers and footers: they repeat on every page, so they count where there is nothing else."""
    for name in sorted(package.namelist()):
        if re.fullmatch(r"word/(?:header|footer)\d*\.xml", name):
            yield from _word_blocks(parse(package, name), _Part.of(package, name, {}))


def _joined(blocks: list[str]) -> str:
    """Blocks apart by an empty line, items of one list by a line end."""
    text = ""
    for block in blocks:
        together = block.lstrip().startswith("- ") and text.rpartition("\n")[2].lstrip().startswith(
            "- "
        )
        text += ("\n" if together else "\n\n") + block
    return text.strip("\n")


def _heading_levels(package: zipfile.ZipFile) -> dict[str, int]:
    """Style id -> heading level or _LIST_ITEM, by the style's name or its outline level.

    The style "Title" alone is of level 1.
    """
    if "word/styles.xml" not in package.namelist():
        return {}
    levels: dict[str, int] = {}
    for style in parse(package, "word/styles.xml"):
        key, name = attribute(style, "styleId"), child_at(style, "name")
        if local(style) != "style" or key is None:
            continue
        called = (attribute(name, "val") if name is not None else None) or ""
        outline = child_at(style, "pPr", "outlineLvl")
        if named := _HEADING_NAME.match(called):
            levels[key] = int(named.group(1)) + 1
        elif called.lower() == "title":
            levels[key] = 1
        elif called.lower().startswith("list "):
            levels[key] = _LIST_ITEM
        elif outline is not None and (attribute(outline, "val") or "9") < "6":
            levels[key] = int(attribute(outline, "val") or 0) + 2
    return levels


def _word_blocks(parent: ElementTree.Element, part: _Part) -> Iterator[str]:
    for element in parent:
        kind = local(element)
        if kind == "p":
            yield from _word_paragraph(element, part)
        elif kind == "tbl":
            if table := markdown_table(_word_rows(element, part)):
                yield table
        elif kind in _WORD_WRAPPERS:
            yield from _word_blocks(element, part)


def _word_paragraph(element: ElementTree.Element, part: _Part) -> Iterator[str]:
    text = _word_text(element, part).strip()
    if text:
        style = child_at(element, "pPr", "pStyle")
        level = part.levels.get((attribute(style, "val") if style is not None else None) or "", 0)
        if level > 0:
            yield f"{'#' * min(level, _DEEPEST)} {' '.join(text.split())}"
        elif level == _LIST_ITEM or child_at(element, "pPr", "numPr") is not None:
            depth = child_at(element, "pPr", "numPr", "ilvl")
            indent = int((attribute(depth, "val") if depth is not None else None) or 0)
            yield f"{'  ' * min(indent, _DEEPEST)}- {' '.join(text.split())}"
        else:
            yield text
    for box in element.iter():
        if local(box) == "txbxContent" and not _in_fallback(element, box):
            yield from _word_blocks(box, part)
        else:
            yield from drawn(part.package, part.relations, box)


def _in_fallback(root: ElementTree.Element, wanted: ElementTree.Element) -> bool:
    """Text boxes come twice, the second time for programs of long ago."""
    for fallback in root.iter():
        if local(fallback) == "Fallback" and any(part is wanted for part in fallback.iter()):
            return True
    return False


def _word_text(element: ElementTree.Element, part: _Part) -> str:
    parts: list[str] = []
    for child in element:
        kind = local(child)
        if kind in _SKIPPED or kind == "txbxContent":
            continue
        if kind == "t":
            parts.append(child.text or "")
        elif kind in ("tab", "ptab"):
            parts.append("\t")
        elif kind in ("br", "cr"):
            parts.append("\n")
        elif kind == "noBreakHyphen":
            parts.append("-")
        else:
            words = _word_text(child, part)
            parts.append(_linked(words, child, part) if kind == "hyperlink" else words)
    return "".join(parts)


def _linked(words: str, link: ElementTree.Element, part: _Part) -> str:
    """The words with the address that they lead to, where that is on the web."""
    target = part.relations.get(relation_id(link), ("", ""))[1]
    if not words.strip() or words.strip() == target or not _WEB.fullmatch(target):
        return words
    return f"[{' '.join(words.split())}]({target})"


def _word_rows(table: ElementTree.Element, part: _Part) -> Iterator[list[str]]:
    for row in table:
        if local(row) == "tr":
            cells = [cell for cell in _unwrapped(row) if local(cell) == "tc"]
            yield [" ".join(_word_blocks(cell, part.plain())) for cell in cells]
        elif local(row) in ("sdt", "sdtContent", "ins"):
            yield from _word_rows(row, part)


def _unwrapped(row: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for child in row:
        if local(child) in ("sdt", "sdtContent", "ins"):
            yield from _unwrapped(child)
        else:
            yield child

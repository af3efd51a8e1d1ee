"""Word, PowerPoint and Excel files to Markdown, read leniently: by local names, part by part."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, Final
from xml.etree import ElementTree

from ogma.knowledge.content import PAGE_BREAK, Content, Unreadable, markdown_table

MOST_UNPACKED: Final = 256 * 2**20
MOST_RATIO: Final = 100
RATIO_MATTERS: Final = 16 * 2**20
"""Below this size a file may be compressed as well as it likes."""
MOST_CELLS: Final = 2_000_000

_HEADING_NAME: Final = re.compile(r"^(?:heading|überschrift|titre|título)\s*(\d)$", re.IGNORECASE)
_DEEPEST: Final = 6
_SKIPPED: Final = frozenset(("del", "moveFrom", "Fallback", "instrText", "delText", "pPr", "rPr"))

_WORD_WRAPPERS: Final = frozenset(
    (
        *("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "AlternateContent"),
        *("Choice", "footnote", "endnote", "txbxContent"),
    )
)


def read_office(data: bytes) -> Content:
    """A zip archive as the document that it holds; raises Unreadable if it holds none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _refuse_bombs(package, len(data))
            return _read_package(package, data)
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, NotImplementedError) as error:
        raise Unreadable("it is a damaged archive or office document") from error
    except RuntimeError as error:  # zipfile's word for an encrypted member
        raise Unreadable("it is encrypted with a password") from error
    except ElementTree.ParseError as error:
        raise Unreadable(f"it is a damaged office document ({error})") from error


def _read_package(package: zipfile.ZipFile, data: bytes) -> Content:
    names = set(package.namelist())
    if "word/document.xml" in names:
        return _read_word(package)
    if "ppt/presentation.xml" in names:
        return _read_slides(package)
    if names & {"xl/workbook.xml", "xl/workbook.bin"}:
        return _read_workbook(data, _title(package))
    raise Unreadable("it is a zip archive without a document that can be read")


def _refuse_bombs(package: zipfile.ZipFile, packed: int) -> None:
    unpacked = sum(member.file_size for member in package.infolist())
    if unpacked > MOST_UNPACKED:
        raise Unreadable(
            f"it unpacks to {unpacked >> 20} MB and the limit is {MOST_UNPACKED >> 20}"
        )
    if unpacked > RATIO_MATTERS and unpacked > MOST_RATIO * packed:
        raise Unreadable(f"it unpacks to {unpacked // packed} times its size")


def _parse(package: zipfile.ZipFile, name: str) -> ElementTree.Element:
    raw = package.read(name)
    if b"<!DOCTYPE" in raw[:2048] or b"<!ENTITY" in raw:
        raise Unreadable("it declares XML entities, which office documents never do")
    return ElementTree.fromstring(raw)


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _attribute(element: ElementTree.Element, name: str) -> str | None:
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return value
    return None


def _child(element: ElementTree.Element, *path: str) -> ElementTree.Element | None:
    for name in path:
        found = next((child for child in element if _local(child) == name), None)
        if found is None:
            return None
        element = found
    return element


def _title(package: zipfile.ZipFile) -> str | None:
    """The title in the document's properties."""
    try:
        properties = _parse(package, "docProps/core.xml")
    except (KeyError, ElementTree.ParseError, Unreadable):
        return None
    title = next((part.text for part in properties if _local(part) == "title"), None)
    words = " ".join((title or "").split())
    return words if len(words) > 2 else None


# -- Word ------------------------------------------------------------------------------------------


def _read_word(package: zipfile.ZipFile) -> Content:
    levels = _heading_levels(package)
    body = _child(_parse(package, "word/document.xml"), "body")
    blocks = list(_word_blocks(body, levels)) if body is not None else []
    for name in ("word/footnotes.xml", "word/endnotes.xml"):
        if name in package.namelist():
            blocks += _word_blocks(_parse(package, name), {})
    if not blocks:
        raise Unreadable("it has no text")
    return Content(_joined(blocks), markdown=True, title=_title(package))


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
    """Style id -> heading level, by the style's name or its outline level."""
    if "word/styles.xml" not in package.namelist():
        return {}
    levels: dict[str, int] = {}
    for style in _parse(package, "word/styles.xml"):
        key, name = _attribute(style, "styleId"), _child(style, "name")
        if _local(style) != "style" or key is None:
            continue
        called = (_attribute(name, "val") if name is not None else None) or ""
        outline = _child(style, "pPr", "outlineLvl")
        if named := _HEADING_NAME.match(called):
            levels[key] = int(named.group(1))
        elif called.lower() == "title":
            levels[key] = 1
        elif outline is not None and (_attribute(outline, "val") or "9") < "6":
            levels[key] = int(_attribute(outline, "val") or 0) + 1
    return levels


def _word_blocks(parent: ElementTree.Element, levels: Mapping[str, int]) -> Iterator[str]:
    for element in parent:
        kind = _local(element)
        if kind == "p":
            yield from _word_paragraph(element, levels)
        elif kind == "tbl":
            if table := markdown_table(_word_rows(element)):
                yield table
        elif kind in _WORD_WRAPPERS:
            yield from _word_blocks(element, levels)


def _word_paragraph(element: ElementTree.Element, levels: Mapping[str, int]) -> Iterator[str]:
    text = _word_text(element).strip()
    if text:
        style = _child(element, "pPr", "pStyle")
        level = levels.get((_attribute(style, "val") if style is not None else None) or "", 0)
        if level:
            yield f"{'#' * min(level, _DEEPEST)} {' '.join(text.split())}"
        elif (item := _child(element, "pPr", "numPr")) is not None:
            depth = _child(item, "ilvl")
            indent = int((_attribute(depth, "val") if depth is not None else None) or 0)
            yield f"{'  ' * min(indent, _DEEPEST)}- {' '.join(text.split())}"
        else:
            yield text
    for box in element.iter():
        if _local(box) == "txbxContent" and not _in_fallback(element, box):
            yield from _word_blocks(box, levels)


def _in_fallback(root: ElementTree.Element, wanted: ElementTree.Element) -> bool:
    """Text boxes come twice, the second time for programs of long ago."""
    for fallback in root.iter():
        if _local(fallback) == "Fallback" and any(part is wanted for part in fallback.iter()):
            return True
    return False


def _word_text(element: ElementTree.Element) -> str:
    parts: list[str] = []
    for child in element:
        kind = _local(child)
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
            parts.append(_word_text(child))
    return "".join(parts)


def _word_rows(table: ElementTree.Element) -> Iterator[list[str]]:
    for row in table:
        if _local(row) == "tr":
            cells = [cell for cell in _unwrapped(row) if _local(cell) == "tc"]
            yield [" ".join(_word_blocks(cell, {})) for cell in cells]
        elif _local(row) in ("sdt", "sdtContent", "ins"):
            yield from _word_rows(row)


def _unwrapped(row: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for child in row:
        if _local(child) in ("sdt", "sdtContent", "ins"):
            yield from _unwrapped(child)
        else:
            yield child


# -- PowerPoint ------------------------------------------------------------------------------------


def _read_slides(package: zipfile.ZipFile) -> Content:
    pages = []
    for name in _slide_names(package):
        slide = _parse(package, name)
        blocks = list(_slide_blocks(slide))
        if (notes := _related(package, name, "notesSlide")) is not None:
            blocks += [block for block in _slide_blocks(_parse(package, notes)) if block[:1] != "#"]
        pages.append("\n\n".join(blocks))
    if not any(pages):
        raise Unreadable("it has no text")
    return Content(PAGE_BREAK.join(pages), markdown=True, title=_title(package))


def _slide_names(package: zipfile.ZipFile) -> list[str]:
    """The slides in the order in which they are shown, else by their number."""
    targets = _relations(package, "ppt/presentation.xml")
    order = _child(_parse(package, "ppt/presentation.xml"), "sldIdLst")
    names = [targets.get(_relation_id(entry), ("", ""))[1] for entry in order or ()]
    there = set(package.namelist())
    if names and all(name in there for name in names):
        return names
    slides = [name for name in there if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)]
    return sorted(slides, key=lambda name: int(re.sub(r"\D", "", name)))


def _relation_id(element: ElementTree.Element) -> str:
    """r:id, not the plain id beside it."""
    return next((value for key, value in element.attrib.items() if key.endswith("}id")), "")


def _relations(package: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Relation id -> (kind, name of the part that it leads to)."""
    folder, name = posixpath.split(part)
    try:
        relations = _parse(package, f"{folder}/_rels/{name}.rels")
    except KeyError:
        return {}
    found = {}
    for relation in relations:
        target = relation.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        kind = relation.get("Type", "").rpartition("/")[2]
        found[relation.get("Id", "")] = (kind, posixpath.normpath(path))
    return found


def _related(package: zipfile.ZipFile, part: str, kind: str) -> str | None:
    there = package.namelist()
    targets = (name for found, name in _relations(package, part).values() if found == kind)
    return next((name for name in targets if name in there), None)


def _slide_blocks(slide: ElementTree.Element) -> Iterator[str]:
    for shape in slide.iter():
        if _local(shape) == "sp":
            yield from _shape_blocks(shape)
        elif _local(shape) == "tbl":
            rows = ([_paragraphs(cell) for cell in row if _local(cell) == "tc"] for row in shape)
            if table := markdown_table(row for row in rows if row):
                yield table


def _shape_blocks(shape: ElementTree.Element) -> Iterator[str]:
    place = _child(shape, "nvSpPr", "nvPr", "ph")
    role = _attribute(place, "type") if place is not None else None
    if role in ("sldNum", "dt", "ftr", "hdr", "sldImg"):
        return
    body = _child(shape, "txBody")
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
        if _local(paragraph) == "p":
            words = "".join(_runs(paragraph)).strip()
            if words:
                found.append(words)
    return "\n\n".join(found)


def _runs(paragraph: ElementTree.Element) -> Iterator[str]:
    for part in paragraph.iter():
        if _local(part) == "t":
            yield part.text or ""
        elif _local(part) == "br":
            yield "\n"


# -- Excel -----------------------------------------------------------------------------------------


def _read_workbook(data: bytes, title: str | None) -> Content:
    import python_calamine as calamine

    try:
        workbook = calamine.CalamineWorkbook.from_object(io.BytesIO(data))
        sheets = [sheet.name for sheet in workbook.sheets_metadata if _is_visible(sheet)]
        parts = [_sheet(workbook, name, len(sheets) > 1) for name in sheets]
    except calamine.PasswordError as error:
        raise Unreadable("it is encrypted with a password") from error
    except calamine.CalamineError as error:
        raise Unreadable(f"it is a damaged workbook ({error})") from error
    parts = [part for part in parts if part]
    if not parts:
        raise Unreadable("it has no text")
    return Content("\n\n".join(parts), markdown=True, title=title)


def _is_visible(sheet: Any) -> bool:
    return "WorkSheet" in str(sheet.typ) and str(sheet.visible).endswith("Visible")


def _sheet(workbook: Any, name: str, named: bool) -> str:
    from ogma.knowledge.content import records

    sheet = workbook.get_sheet_by_name(name)
    if sheet.width * sheet.height > MOST_CELLS:
        raise Unreadable(f"its sheet {name!r} has over {MOST_CELLS} cells")
    rows = [[_cell(value) for value in row] for row in sheet.to_python()]
    table = records(rows)
    return f"## {' '.join(name.split())}\n\n{table}" if table and named else table


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if value is not None else ""

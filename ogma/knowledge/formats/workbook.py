"""Excel workbooks to Markdown: every visible sheet as a table, long rows as sections."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any, Final

from ogma.knowledge.content import Content, Unreadable, records
from ogma.knowledge.formats.number_formats import NumberFormat, shown_cells, telling_styles
from ogma.knowledge.formats.package import attribute, local, parse, stated_title

Formats = Mapping[tuple[int, int], NumberFormat]
"""(row, column), from 0, -> how a number there is shown."""

MOST_CELLS: Final = 2_000_000
_DIGITS: Final = 15
"""As many as a workbook keeps; more would show the errors of binary fractions."""
_NOTES: Final = re.compile(r"xl/(?:comments\d*|comments/comment\d+)\.xml")


def read_workbook(data: bytes, package: zipfile.ZipFile) -> Content:
    """A workbook: one table per sheet, then what is noted at cells."""
    import python_calamine as calamine

    try:
        workbook = calamine.CalamineWorkbook.from_object(io.BytesIO(data))
        sheets = [sheet.name for sheet in workbook.sheets_metadata if _is_visible(sheet)]
        styles = telling_styles(package)
        parts = [
            _sheet(workbook, name, len(sheets) > 1, shown_cells(package, name, styles))
            for name in sheets
        ]
    except calamine.PasswordError as error:
        raise Unreadable("it is encrypted with a password") from error
    except calamine.CalamineError as error:
        raise Unreadable(f"it is a damaged workbook ({error})") from error
    parts = [part for part in [*parts, notes(package)] if part]
    if not parts:
        raise Unreadable("it has no text")
    return Content("\n\n".join(parts), markdown=True, title=stated_title(package))


def notes(package: zipfile.ZipFile) -> str:
    """What is noted at the cells of all sheets, as a list."""
    found = []
    for name in sorted(package.namelist()):
        if not _NOTES.fullmatch(name):
            continue
        for note in parse(package, name).iter():
            if local(note) == "comment":
                words = "".join(part.text or "" for part in note.iter() if local(part) == "t")
                if said := " ".join(words.split()):
                    found.append(f"- {attribute(note, 'ref')}: {said}")
    return "\n".join(found)


def _is_visible(sheet: Any) -> bool:
    return "WorkSheet" in str(sheet.typ) and str(sheet.visible).endswith("Visible")


def _sheet(workbook: Any, name: str, named: bool, formats: Formats) -> str:
    sheet = workbook.get_sheet_by_name(name)
    if sheet.width * sheet.height > MOST_CELLS:
        raise Unreadable(f"its sheet {name!r} has over {MOST_CELLS} cells")
    first_row, first_column = sheet.start or (0, 0)
    rows = [
        [
            _cell(value, formats.get((row, column)))
            for column, value in enumerate(values, first_column)
        ]
        for row, values in enumerate(sheet.to_python(), first_row)
    ]
    table = records(rows, level=3 if named else 2)
    return f"## {' '.join(name.split())}\n\n{table}" if table and named else table


def _cell(value: Any, shown: NumberFormat | None) -> str:
    if isinstance(value, float):
        if shown:
            return shown.shown(value)
        return str(int(value)) if value.is_integer() else f"{value:.{_DIGITS}g}"
    return str(value) if value is not None else ""

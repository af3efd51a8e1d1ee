"""Excel workbooks to Markdown: every visible sheet as a table, long rows as sections."""

from __future__ import annotations

import io
from typing import Any, Final

from ogma.knowledge.content import Content, Unreadable, records

MOST_CELLS: Final = 2_000_000


def read_workbook(data: bytes, title: str | None) -> Content:
    """A workbook: one table per sheet."""
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
    sheet = workbook.get_sheet_by_name(name)
    if sheet.width * sheet.height > MOST_CELLS:
        raise Unreadable(f"its sheet {name!r} has over {MOST_CELLS} cells")
    rows = [[_cell(value) for value in row] for row in sheet.to_python()]
    table = records(rows, level=3 if named else 2)
    return f"## {' '.join(name.split())}\n\n{table}" if table and named else table


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if value is not None else ""

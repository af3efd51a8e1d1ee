"""What reading a file yields: its text with its structure, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PAGE_BREAK = "\f"


class Unreadable(Exception):
    """This file has no text to give; the message says why, in the middle of a sentence."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a file says: Markdown, or plain text where `markdown` is false.

    Form feeds between the pages of a paged file let a passage know its page.
    """

    text: str
    markdown: bool
    title: str | None = None
    """The title that the file states about itself outside of its text."""


def markdown_table(rows: Iterable[Sequence[str]]) -> str:
    """Rows as a Markdown table, the first one its header; empty rows and columns are left out."""
    kept = [[_cell(value) for value in row] for row in rows]
    kept = [row for row in kept if any(row)]
    if not kept:
        return ""
    width = max(len(row) for row in kept)
    kept = [row + [""] * (width - len(row)) for row in kept]
    used = [column for column in range(width) if any(row[column] for row in kept)]
    lines = [f"| {' | '.join(row[column] for column in used)} |" for row in kept]
    return "\n".join([lines[0], "|" + "---|" * len(used), *lines[1:]])


def _cell(value: str) -> str:
    return value if value.isalnum() else " ".join(value.split()).replace("|", "\\|")


def records(rows: Iterable[Sequence[str]], level: int = 2) -> str:
    """Rows of a data table as Markdown, its first row naming the columns.

    Long rows become sections of their own, named by their first short value, so that each can be
    found and quoted alone; short rows stay a table. What stands alone in the rows above the table
    is its caption.
    """
    caption, header, body = _split_header(rows)
    return "\n\n".join(part for part in (*caption, _records(header, body, level)) if part)


def _records(header: Sequence[str], body: list[Sequence[str]], level: int) -> str:
    if not body:
        return markdown_table([header])
    long_rows = sum(len(" ".join(row)) for row in body) / len(body) > _LONG_ROW
    if not long_rows or len(header) < 2:
        return markdown_table([header, *body])
    return "\n\n".join(_section(header, row, level) for row in body)


_LONG_ROW = 160
_LOOKED_AT = 100
_LONG_NAME = 200
_NAMES = re.compile(r"title|name|question|subject|heading|topic|frage|titel", re.IGNORECASE)


def _split_header(
    rows: Iterable[Sequence[str]],
) -> tuple[list[str], Sequence[str], list[Sequence[str]]]:
    """The lines of a caption, the row with the names of the columns, the rows below it."""
    kept = [row for row in rows if any(value.strip() for value in row)]
    wide = [_is_wide(row) for row in kept[:_LOOKED_AT]]
    first = wide.index(True) if 2 * sum(wide) > len(wide) else 0
    caption = [" ".join(" ".join(row).split()) for row in kept[:first]]
    return caption, kept[first] if kept else (), kept[first + 1 :]


def _is_wide(row: Sequence[str]) -> bool:
    return sum(bool(value.strip()) for value in row) > 1


def _section(header: Sequence[str], row: Sequence[str], level: int) -> str:
    """One row as a section: a heading, then its values, each below the name of its column."""
    named = next((at for at, column in enumerate(header) if _NAMES.search(column)), 0)
    values = list(zip(header, row, strict=False))
    name = " ".join(row[named].split()) if named < len(row) else ""
    lines = [f"{'#' * level} {name}"] if name and len(name) <= _LONG_NAME else []
    rest = [pair for at, pair in enumerate(values) if not (lines and at == named)]
    filled = [(column, value.strip()) for column, value in rest if value.strip()]
    for column, value in filled:
        lines.append(value if len(filled) == 1 else f"{column}: {value}")
    return "\n\n".join(lines)

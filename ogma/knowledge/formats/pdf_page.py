"""One page of a PDF: its lines in reading order, and its tables."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from ogma.knowledge.content import markdown_table
from ogma.knowledge.formats.pdf_rules import Box, Table, ruled_tables

_BROKEN_WORD: Final = re.compile("(?<=[^\\W\\d_])[\ufffe\x02](?=[^\\W\\d_])")
_SIGNS: Final = {0xFFFE: "-", 0x02: "-", **dict.fromkeys((0xF0B7, 0xF0A7, 0xF0D8), "•")}
"""What the library gives for a hyphen at a line's end, and for the bullets of a symbol font."""
_LEADERS: Final = re.compile(r"(?:\s?\.){5,}\s?")
"""The dots of a table of contents."""
_TORN: Final = 0.4
"""A page is torn when more than this share of its words are single letters."""
_ENOUGH_WORDS: Final = 8
_WITHIN_WORD: Final = 0.21
"""A gap below this share of the letters' height is none, on a torn page."""
_WITHIN_LINE: Final = 1.5
_COLUMN_GAP: Final = 1.3
"""A gap of more than this many letter heights parts two cells."""
_FEWEST_ROWS: Final = 3
_LONGEST_CELL: Final = 60.0
"""Letters in a cell on average; columns of prose have more."""
_NEXT_LINE: Final = 1.8


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, or a whole table as Markdown."""

    text: str
    size: float
    """Of its first letter, in points; 0 for a table."""
    is_table: bool = False


@dataclass(slots=True)
class _Row:
    """A line with where it stands; `cells` are its parts between wide gaps."""

    line: Line
    box: Box
    cells: list[tuple[str, float, float]] = field(default_factory=list)
    """(text, left, right)."""


def lines_of(page: Any) -> list[Line]:
    """The lines of a page in reading order; tables stand where their first line stood."""
    text_page = page.get_textpage()
    try:
        reader = _PageReader(text_page)
        text = text_page.get_text_range()
        raw = reader.mended(text) if _is_torn(text) else _split(text)
        rows = [row for line, at in raw if (row := reader.row(line, at)) is not None]
        if page.get_rotation():
            return [row.line for row in rows]
        tables = ruled_tables(page, text_page)
        return _with_tables(rows, tables)
    finally:
        text_page.close()


def _split(text: str) -> Iterator[tuple[str, int]]:
    """(line, its place in the text)."""
    at = 0
    for raw in text.split("\n"):
        yield raw.rstrip("\r"), at
        at += len(raw) + 1


def _is_torn(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text)
    if len(words) < _ENOUGH_WORDS or (not text.isascii() and not re.search(r"[a-z]", text)):
        return False
    return sum(len(word) == 1 for word in words) > _TORN * len(words)


class _PageReader:
    """Asks the library where letters stand."""

    def __init__(self, text_page: Any) -> None:
        self._page = text_page.raw
        self._count = text_page.count_chars()
        self._edges = [ctypes.c_double() for _ in range(4)]
        self._loose = pdfium_c.FS_RECTF()

    def row(self, line: str, at: int) -> _Row | None:
        """A line with its place and cells; None for an empty one."""
        words = _tidy(line)
        if not words:
            return None
        start = at + len(line) - len(line.lstrip())
        first = pdfium_c.FPDFText_GetCharIndexFromTextIndex(self._page, start)
        first = first if first >= 0 else start
        size = round(float(pdfium_c.FPDFText_GetFontSize(self._page, first)), 1)
        row = _Row(Line(_LEADERS.sub(" … ", words), size), self._box(first))
        row.cells = list(self._cells(line.strip(), first, row.box.top - row.box.bottom))
        return row

    def _cells(self, line: str, first: int, height: float) -> Iterator[tuple[str, float, float]]:
        start, left = 0, self._tight(first)[0]
        for gap in re.finditer(r" +", line):
            end, after = gap.start(), gap.end()
            if not self._is(first + end - 1, line[end - 1]) or not self._is(
                first + after, line[after]
            ):
                continue
            before, behind = self._tight(first + end - 1)[1], self._tight(first + after)[0]
            if behind - before > _COLUMN_GAP * height > 0:
                yield _tidy(line[start:end]), left, before
                start, left = after, behind
        last = first + len(line) - 1
        yield _tidy(line[start:]), left, self._tight(last)[1] if last < self._count else left

    def mended(self, text: str) -> Iterator[tuple[str, int]]:
        """Lines and words put together again where the library tore them apart at small gaps."""
        line, at = "", 0
        before: int | None = None
        for number in range(self._count):
            letter = chr(pdfium_c.FPDFText_GetUnicode(self._page, number) or 32)
            if pdfium_c.FPDFText_IsGenerated(self._page, number) == 1 and letter.isspace():
                continue
            if before is not None and number - before > 1:
                between = self._between(before, number)
                if between == "\n":
                    yield line, at
                    line = ""
                elif not line.endswith(" "):
                    line += between
            at = number if not line else at
            line += letter
            before = number
        yield line, at

    def _between(self, before: int, after: int) -> str:
        """What a gap between two letters stands for: nothing, a space or a line's end."""
        one, other = self._box(before), self._box(after)
        height = max(one.top - one.bottom, 1.0)
        middle = (other.top + other.bottom) / 2
        gap = other.left - one.right
        if not one.bottom <= middle <= one.top or gap < -height or gap > _WITHIN_LINE * height:
            return "\n"
        return "" if gap < _WITHIN_WORD * height else " "

    def _is(self, number: int, letter: str) -> bool:
        return bool(pdfium_c.FPDFText_GetUnicode(self._page, number) == ord(letter))

    def _box(self, number: int) -> Box:
        """Where a letter stands, with the height of its font."""
        found = pdfium_c.FPDFText_GetLooseCharBox(self._page, number, self._loose)
        box = self._loose
        return Box(box.left, box.bottom, box.right, box.top) if found else Box(0, 0, 0, 0)

    def _tight(self, number: int) -> tuple[float, float]:
        """The left and right edge of a letter itself."""
        left, right, bottom, top = self._edges
        pdfium_c.FPDFText_GetCharBox(self._page, number, left, right, bottom, top)
        return left.value, right.value


def _tidy(line: str) -> str:
    return " ".join(_BROKEN_WORD.sub("", line).translate(_SIGNS).split())


def _with_tables(rows: list[_Row], tables: list[Table]) -> list[Line]:
    """The lines, with a table in place of those that stand in it or make one by their columns."""
    lines: list[Line] = []
    left: dict[int, Table] = dict(enumerate(tables))
    run = _Run()
    for row in rows:
        x, y = row.box.left, (row.box.top + row.box.bottom) / 2
        within = next((at for at, table in enumerate(tables) if table.box.holds(x, y)), None)
        if within is None and run.takes(row):
            continue
        lines += run.lines()
        run = _Run()
        if within is None:
            run.takes(row)
        elif within in left:
            lines.append(Line(left.pop(within).markdown, 0.0, is_table=True))
    return lines + run.lines()


class _Run:
    """Lines below each other whose parts stand in the same columns."""

    def __init__(self) -> None:
        self._rows: list[_Row] = []
        self._table: list[dict[int, str]] = []
        self._columns: list[tuple[float, float]] = []

    def takes(self, row: _Row) -> bool:
        """Add a line if it fits; the first fits always."""
        if not self._rows:
            self._columns = [(left, right) for _, left, right in row.cells]
        elif len(self._columns) < 2 or not self._is_below(row):
            return False
        placed: dict[int, str] = {}
        for text, left, right in row.cells:
            over = [
                at for at, (low, high) in enumerate(self._columns) if left < high and right > low
            ]
            if len(over) != 1 or over[0] in placed:
                return False
            placed[over[0]] = text
        return self._place(row, placed)

    def _place(self, row: _Row, placed: dict[int, str]) -> bool:
        if self._rows and len(placed) == 1:  # a cell that goes on below
            (column,) = placed
            if column == 0:
                return False
            self._table[-1][column] = f"{self._table[-1].get(column, '')} {placed[column]}".strip()
        else:
            self._table.append(placed)
        for column, (_, left, right) in zip(placed, row.cells, strict=True):
            low, high = self._columns[column]
            self._columns[column] = (min(low, left), max(high, right))
        self._rows.append(row)
        return True

    def _is_below(self, row: _Row) -> bool:
        above = self._rows[-1].box
        height = max(above.top - above.bottom, 1.0)
        return row.box.top < above.top and above.bottom - row.box.top < _NEXT_LINE * height

    def lines(self) -> list[Line]:
        """A table if there is enough of one, else the lines as they were."""
        cells = [text for row in self._table for text in row.values()]
        prose = sum(map(len, cells)) > _LONGEST_CELL * max(1, len(cells))
        if len(self._columns) < 2 or len(self._table) < _FEWEST_ROWS or prose:
            return [row.line for row in self._rows]
        width = range(len(self._columns))
        rows = ([row.get(column, "") for column in width] for row in self._table)
        return [Line(markdown_table(rows), 0.0, is_table=True)]

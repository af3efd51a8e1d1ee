"""Tables of a PDF page that are drawn with rules: cells told by the lines around them."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from ogma.knowledge.content import markdown_table

_THIN: Final = 2.5
"""Points: what is no thicker is a rule; what is no further apart is one."""
_SHORTEST: Final = 4.0
_MOST_OBJECTS: Final = 4_000
_MOST_SEGMENTS: Final = 400
_MOST_RULES: Final = 800
_MOST_CELLS: Final = 10_000
_LONGEST_CELL: Final = 1_500
"""A cell with more letters is a column of a page, not of a table."""
_FILLED_SHARE: Final = 0.3


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a page in points; y grows upwards."""

    left: float
    bottom: float
    right: float
    top: float

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it, or on its edge."""
        return (
            self.left - _THIN <= x <= self.right + _THIN
            and self.bottom - _THIN <= y <= self.top + _THIN
        )


@dataclass(frozen=True, slots=True)
class Table:
    """A table and where it stands."""

    box: Box
    markdown: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """A line along one axis, at `at` on the other."""

    at: float
    start: float
    end: float

    def covers(self, place: float) -> bool:
        return self.start - _THIN <= place <= self.end + _THIN


def ruled_tables(page: Any, text_page: Any) -> list[Table]:
    """The tables on a page that have rules between rows and between columns."""
    across: list[_Rule] = []
    down: list[_Rule] = []
    for horizontal, rule in _rules(page):
        (across if horizontal else down).append(rule)
    across, down = list(dict.fromkeys(across)), list(dict.fromkeys(down))
    if len(across) < 3 or len(down) < 3 or len(across) + len(down) > _MOST_RULES:
        return []
    found = (_table(*group, text_page) for group in _connected(across, down))
    return [table for table in found if table is not None]


def _rules(page: Any) -> Iterator[tuple[bool, _Rule]]:
    """(whether it runs across, the rule) for all that is drawn along an axis."""
    count = pdfium_c.FPDFPage_CountObjects(page.raw)
    if count > _MOST_OBJECTS:
        return
    edges = [ctypes.c_float() for _ in range(4)]
    for number in range(count):
        drawn = pdfium_c.FPDFPage_GetObject(page.raw, number)
        if pdfium_c.FPDFPageObj_GetType(drawn) != pdfium_c.FPDF_PAGEOBJ_PATH:
            continue
        if not pdfium_c.FPDFPageObj_GetBounds(drawn, *edges):
            continue
        left, bottom, right, top = (edge.value for edge in edges)
        if top - bottom <= _THIN or right - left <= _THIN:
            yield from _straight((left, bottom), (right, top))
        else:
            for start, end in pairwise(_points(drawn)):
                if start is not None and end is not None:
                    yield from _straight(start, end)


def _straight(start: tuple[float, float], end: tuple[float, float]) -> Iterator[tuple[bool, _Rule]]:
    (x1, y1), (x2, y2) = start, end
    wide, high = abs(x2 - x1), abs(y2 - y1)
    if high <= _THIN and wide >= _SHORTEST:
        yield True, _Rule(round((y1 + y2) / 2, 1), round(min(x1, x2), 1), round(max(x1, x2), 1))
    elif wide <= _THIN and high >= _SHORTEST:
        yield False, _Rule(round((x1 + x2) / 2, 1), round(min(y1, y2), 1), round(max(y1, y2), 1))


def _points(drawn: Any) -> Iterator[tuple[float, float] | None]:
    """The corners of a path on the page; None where the pen is lifted."""
    count = pdfium_c.FPDFPath_CountSegments(drawn)
    matrix = pdfium_c.FS_MATRIX()
    if not 0 < count <= _MOST_SEGMENTS or not pdfium_c.FPDFPageObj_GetMatrix(drawn, matrix):
        return
    x, y = ctypes.c_float(), ctypes.c_float()
    first = None
    for number in range(count):
        segment = pdfium_c.FPDFPath_GetPathSegment(drawn, number)
        pdfium_c.FPDFPathSegment_GetPoint(segment, x, y)
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        kind = pdfium_c.FPDFPathSegment_GetType(segment)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
            yield None
            first = point
        yield None if kind == pdfium_c.FPDF_SEGMENT_BEZIERTO else point
        if pdfium_c.FPDFPathSegment_GetClose(segment) and first is not None:
            yield first


def _connected(across: list[_Rule], down: list[_Rule]) -> Iterator[tuple[list[_Rule], list[_Rule]]]:
    """Rules that cross or touch each other, directly or through others."""
    left_across, left_down = set(across), set(down)
    while left_across:
        rows, columns = {left_across.pop()}, set[_Rule]()
        fresh_rows = set(rows)
        while fresh_rows:
            fresh = {rule for rule in left_down if any(_touch(row, rule) for row in fresh_rows)}
            columns |= fresh
            left_down -= fresh
            fresh_rows = {rule for rule in left_across if any(_touch(rule, one) for one in fresh)}
            rows |= fresh_rows
            left_across -= fresh_rows
        yield list(rows), list(columns)


def _touch(row: _Rule, column: _Rule) -> bool:
    return row.covers(column.at) and column.covers(row.at)


def _places(rules: Iterable[_Rule]) -> list[float]:
    """Where the rules stand, those that are drawn double counted once, in rising order."""
    places: list[float] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if not places or rule.at - places[-1] > _THIN:
            places.append(rule.at)
    return places


def _table(rows: list[_Rule], columns: list[_Rule], text_page: Any) -> Table | None:
    xs, ys = _places(columns), _places(rows)[::-1]
    if len(xs) < 3 or len(ys) < 3 or len(xs) * len(ys) > _MOST_CELLS:
        return None
    cells = [["" for _ in xs[1:]] for _ in ys[1:]]
    for row, column, box in _cells(xs, ys, rows, columns):
        text = text_page.get_text_bounded(box.left, box.bottom, box.right, box.top)
        if len(text) > _LONGEST_CELL:
            return None
        cells[row][column] = text
    filled = [sum(bool(text.strip()) for text in row) for row in cells]
    if sum(count > 1 for count in filled) < 2 or sum(filled) < _FILLED_SHARE * sum(map(len, cells)):
        return None
    return Table(Box(xs[0], ys[-1], xs[-1], ys[0]), markdown_table(cells))


def _cells(
    xs: list[float], ys: list[float], rows: list[_Rule], columns: list[_Rule]
) -> Iterator[tuple[int, int, Box]]:
    """(row, column, its inside) of every cell; one that spans several comes once, at its first."""

    def split(rules: list[_Rule], at: float, place: float) -> bool:
        return any(abs(rule.at - at) <= _THIN and rule.covers(place) for rule in rules)

    for row, top in enumerate(ys[:-1]):
        middle = (top + ys[row + 1]) / 2
        column = 0
        while column < len(xs) - 1:
            end = column + 1
            while end < len(xs) - 1 and not split(columns, xs[end], middle):
                end += 1
            centre = (xs[column] + xs[end]) / 2
            if row == 0 or split(rows, top, centre):
                last = row + 1
                while last < len(ys) - 1 and not split(rows, ys[last], centre):
                    last += 1
                yield row, column, Box(xs[column] + 1, ys[last] + 1, xs[end] - 1, top - 1)
            column = end

"""How a workbook shows its numbers: per cents, currencies and units, which the bare value lacks.

A cell names a style, a style a number format. Only what changes the meaning is taken from it:
0.125 that is shown as 12.5%, 9.9 that is shown as €9.90.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from xml.etree import ElementTree

from ogma.knowledge.content import Unreadable
from ogma.knowledge.formats.package import attribute, local, parse, relation_id, relations

_BUILT_IN: Final = {9: "0%", 10: "0.00%"}
"""Of the formats that have a number only, those that say more than the value does."""
_PARTS: Final = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[[^\]]*\]'
    r"|[_*].|(?P<core>[#0?][#0?.,]*|\.[#0?]+)|(?P<percent>%)|(?P<end>;)|(?P<other>.)"
)
_LITERAL: Final = frozenset("$€£¥ -+/():!^&'~{}<>=")
"""What stands for itself without quotes; other characters make it another kind of format."""
_MOST_DIGITS: Final = 10
_LONGEST: Final = 30
_LARGEST: Final = 1e15


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """What stands around a number, and how many digits after its point."""

    before: str
    after: str
    least: int
    most: int
    grouped: bool
    percent: bool

    def shown(self, value: float) -> str:
        """The number as the workbook shows it; very large ones bare."""
        if not abs(value) < _LARGEST:
            return str(value)
        exact = Decimal(repr(value)) * (100 if self.percent else 1)
        exact = exact.quantize(Decimal(1).scaleb(-self.most), ROUND_HALF_UP)
        digits = f"{abs(exact):{',' if self.grouped else ''}f}"
        for _ in range(self.most - self.least):
            digits = digits.removesuffix("0")
        sign = "-" if exact < 0 else ""
        return f"{sign}{self.before}{digits.removesuffix('.')}{self.after}"


def number_format(code: str) -> NumberFormat | None:
    """The format of positive numbers; None where it says no more than the value, or is a date."""
    around, core, percent = ["", ""], "", False
    for part in _PARTS.finditer(code):
        if part["end"]:
            break
        if part["core"]:
            if core:
                return None
            core = part["core"]
        elif part["percent"]:
            around[bool(core)] += "%"
            percent = True
        elif part["other"] and part["other"] not in _LITERAL:
            return None
        else:
            words = part["quoted"] or part["escaped"] or part["currency"] or part["other"] or ""
            around[bool(core)] += words
    whole, _, fraction = core.partition(".")
    if not core or not "".join(around).strip() or whole.endswith(",") or "," in fraction:
        return None
    if len(fraction) > _MOST_DIGITS or len("".join(around)) > _LONGEST:
        return None
    before, after = around[0].lstrip(), around[1].rstrip()
    return NumberFormat(before, after, fraction.count("0"), len(fraction), "," in whole, percent)


def telling_styles(package: zipfile.ZipFile) -> dict[str, NumberFormat]:
    """Number of a cell's style -> its format, for the styles whose format says something."""
    try:
        styles = parse(package, "xl/styles.xml")
    except (KeyError, ElementTree.ParseError, Unreadable):
        return {}
    codes = dict(_BUILT_IN)
    found = {}
    for group in styles:
        if local(group) == "numFmts":
            for stated in group:
                number = attribute(stated, "numFmtId") or ""
                if number.isdecimal():
                    codes[int(number)] = attribute(stated, "formatCode") or ""
        elif local(group) == "cellXfs":
            for style, stated in enumerate(group):
                number = attribute(stated, "numFmtId") or ""
                code = codes.get(int(number), "") if number.isdecimal() else ""
                if known := number_format(code):
                    found[str(style)] = known
    return found


def shown_cells(
    package: zipfile.ZipFile, sheet: str, styles: Mapping[str, NumberFormat]
) -> dict[tuple[int, int], NumberFormat]:
    """(row, column), from 0, -> format, of the cells of a sheet that have such a style."""
    found = {}
    try:
        part = _part_of(package, sheet) if styles else ""
        if not part:
            return {}
        with package.open(part) as file:
            for _, element in ElementTree.iterparse(file):
                if local(element) == "c" and (style := styles.get(element.get("s", ""))):
                    found[_place(element.get("r", ""))] = style
                elif local(element) == "row":
                    element.clear()
    except (KeyError, ElementTree.ParseError, Unreadable):
        return {}
    return found


def _part_of(package: zipfile.ZipFile, sheet: str) -> str:
    """The part that holds the sheet of this name; raises KeyError where there is none."""
    parts = relations(package, "xl/workbook.xml")
    for stated in parse(package, "xl/workbook.xml").iter():
        if local(stated) == "sheet" and stated.get("name") == sheet:
            return parts[relation_id(stated)][1]
    raise KeyError(sheet)


def _place(reference: str) -> tuple[int, int]:
    """`B3` -> (2, 1); (-1, -1) for what is no reference."""
    match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", reference)
    if not match:
        return -1, -1
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1

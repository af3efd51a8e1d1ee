"""Where in a TOML text each key stands, for messages that name the line and for edits in place.

The text is cut into statements (a header, or a key with its value) and each statement is
read by itself, so that TOML's own parser decides what a key is.
"""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]
"""A place in the config: ("types", 0, "label")."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A table header, or a key with its value. Lines count from 1, both ends belong to it."""

    path: Path
    first: int
    last: int
    header: bool
    table: Path
    """The table of the nearest header above; () before the first."""


def statements(text: str) -> list[Statement]:
    """All statements of a valid TOML text in their order."""
    found: list[Statement] = []
    counts: dict[Path, int] = {}
    table: Path = ()
    for first, last, written in _cut(text):
        read = tomllib.loads(written)
        if written.lstrip().startswith("["):
            table = _header(read, counts, new=written.lstrip().startswith("[["))
            found.append(Statement(table, first, last, True, table))
        else:
            found.append(Statement(table + _keys(read), first, last, False, table))
    return found


def line_numbers(text: str) -> dict[Path, int]:
    """The line of every table and key of a valid TOML text; a list's is its first entry's."""
    lines: dict[Path, int] = {}
    for statement in statements(text):
        if statement.header and isinstance(statement.path[-1], int):
            lines.setdefault(statement.path[:-1], statement.first)
        above = len(statement.path) if statement.header else len(statement.table) + 1
        for length in range(above, len(statement.path) + 1):
            lines.setdefault(statement.path[:length], statement.first)
    return lines


def line_of(path: Path, lines: Mapping[Path, int]) -> int | None:
    """The line of this place, else of the nearest table around it."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


def _cut(text: str) -> Iterator[tuple[int, int, str]]:
    """First line, last line and text of each statement; comments and blank lines left out."""
    first, pending = 0, ""
    for number, line in enumerate(io.StringIO(text, newline="\n"), start=1):
        if not pending:
            first = number
        pending += line
        if _complete(pending):
            if tomllib.loads(pending):
                yield first, number, pending
            pending = ""


def _complete(statement: str) -> bool:
    try:
        tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _keys(read: dict[str, Any]) -> Path:
    """The dotted key of a one-key statement; an inline table counts as a value."""
    path: Path = ()
    value: Any = read
    while isinstance(value, dict) and len(value) == 1:
        key, value = next(iter(value.items()))
        path += (key,)
    return path


def _header(read: dict[str, Any], counts: dict[Path, int], *, new: bool) -> Path:
    """The full place of a table header, with the number of each list entry that it lies in."""
    path: Path = ()
    value: Any = read
    while value:
        if isinstance(value, list):
            value = value[0]
            continue
        key, value = next(iter(value.items()))
        path += (key,)
        last = not value or value == [{}]
        if last and new:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path += (counts[path],)
    return path

"""Where in a TOML text each key stands, for messages that name the line.

The text is cut into statements (a header, or a key with its value) and each statement is
read by itself, so that TOML's own parser decides what a key is.
"""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str | int, ...]
"""A place in the config: ("types", 0, "label")."""


def line_numbers(text: str) -> dict[Path, int]:
    """The line, counted from 1, of every table and key of a valid TOML text."""
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, statement in _statements(text):
        read = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            table = _header(read, counts, new=statement.lstrip().startswith("[["))
            lines.setdefault(table, number)
        else:
            for path in _prefixes(_keys(read)):
                lines.setdefault(table + path, number)
    return lines


def line_of(path: Path, lines: Mapping[Path, int]) -> int | None:
    """The line of this place, else of the nearest table around it."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The statements with the number of their first line; comments and blank lines left out."""
    start, pending = 0, ""
    for number, line in enumerate(io.StringIO(text, newline="\n"), start=1):
        if not pending:
            start = number
        pending += line
        if _complete(pending):
            if tomllib.loads(pending):
                yield start, pending
            pending = ""


def _complete(statement: str) -> bool:
    try:
        tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _keys(read: dict[str, Any]) -> tuple[str, ...]:
    """The dotted key of a one-key statement; an inline table's content is not part of it."""
    path: list[str] = []
    value: Any = read
    while isinstance(value, dict) and len(value) == 1:
        key, value = next(iter(value.items()))
        path.append(key)
    return tuple(path)


def _prefixes(keys: tuple[str, ...]) -> Iterator[Path]:
    for length in range(1, len(keys) + 1):
        yield keys[:length]


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

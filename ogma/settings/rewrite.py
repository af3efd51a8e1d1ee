"""Edits of a TOML text that leave every other line as it is. Text in, text out.

New and removed settings are lines put in or taken out; tomlkit replaces values in place.
Everything here expects valid TOML with plain line ends.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import tomlkit

from ogma.errors import NotFound, UsageError
from ogma.settings.keys import as_toml, parse_value, resolve, value_at
from ogma.settings.lines import Path, statements
from ogma.settings.problems import name_of
from ogma.settings.schema import known_keys, node_at


def with_value(text: str, key: str, written: str) -> str:
    """The text with the setting of this dotted key set. Raises NotFound, UsageError."""
    data = tomllib.loads(text)
    if _new_entry(key, data):
        return _with_entry(text, key, written)
    path = resolve(key, data)
    if (node_at(path) or {}).get("type") == "object" or _holds_tables(path):
        inside = f"NAME.{known_keys((*path, 0))[1]}" if _holds_tables(path) else known_keys(path)[0]
        raise UsageError(f"{key} is no single value; set what is in it, such as {key}.{inside}.")
    value = parse_value(written, path)
    where = _as_written(path, data)
    if where is not None:
        return _replaced(text, where, value)
    return _inserted(text, path, value, data)


def without(text: str, key: str) -> str:
    """The text without the setting or table of this dotted key. Raises NotFound."""
    data = tomllib.loads(text)
    where = _as_written(resolve(key, data), data)
    if where is None:
        raise NotFound(f"{key} is not set in the config; its default counts already.")
    gone = [
        entry
        for entry in statements(text)
        if entry.path == where or (entry.table[: len(where)] == where)
    ]
    if not gone:
        return _deleted(text, where)
    lines = text.splitlines(keepends=True)
    return "".join(lines[: gone[0].first - 1] + lines[gone[-1].last :])


def _new_entry(key: str, data: Mapping[str, Any]) -> bool:
    table, _, entry = key.partition(".")
    if not entry or "." in entry or not _holds_tables((table,)):
        return False
    ids = [one.get("id") for one in data.get(table, ()) if isinstance(one, Mapping)]
    return entry not in ids and not entry.isdigit()


def _with_entry(text: str, key: str, written: str) -> str:
    """A `[[types]]` table more, after the last one."""
    table, _, entry = key.partition(".")
    value = parse_value(written, (table, 0))
    if not isinstance(value, dict):
        needed = known_keys((table, 0))[1:3]
        example = ", ".join(f"{name} = ..." for name in needed)
        raise NotFound(f"There is no {key}; to add it give a table: {{ {example} }}.")
    block = f"\n[[{table}]]\n{as_toml({'id': entry, **value})}\n"
    before = [one.last for one in statements(text) if one.table[:1] == (table,)]
    return _spliced(text, before[-1] if before else None, block)


def _inserted(text: str, path: Path, value: Any, data: Mapping[str, Any]) -> str:
    """A setting more: at the end of its table, whose header is written where there is none."""
    table = path[:-1]
    line = f"{as_toml({path[-1]: value})}\n"
    of_table = [entry for entry in statements(text) if entry.table == table]
    if of_table:
        return _spliced(text, of_table[-1].last, line)
    if not table:
        return line + text
    if _as_written(table, data) is not None:
        return _replaced(text, path, value)
    return _spliced(text, None, f"\n[{name_of(table, data)}]\n{line}")


def _spliced(text: str, after_line: int | None, block: str) -> str:
    """The block after this line, or at the end."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    at = len(lines) if after_line is None else after_line
    return "".join([*lines[:at], block, *lines[at:]])


def _replaced(text: str, path: Path, value: Any) -> str:
    document = tomlkit.parse(text)
    value_at(path[:-1], document)[path[-1]] = value
    return tomlkit.dumps(document)


def _deleted(text: str, path: Path) -> str:
    document = tomlkit.parse(text)
    del value_at(path[:-1], document)[path[-1]]
    return tomlkit.dumps(document)


def _as_written(path: Path, data: Mapping[str, Any]) -> Path | None:
    """The place as the file spells it, None where it is not set.

    A text's key may stand in quotes or, without them, as tables in tables.
    """
    spellings: list[Path] = [path]
    if path[0] == "texts" and len(path) == 2:
        spellings.append(("texts", *str(path[1]).split(".")))
    for spelling in spellings:
        try:
            value_at(spelling, data)
        except NotFound:
            continue
        return spelling
    return None


def _holds_tables(path: Path) -> bool:
    node = node_at((*path, 0)) or {}
    return node.get("type") == "object"

"""Dotted keys as people write them: ai.engine, types.general.label, texts.button.human."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import tomlkit

from ogma.errors import NotFound
from ogma.settings.lines import Path
from ogma.settings.problems import ended, unknown_key
from ogma.settings.schema import known_keys, node_at


def resolve(key: str, data: Mapping[str, Any]) -> Path:
    """The place that a dotted key names in this config. Raises NotFound.

    A list entry goes by its `id` or by its number from 0. The place itself need not be set.
    """
    parts = key.split(".")
    if parts[0] == "texts" and len(parts) > 1:
        return ("texts", ".".join(parts[1:]))
    path: Path = ()
    for part in parts:
        if (node_at(path) or {}).get("type") == "array":
            path += (_entry(part, path, data),)
        elif part in known_keys(path):
            path += (part,)
        else:
            raise NotFound(ended(f"In the config {unknown_key((*path, part), data).text}"))
    return path


def value_at(path: Path, data: Any) -> Any:
    """What stands at this place. Raises NotFound."""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError) as missing:
            name = ".".join(map(str, path))
            raise NotFound(f"{name} is not set, and it has no default.") from missing
    return data


def parse_value(written: str, path: Path) -> Any:
    """A value typed on a command line: TOML, or bare words where the setting is text or a list."""
    node = node_at(path) or {}
    value = _toml(written)
    if node.get("type") == "string" and not isinstance(value, str):
        return written
    if node.get("type") == "array" and not isinstance(value, list):
        words = (word.strip() for word in written.split(","))
        return [_bare(word) for word in words if word]
    return written if value is None else value


def as_toml(value: Any) -> str:
    """A value as it would stand in config.toml; a table as its lines."""
    if isinstance(value, Mapping):
        return str(tomlkit.dumps(value)).strip()
    return str(tomlkit.item(value).as_string())


def _entry(part: str, path: Path, data: Mapping[str, Any]) -> int:
    entries = value_at(path, data)
    ids = [entry.get("id") if isinstance(entry, Mapping) else None for entry in entries]
    if part in ids:
        return ids.index(part)
    if part.isdigit() and int(part) < len(entries):
        return int(part)
    known = ", ".join(str(one) for one in ids if one) or f"0 to {len(entries) - 1}"
    name = ".".join(map(str, path))
    raise NotFound(f'There is no "{part}" in {name}; there is {known}.')


def _toml(written: str) -> Any:
    """The value as TOML, None where it is none."""
    try:
        read = tomllib.loads(f"value = {written}\n")
    except tomllib.TOMLDecodeError:
        return None
    return read["value"] if read.keys() == {"value"} else None


def _bare(word: str) -> Any:
    value = _toml(word)
    return word if value is None else value

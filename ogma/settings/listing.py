"""The settings as a flat list, for showing them: key, value, default, line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ogma.domain.policies import Settings
from ogma.settings.lines import Path, line_numbers
from ogma.settings.load import with_texts
from ogma.settings.problems import name_of
from ogma.settings.schema import node_at


@dataclass(frozen=True)
class Row:
    """One setting; `line` is None where the default counts, `default` where there is none."""

    key: str
    value: Any
    default: Any
    line: int | None

    @property
    def differs(self) -> bool:
        """Whether the value is not the shipped one."""
        return bool(self.value != self.default)


def document(settings: Settings) -> dict[str, Any]:
    """All settings as plain values in the order of the policies; ids as strings."""
    return settings.model_dump(mode="json")


def rows(settings: Settings, text: str) -> list[Row]:
    """Every setting with its line in the config's text."""
    data = document(settings)
    lines = with_texts(line_numbers(text))
    return [
        Row(name_of(path, data), value, (node_at(path) or {}).get("default"), lines.get(path))
        for path, value in _leaves(data)
    ]


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        for key, inside in value.items():
            yield from _leaves(inside, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for number, inside in enumerate(value):
            yield from _leaves(inside, (*path, number))
    else:
        yield path, value

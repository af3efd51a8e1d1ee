"""Paths into JSON, as scenarios write them: what they find, and what text is in that.

`state.channels[name=alice].messages[-1].content`: a name goes into an object, `[2]` and `[-1]`
pick one of a list, `[name=alice]` keeps those whose field has this value, `[content~refund]` those
in whose field the text occurs anywhere. A list is entered as a whole: `state.channels.name` finds
the names of all channels.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

Find = Callable[[list[Any]], list[Any]]
ROOTS: Final = ("state", "answer")
_STEP: Final = re.compile(r"\.([\w-]+)|\[(-?\d+)\]|\[([\w.-]+)([=~])([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Path:
    """A path that has been read: where it starts, and one step after the other."""

    text: str
    root: str
    steps: tuple[Find, ...]

    def find(self, roots: dict[str, Any]) -> list[Any]:
        """What the path finds; a list that it ends at counts as its entries."""
        found = [roots[self.root]]
        for step in self.steps:
            found = step(found)
        return _spread(found)


def parse(text: str) -> Path:
    """Read a path. Raises ValueError saying what is wrong with it."""
    root = re.match(r"\w+", text)
    if root is None or root[0] not in ROOTS:
        raise ValueError(f"the path '{text}' does not start with {' or '.join(ROOTS)}")
    steps: list[Find] = []
    position = root.end()
    while position < len(text):
        step = _STEP.match(text, position)
        if step is None:
            raise ValueError(f"the path '{text}' is not understood from '{text[position:]}' on")
        steps.append(_step(step))
        position = step.end()
    return Path(text, root[0], tuple(steps))


def _step(read: re.Match[str]) -> Find:
    name, index, field, sign, value = read.groups()
    if name is not None:
        return lambda found: [
            one[name] for one in _spread(found) if isinstance(one, dict) and name in one
        ]
    if index is not None:
        return lambda found: _picked(_spread(found), int(index))
    into = tuple(_step(part) for part in _STEP.finditer("." + field))
    fits = holds if sign == "~" else same
    return lambda found: [
        one for one in _spread(found) if any(fits(inner, value) for inner in _inside(one, into))
    ]


def _inside(one: Any, steps: tuple[Find, ...]) -> list[Any]:
    found = [one]
    for step in steps:
        found = step(found)
    return found


def _picked(found: list[Any], index: int) -> list[Any]:
    return [found[index]] if -len(found) <= index < len(found) else []


def _spread(found: list[Any]) -> list[Any]:
    return [inner for one in found for inner in (one if isinstance(one, list) else [one])]


def same(found: Any, wanted: Any) -> bool:
    """Equal, or equal as written: ids are strings, and paths hold only text."""
    return bool(found == wanted or (isinstance(wanted, str) and written(found) == wanted))


def holds(found: Any, text: str) -> bool:
    """Whether the text occurs in what was found or in any string inside it."""
    return any(text in one for one in _strings(found))


def _strings(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        for one in found.values():
            yield from _strings(one)
    elif isinstance(found, list):
        for one in found:
            yield from _strings(one)
    elif found is not None:
        yield written(found)


def written(found: Any) -> str:
    """A value as scenarios write it: text as it is, everything else as JSON."""
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)

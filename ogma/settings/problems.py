"""What is wrong with a config, and the sentence that says it: file, line, key, found, allowed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

from ogma.logs import redact
from ogma.settings.lines import Path, line_of
from ogma.settings.schema import allowed, known_keys, node_at

_SLUG = re.compile(r"^(?!\d+$)[a-z0-9_-]+$")

LONGEST_SHOWN = 60
"""Characters of a wrong value that a message repeats."""


@dataclass(frozen=True)
class Problem:
    """One fault at one place. The text starts with the place's name or stands for itself."""

    path: Path
    text: str


def sentence(problem: Problem, file: str, lines: Mapping[Path, int]) -> str:
    """The whole message; the line is left out where the place is not in the file."""
    line = line_of(problem.path, lines)
    where = f"{file}, line {line}" if line is not None else file
    return f"{where}: {ended(problem.text)}"


def ended(text: str) -> str:
    """The text with a full stop where it has no end of its own."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def from_validation(errors: Iterable[ErrorDetails], data: Mapping[str, Any]) -> list[Problem]:
    """pydantic's findings in our words, in the order of the policies."""
    return [_explain(error, data) for error in errors]


def name_of(path: Path, data: Mapping[str, Any]) -> str:
    """The place as the command line takes it: types.general.label, or types.0.label."""
    names = []
    value: Any = data
    for step in path:
        value = _inside(value, step)
        own = value.get("id") if isinstance(step, int) and isinstance(value, dict) else None
        names.append(own if isinstance(own, str) and _SLUG.match(own) else str(step))
    return ".".join(names)


def shown(value: object) -> str:
    """A wrong value as the owner wrote it, shortened, secrets masked."""
    if isinstance(value, bool | int | float | str):
        text = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, list):
        text = "a list"
    elif isinstance(value, dict):
        text = "a table"
    else:
        text = str(value)
    text = redact(text)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."


def nearest(word: object, choices: Iterable[str]) -> str:
    """`; did you mean "x"?`, or nothing where no choice is near."""
    close = get_close_matches(str(word).lower(), list(choices), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""


def unknown_key(path: Path, data: Mapping[str, Any]) -> Problem:
    """The problem of a key that does not exist; its value is not repeated."""
    known = known_keys(path[:-1])
    hint = nearest(path[-1], known) or (f"; known here: {', '.join(known)}" if known else "")
    return Problem(path, f"there is no setting {name_of(path, data)}{hint}")


def _explain(error: ErrorDetails, data: Mapping[str, Any]) -> Problem:
    path: Path = error["loc"]
    name = name_of(path, data)
    if error["type"] == "extra_forbidden":
        return unknown_key(path, data)
    if error["type"] == "missing":
        return Problem(path, _missing(path, name))
    found = _at(data, path)
    choices = (node_at(path) or {}).get("enum", ())
    return Problem(
        path,
        f"{name} is {shown(found)}{_measured(found)}; allowed is {allowed(path)}"
        f"{nearest(found, choices)}",
    )


def _missing(path: Path, name: str) -> str:
    node = node_at(path) or {}
    needed = ", ".join(node.get("required", ()))
    if node.get("type") == "object":
        return f"the table [{name}] is missing; it needs {needed}"
    if node.get("type") == "array":
        needed = ", ".join((node_at((*path, 0)) or {}).get("required", ()))
        return f"there is no [[{name}]] table; at least one is needed, with {needed}"
    return f"{name} is missing; it is {allowed(path)}"


def _measured(found: object) -> str:
    """The length of a text that is too long to be shown whole."""
    if isinstance(found, str) and len(found) > LONGEST_SHOWN:
        return f" ({len(found)} characters)"
    return ""


def _at(data: Mapping[str, Any], path: Path) -> Any:
    value: Any = data
    for step in path:
        value = _inside(value, step)
    return value


def _inside(value: Any, step: str | int) -> Any:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None

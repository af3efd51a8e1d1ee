"""Scenarios: a ticket's life as a TOML file of steps, read and checked before anything is played.

    title = "A first ticket"

    [[step]]
    note = "Alice chooses a topic."                       # told while it is played
    click = { as = "alice", custom_id = "General support" }
    save = { form = "answer.interaction" }                # a value for later steps

    [[step]]
    modal = { as = "alice", interaction = "{form}", values = { subject = "Refunds" } }

    [[step]]
    expect = "state.channels[name=alice].messages[-1]"    # a path, see scenario_path.py
    contains = "14 days"
    within_s = 20

A step has at most one call of the sandbox's control API, by its name with its fields (those of
INTERFACES: message, edit, delete, click, select, modal, command, autocomplete, admin, clock,
faults, gateway; state, visible, requests to look), and at most one `expect`: a path into the
`state` or into the last call's `answer`. What the path finds must

- `is`: be equal to this value (one of what is found is enough),
- `contains`: have this text, or each text of this list, somewhere inside,
- `lacks`: have this text, or each of this list, nowhere inside,
- `count`: be so many,

or just be there when none of these is given. It may take `within_s` seconds (10) to become so, and
with `for_s` it must stay so for that long. `refused = 50013` says that the call is expected to
fail with this code of Discord's. `{name}` stands for a saved value in every text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, Final

from ogma.cli.scenario_path import Path
from ogma.cli.scenario_path import parse as parse_path
from ogma.errors import NotFound, UsageError
from ogma.settings.lines import line_numbers

LOOKS: Final = frozenset({"state", "visible", "requests"})
ACTS: Final = frozenset(
    (
        *("message", "edit", "delete", "click", "select", "modal", "command", "autocomplete"),
        *("admin", "clock", "faults", "gateway"),
    )
)
_CONDITIONS: Final = frozenset({"is", "contains", "lacks", "count"})
_REST: Final = frozenset({"note", "save", "expect", "within_s", "for_s", "refused"})
_NAME: Final = re.compile(r"\{([a-z_]+)\}")
WITHIN_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Step:
    """One step. Texts still hold the `{names}` of saved values."""

    number: int
    line: int
    note: str = ""
    call: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    refused: int | None = None
    expect: str | None = None
    conditions: Mapping[str, Any] = field(default_factory=dict)
    within_s: float = WITHIN_S
    for_s: float = 0.0
    save: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """For messages."""
        return f"step {self.number} (line {self.line})"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole file."""

    title: str
    steps: tuple[Step, ...]


def load(file: FilePath) -> Scenario:
    """Read a scenario. Raises NotFound for no file, UsageError with file, line and fault."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as missing:
        raise NotFound(f"There is no scenario {file}.") from missing
    except (OSError, UnicodeDecodeError) as failed:
        raise UsageError(f"Cannot read the scenario {file}: {failed}.") from failed
    return read(text, str(file))


def read(text: str, name: str) -> Scenario:
    """The scenario in a TOML text; `name` is the file's, for messages. Raises UsageError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise UsageError(f"The scenario {name} is not valid TOML: {wrong}.") from wrong
    extra = sorted(data.keys() - {"title", "step"})
    if extra:
        raise UsageError(f"{name}: '{extra[0]}' is unknown; a scenario has title and [[step]].")
    written = data.get("step")
    if not isinstance(written, list) or not written:
        raise UsageError(f"{name} has no steps; each one is a [[step]] table.")
    lines = line_numbers(text)
    steps: list[Step] = []
    saved: set[str] = set()
    for index, table in enumerate(written):
        line = lines.get(("step", index), 0)
        try:
            step = _step(index + 1, line, table)
            _check_names(step, saved)
        except ValueError as wrong:
            raise UsageError(f"{name}, line {line}, step {index + 1}: {wrong}.") from wrong
        saved |= set(step.save)
        steps.append(step)
    return Scenario(str(data.get("title") or name), tuple(steps))


def _step(number: int, line: int, table: Mapping[str, Any]) -> Step:
    unknown = sorted(table.keys() - ACTS - LOOKS - _CONDITIONS - _REST)
    if unknown:
        raise ValueError(f"'{unknown[0]}' is unknown")
    calls = sorted(table.keys() & (ACTS | LOOKS))
    if len(calls) > 1:
        raise ValueError(f"it calls {' and '.join(calls)}; make each a step of its own")
    fields = table[calls[0]] if calls else {}
    conditions = {key: table[key] for key in sorted(_CONDITIONS & table.keys())}
    if conditions and "expect" not in table:
        raise ValueError(f"'{next(iter(conditions))}' needs an 'expect' with a path")
    if not isinstance(fields, dict):
        raise ValueError(f"'{calls[0]}' is a table of the call's fields")
    if "refused" in table and not calls:
        raise ValueError("'refused' needs a call")
    return Step(
        number=number,
        line=line,
        note=_typed(table, "note", str, ""),
        call=calls[0] if calls else None,
        fields=fields,
        refused=_typed(table, "refused", int, None),
        expect=_typed(table, "expect", str, None),
        conditions=conditions,
        within_s=float(_typed(table, "within_s", (int, float), WITHIN_S)),
        for_s=float(_typed(table, "for_s", (int, float), 0)),
        save=_typed(table, "save", dict, {}),
    )


def _typed(table: Mapping[str, Any], key: str, kind: Any, default: Any) -> Any:
    value = table.get(key, default)
    if key in table and (not isinstance(value, kind) or isinstance(value, bool)):
        raise ValueError(f"'{key}' cannot be {value!r}")
    return value


def _check_names(step: Step, saved: set[str]) -> None:
    """Every path can be read, and every `{name}` has been saved by then."""
    for text in (step.expect, *step.save.values()):
        if text is not None:
            parse_path(_NAME.sub("x", str(text)))
    before = _names([step.fields, step.expect, step.conditions])
    missing = sorted((before - saved) | (_names(dict(step.save)) - saved))
    if missing:
        raise ValueError(f"{{{missing[0]}}} is used, but no step before it saves that")


def _names(value: Any) -> set[str]:
    if isinstance(value, str):
        return set(_NAME.findall(value))
    inner = value.values() if isinstance(value, Mapping) else value
    return set().union(*map(_names, inner)) if isinstance(value, Mapping | list) else set()


def filled(value: Any, saved: Mapping[str, Any]) -> Any:
    """The value with every `{name}` replaced; one that stands alone keeps its type."""
    if isinstance(value, str):
        alone = _NAME.fullmatch(value)
        if alone:
            return saved[alone[1]]
        return _NAME.sub(lambda found: str(saved[found[1]]), value)
    if isinstance(value, Mapping):
        return {key: filled(one, saved) for key, one in value.items()}
    return [filled(one, saved) for one in value] if isinstance(value, list) else value


def path(text: str, saved: Mapping[str, Any]) -> Path:
    """A path of a step, with saved values filled in."""
    return parse_path(str(filled(text, saved)))

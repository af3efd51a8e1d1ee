"""What one key alone cannot tell about tools that are asked for live facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ogma.domain.automation import REGEX, fault_of
from ogma.domain.tool_policies import ArgumentPolicy, ToolPolicy
from ogma.settings import automation
from ogma.settings.lines import Path
from ogma.settings.problems import Problem


def problems(tables: Mapping[str, Any]) -> Iterator[Problem]:
    """Faults of the tools between the valid tables given."""
    tools: tuple[ToolPolicy, ...] = tables.get("tools", ())
    yield from automation.twice("tools", [tool.id for tool in tools])
    if "network" in tables:
        yield from automation.encrypted("tools", tools, tables["network"])
    for number, tool in enumerate(tools):
        place: Path = ("tools", number)
        if "types" in tables:
            name = f"tools.{tool.id}"
            yield from automation.unknown_types(
                (*place, "types"), name, tool.types, tables["types"]
            )
        fault = fault_of(tool.match)
        if fault is not None:
            words = f"tools.{tool.id}.match is no regular expression: {fault}"
            yield Problem((*place, "match"), words)
        yield from _arguments((*place, "arguments"), tool)


def _arguments(place: Path, tool: ToolPolicy) -> Iterator[Problem]:
    known: set[str] = set()
    for index, argument in enumerate(tool.arguments):
        name = f"tools.{tool.id}.arguments.{argument.name}"
        if argument.name in known:
            yield Problem((*place, index, "name"), f"{name} is given twice")
        known.add(argument.name)
        for key, fault in _argument(argument):
            yield Problem((*place, index, key), f"{name}.{key} {fault}")


def _argument(argument: ArgumentPolicy) -> Iterator[tuple[str, str]]:
    """(key, what is wrong with it)"""
    fault = fault_of(f"{REGEX}{argument.pattern}")
    if fault is not None:
        yield "pattern", f"is no regular expression: {fault}"
    if argument.type == "boolean" and argument.enum:
        yield "enum", "has no use with a boolean, which says whether the pattern is found"
    if argument.type == "integer" and not all(
        re.fullmatch(r"-?\d{1,15}", x) for x in argument.enum
    ):
        yield "enum", "has an entry that is no whole number"

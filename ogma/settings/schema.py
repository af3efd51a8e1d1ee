"""What config.toml may hold, read off the policies: known keys, defaults, allowed values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ogma.domain.policies import Settings
from ogma.settings.lines import Path

Schema = Mapping[str, Any]


def known_keys(path: Path) -> tuple[str, ...]:
    """The keys of the table at this place, in the order of the policies; () if it has any."""
    node = node_at(path)
    return tuple(node.get("properties", ())) if node else ()


def allowed(path: Path) -> str:
    """What the value at this place may be, in words; "" for a place that does not exist."""
    node = node_at(path)
    return _describe(node) if node else ""


def node_at(path: Path) -> Schema | None:
    """The JSON schema of this place, None where there is none."""
    node: Schema | None = _root()
    for step in path:
        if node is None:
            return None
        node = _child(node, step)
    return node


def _child(node: Schema, step: str | int) -> Schema | None:
    if isinstance(step, int):
        return _resolved(node.get("items"))
    found = node.get("properties", {}).get(step)
    if found is None and isinstance(node.get("additionalProperties"), dict):
        found = node["additionalProperties"]
    return _resolved(found)


@cache
def _root() -> Schema:
    return Settings.model_json_schema()


def _resolved(node: Schema | None) -> Schema | None:
    """The schema itself in place of a reference to it; words beside the reference stay."""
    if node is None or "$ref" not in node:
        return node
    target: Schema = _root()["$defs"][node["$ref"].rsplit("/", 1)[-1]]
    beside = {key: value for key, value in node.items() if key != "$ref"}
    return {**target, **beside} if "enum" in target else target


def _describe(node: Schema) -> str:
    kind = node.get("type")
    if kind == "object":
        return "a table"
    if kind == "array":
        return f"a list, each entry {_describe(_resolved(node.get('items')) or {})}"
    if "enum" in node:
        return "one of " + ", ".join(f'"{choice}"' for choice in node["enum"])
    if "description" in node:
        return str(node["description"])
    if kind == "boolean":
        return "true or false"
    if kind == "integer":
        return "a whole number" + _bounds(node)
    if kind == "number":
        return "a number" + _bounds(node)
    return "text in quotes" + _length(node)


def _bounds(node: Schema) -> str:
    low, above, high = (node.get(key) for key in ("minimum", "exclusiveMinimum", "maximum"))
    if low is not None and high is not None:
        return f" from {low:.10g} to {high:.10g}"
    if above is not None and high is not None:
        return f" above {above:.10g}, at most {high:.10g}"
    return ""


def _length(node: Schema) -> str:
    low, high = node.get("minLength", 0), node.get("maxLength")
    if high is not None:
        return f", {low} to {high} characters" if low else f", at most {high} characters"
    return ", not empty" if low else ""

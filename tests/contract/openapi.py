"""Discord's own OpenAPI description as one JSON Schema validator per operation.

The file is not part of the project: OGMA_DISCORD_OPENAPI names it, else it is looked for beside the
checkout, in shared/discord/openapi.json. Without it, only the limits in `limits.py` are checked.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource

ROOT: Final = Path(__file__).parents[2]
DOCUMENT: Final = "urn:discord"
SNOWFLAKE: Final = {
    "oneOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string", "pattern": "^(0|[1-9][0-9]*)$"},
    ]
}
PERMISSIONS: Final = frozenset({"allow", "deny", "permissions", "default_member_permissions"})
_COMMAND_EXTRAS = frozenset({"default_permission", "nsfw"})
TOLERATED: Final[Mapping[str, frozenset[str]]] = {
    "ApplicationCommandUpdateRequest": _COMMAND_EXTRAS,
    "ApplicationCommandCreateRequest": _COMMAND_EXTRAS,
    "ApplicationCommandPatchRequestPartial": _COMMAND_EXTRAS,
    "IncomingWebhookUpdateRequestPartial": frozenset({"tts"}),
}
"""Fields that disnake sends and Discord ignores."""


def description_file() -> Path | None:
    """Where Discord's description is on this machine, if it is."""
    named = os.environ.get("OGMA_DISCORD_OPENAPI")
    path = Path(named) if named else ROOT.parent / "shared" / "discord" / "openapi.json"
    return path if path.is_file() else None


def schema_violations(method: str, path: str, body: Any) -> list[str]:
    """What Discord's description says against the request; nothing where there is no file."""
    if description_file() is None:
        return []
    found = _operation(method.upper(), path)
    if found is None:
        return [f"{method} {path} is not part of Discord's API"]
    template, operation = found
    request = operation.get("requestBody")
    if request is None:
        return [] if body in (None, {}) else [f"{method} {template} takes no body"]
    if body is None:
        return [f"{method} {template} needs a body"] if request.get("required") else []
    validator = _validator(method.upper(), template)
    if validator is None:
        return []
    return [_sentence(error) for error in validator.iter_errors(body)]


def _sentence(error: Any) -> str:
    """The innermost reason, with its place; a union alone would only say 'none of these'."""
    deepest = error
    while deepest.context:
        deepest = best_match(_meant(deepest.context))
    place = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in deepest.absolute_path
    )
    return f"body{place}: {deepest.message}"[:500]


def _meant(context: list[Any]) -> list[Any]:
    """The errors of the member of a union that the object's own `type` points to, if one does."""
    members: dict[Any, list[Any]] = {}
    for error in context:
        members.setdefault(error.relative_schema_path[0], []).append(error)
    for errors in members.values():
        if not any(list(error.relative_path) == ["type"] for error in errors):
            return errors
    return context


@cache
def _document() -> dict[str, Any]:
    path = description_file()
    assert path is not None
    document: dict[str, Any] = json.loads(path.read_bytes())
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        _tighten(schema, TOLERATED.get(name, frozenset()))
    _tighten(document["paths"])
    schemas["SnowflakeType"] = SNOWFLAKE
    return document


def _tighten(schema: Any, tolerated: frozenset[str] = frozenset()) -> None:
    """Unknown fields are refused; permission bits may come as digits, as the API itself shows."""
    if isinstance(schema, list):
        for one in schema:
            _tighten(one)
    elif isinstance(schema, dict):
        for one in schema.values():
            _tighten(one)
        properties = schema.get("properties")
        if isinstance(properties, dict) and "type" in schema and "allOf" not in schema:
            for name in PERMISSIONS & properties.keys():
                properties[name] = {"oneOf": [*SNOWFLAKE["oneOf"], {"type": "null"}]}
            properties.update(dict.fromkeys(tolerated, True))
            schema.setdefault("additionalProperties", False)


@cache
def _registry() -> Any:
    resource = Resource.from_contents(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", **_document()}
    )
    return Registry().with_resource(DOCUMENT, resource)


@cache
def _routes() -> list[tuple[re.Pattern[str], str]]:
    """(pattern, template), literal paths before those with parameters in the same place."""
    routes = []
    for template in sorted(_document()["paths"], key=lambda path: (path.count("{"), path)):
        parts = re.split(r"\{(\w+)\}", template)
        pattern = "".join(
            re.escape(part) if index % 2 == 0 else _parameter(part)
            for index, part in enumerate(parts)
        )
        routes.append((re.compile(pattern), template))
    return routes


def _parameter(name: str) -> str:
    return r"\d+" if name.endswith("_id") and name != "message_id" else r"[^/]+"


def _operation(method: str, path: str) -> tuple[str, dict[str, Any]] | None:
    for pattern, template in _routes():
        operation = _document()["paths"][template].get(method.lower())
        if operation is not None and pattern.fullmatch(path):
            return template, operation
    return None


@cache
def _validator(method: str, template: str) -> Draft202012Validator | None:
    content = _document()["paths"][template][method.lower()]["requestBody"]["content"]
    if "application/json" not in content:
        return None
    pointer = "/".join(
        part.replace("~", "~0").replace("/", "~1")
        for part in ("paths", template, method.lower(), "requestBody", "content")
    )
    reference = f"{DOCUMENT}#/{pointer}/application~1json/schema".replace("{", "%7B")
    return Draft202012Validator({"$ref": reference.replace("}", "%7D")}, registry=_registry())

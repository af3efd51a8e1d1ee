"""Holds requests of the bot against what Discord accepts. Used by every test that has a bot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.contract.limits import limit_violations
from tests.contract.openapi import schema_violations

Body = Mapping[str, Any] | list[Any] | None
_PREFIX = re.compile(r"^(?:https?://[^/]+)?(?:/api)?(?:/v\d+)?(?=/)")


def violations(method: str, path: str, body: Body, files: int = 0) -> list[str]:
    """One sentence per fault of this request; empty when Discord would take it.

    `path` with or without `/api/v10`; `body` is the JSON body, or the `payload_json` of a request
    that carries `files`.
    """
    route = _PREFIX.sub("", path.partition("?")[0]).rstrip("/")
    if isinstance(body, Mapping):
        body = dict(body)
    found = schema_violations(method, route, body)
    found += limit_violations(method, route, body, files)
    return list(dict.fromkeys(found))


def broken(requests: Iterable[Mapping[str, Any]]) -> list[str]:
    """The faults in the sandbox's request log, each with its request in front."""
    return [
        f"{entry['method']} {entry['path']}: {fault}"
        for entry in requests
        for fault in violations(
            entry["method"], entry["path"], entry.get("body"), len(entry.get("files") or ())
        )
    ]

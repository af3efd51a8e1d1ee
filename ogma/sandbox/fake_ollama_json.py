"""JSON, times and errors as a Go server writes them."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web

NDJSON: Final = "application/x-ndjson"
_ESCAPED: Final = {
    ord("<"): "\\u003c",
    ord(">"): "\\u003e",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}
"""Go escapes these, and leaves U+0085 alone."""


def go_json(value: Any) -> bytes:
    """Compact JSON with Go's escapes. Absent optional fields are left out by the caller."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED).encode()


def go_time(at: float | None = None) -> str:
    """RFC 3339 with nanoseconds."""
    nanos = time.time_ns() if at is None else int(at * 1_000_000_000)
    whole = datetime.fromtimestamp(nanos // 1_000_000_000, UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{nanos % 1_000_000_000:09d}Z"


def reply(value: Any, status: int = 200) -> web.Response:
    """One JSON document."""
    return web.Response(
        body=go_json(value), status=status, content_type="application/json", charset="utf-8"
    )


def refusal(status: int, error: str) -> web.Response:
    """An error as Ollama words it."""
    return reply({"error": error}, status)

"""How replies leave the fake Ollama: whole, in lines, late, broken off, or as another server's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

from aiohttp import web

from ogma.sandbox.fake_ollama_json import NDJSON, go_json, refusal

Rule = Mapping[str, Any]
_HTML: Final = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
_RUNNER: Final = "an error was encountered while running the model: unexpected EOF"
_SERVED: Final = "model runner has unexpectedly stopped, this may be due to resource limitations"


async def _status(_: web.Request, rule: Rule) -> web.StreamResponse:
    body = rule.get("body", {"error": "scripted"})
    status = rule.get("status", 500)
    if isinstance(body, str):
        kind = "text/html" if body.lstrip().startswith("<") else "text/plain"
        return web.Response(text=body, status=status, content_type=kind)
    return web.Response(body=go_json(body), status=status, content_type="application/json")


async def _html(_: web.Request, rule: Rule) -> web.StreamResponse:
    return web.Response(text=_HTML, status=rule.get("status", 200), content_type="text/html")


async def _empty(_: web.Request, rule: Rule) -> web.StreamResponse:
    return web.Response(status=rule.get("status", 200), content_type="application/json")


async def _list(_: web.Request, rule: Rule) -> web.StreamResponse:
    body = go_json(["not", "an", "object"])
    status = rule.get("status", 500)
    return web.Response(body=body, status=status, content_type="application/json")


async def _missing_field(_: web.Request, rule: Rule) -> web.StreamResponse:
    body = go_json({"model": "m", "done": True, "done_reason": "stop"})
    return web.Response(body=body, content_type="application/json")


async def _not_json(_: web.Request, rule: Rule) -> web.StreamResponse:
    return web.Response(body=b'{"model": "m", "messa', content_type="application/json")


async def _drop(request: web.Request, rule: Rule) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _hang(_: web.Request, rule: Rule) -> web.StreamResponse:
    await asyncio.Event().wait()
    return web.Response()


async def _redirect(_: web.Request, rule: Rule) -> web.StreamResponse:
    return web.Response(status=307, headers={"Location": rule.get("location", "/elsewhere")})


INSTEAD: Final[dict[str, Callable[[web.Request, Rule], Awaitable[web.StreamResponse]]]] = {
    "status": _status,
    "html": _html,
    "empty": _empty,
    "list": _list,
    "missing_field": _missing_field,
    "not_json": _not_json,
    "drop": _drop,
    "hang": _hang,
    "redirect": _redirect,
}
"""Rules that answer in the place of the handler, on any path."""


async def send_lines(
    request: web.Request, lines: Iterable[Mapping[str, Any]], rule: Rule
) -> web.StreamResponse:
    """A stream of JSON lines, with the rule's delay between them and its break in the middle."""
    response = web.StreamResponse(headers={"Content-Type": NDJSON})
    await response.prepare(request)
    kind = rule.get("do")
    for number, line in enumerate(lines):
        if number == 1 and kind in _BREAKS:
            await response.write(_BREAKS[kind])
            if kind != "blank_line":
                return _ended(request, response, cut=kind == "cut")
        await response.write(go_json(line) + b"\n")
        await asyncio.sleep(rule.get("chunk_delay_s", 0))
    await response.write_eof()
    return response


_BREAKS: Final = {
    "midstream_error": go_json({"error": _RUNNER}) + b"\n",
    "blank_line": b"\n",
    "half_line": b'{"model":"m","creat\n',
    "garbage": b"\x00\xff\xfe not json\n",
    "cut": b'{"model":"m",',
}
"""What a rule puts after the first line of a stream."""


async def send_whole(
    request: web.Request, document: Mapping[str, Any], rule: Rule
) -> web.StreamResponse:
    """One document, or a broken one where the rule says so."""
    body = go_json(document)
    if rule.get("do") == "midstream_error":
        return refusal(500, _SERVED)
    response = web.StreamResponse(headers={"Content-Type": "application/json; charset=utf-8"})
    response.content_length = len(body)
    await response.prepare(request)
    if rule.get("do") == "cut":
        await response.write(body[: len(body) // 2])
        return _ended(request, response, cut=True)
    await response.write(body)
    await response.write_eof()
    return response


def _ended(request: web.Request, response: web.StreamResponse, *, cut: bool) -> web.StreamResponse:
    if cut and request.transport is not None:
        request.transport.abort()
    return response

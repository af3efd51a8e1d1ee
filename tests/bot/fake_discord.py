"""A server on loopback that answers as it is told, for tests of the HTTP client."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class FakeDiscord:
    """Answers each request by the next of `answers`, the last one for ever; keeps what came."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    created: int = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/users/@me":
            return reply({"id": "1", "username": "ogma", "discriminator": "0", "avatar": None})
        self.seen.append((request.method, request.path))
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        return await answer(request)


def reply(body: Any, status: int = 200, **headers: str) -> web.Response:
    """An answer as Discord gives it: JSON without a charset, through its gatekeeper."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Via": "1.1 fake", **named}
    return web.Response(body=content, status=status, headers=headers)


def always(body: Any, status: int = 200, **headers: str) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        return reply(body, status, **headers)

    return answer


async def resets(request: web.Request) -> web.StreamResponse:
    """The connection breaks before there is an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def breaks_in_the_body(request: web.Request) -> web.StreamResponse:
    """The headers say done, then the connection breaks."""
    response = web.StreamResponse(
        headers={"Content-Type": "application/json", "Content-Length": "100"}
    )
    await response.prepare(request)
    await response.write(b'{"id":')
    assert request.transport is not None
    request.transport.abort()
    return response

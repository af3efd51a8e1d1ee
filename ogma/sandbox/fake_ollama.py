"""A fake Ollama: a real server on loopback that answers as Ollama does, or fails as scripted.

It knows nothing of the bot. By default it answers a prompt by quoting the passage that the
question is about, so that a whole bot can be tried without a model.

`POST /control/script` takes a rule or a list of rules, `DELETE` forgets them. A rule is
`{"do", "path": "/api/chat", "times": 1, "contains": "", "delay_s": 0, "chunk_delay_s": 0, ...}`;
`times` null means for ever; rules for /api/chat leave preloading alone unless `preload` is true.
`do` is "normal" (only the delays count), "reply" (with `content`, `thinking`, `done_reason`,
`prompt_eval_count`), one of `fake_ollama_wire` (status, html, empty, list, missing_field,
not_json, drop, hang, redirect, midstream_error, blank_line, half_line, garbage, cut) or of
`fake_ollama_replies` (no_done, repeat, invalid_json, fenced_json, truncated, thinking_only, nel,
empty_content).

`GET /control/requests?since=N` gives `[{"n", "at", "method", "path", "body", "status", "left"}]`;
`left` says that the client went away before the reply. `POST /control/state` takes
`{"load_delay_s", "unload": true, "models": [{"name", "thinking", "policy", "digest",
"context_length"}]}` and gives what is loaded.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from ogma.sandbox import fake_ollama_api as api
from ogma.sandbox.fake_ollama_json import refusal, reply
from ogma.sandbox.fake_ollama_state import STATE, Model, State
from ogma.sandbox.fake_ollama_wire import INSTEAD

DEFAULT_MODEL: Final = "gemma4:e4b"
_LARGEST_REQUEST: Final = 64 * 2**20
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(models: Sequence[str] = (DEFAULT_MODEL,)) -> web.Application:
    """The app, with these models installed."""
    app = web.Application(middlewares=[_record, _play], client_max_size=_LARGEST_REQUEST)
    app[STATE] = State(models={name: Model(name) for name in models})
    app.router.add_get("/", api.root)
    app.router.add_get("/api/version", api.version)
    app.router.add_get("/api/tags", api.tags)
    app.router.add_get("/api/ps", api.running)
    app.router.add_post("/api/show", api.show)
    app.router.add_post("/api/chat", api.chat)
    app.router.add_post("/api/embed", api.embed)
    app.router.add_post("/api/pull", api.pull)
    app.router.add_post("/control/script", _script)
    app.router.add_delete("/control/script", _forget)
    app.router.add_get("/control/requests", _requests)
    app.router.add_post("/control/state", _set_state)
    return app


@dataclass(frozen=True, slots=True)
class FakeOllama:
    """A running fake, for tests in the same process."""

    url: str
    state: State

    def script(self, do: str, **rule: Any) -> None:
        """Add a rule."""
        self.state.rules.append({"do": do, **rule})

    def asked(self, path: str = "/api/chat") -> list[dict[str, Any]]:
        """The bodies of the requests to this path, in order, preloads left out."""
        bodies = [one["body"] for one in self.state.requests if one["path"] == path]
        return [body for body in bodies if path != "/api/chat" or body.get("messages")]


@asynccontextmanager
async def running(
    port: int = 0, models: Sequence[str] = (DEFAULT_MODEL,)
) -> AsyncIterator[FakeOllama]:
    """Serve on 127.0.0.1 while the block runs; port 0 takes a free one."""
    app = application(models)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield FakeOllama(f"http://127.0.0.1:{runner.addresses[0][1]}", app[STATE])
    finally:
        await runner.cleanup()


async def serve(port: int, models: Sequence[str] = (DEFAULT_MODEL,)) -> None:
    """Serve on 127.0.0.1 until cancelled."""
    async with running(port, models):
        await asyncio.Event().wait()


@web.middleware
async def _record(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Keep every request of the API, with what became of it."""
    if not request.path.startswith("/api/"):
        return await handler(request)
    entry = {
        "n": len(request.app[STATE].requests) + 1,
        "at": time.time(),
        "method": request.method,
        "path": request.path,
        "body": _decoded(await request.read()),
        "status": None,
        "left": False,
    }
    request.app[STATE].requests.append(entry)
    try:
        response = await handler(request)
    except asyncio.CancelledError:
        entry["left"] = True
        raise
    except web.HTTPException as error:
        entry["status"] = error.status
        raise
    entry["status"] = response.status
    return response


@web.middleware
async def _play(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Let the first matching rule act before, or instead of, the handler."""
    if not request.path.startswith("/api/"):
        return await handler(request)
    raw = (await request.read()).decode("utf-8", "replace")
    body = _decoded(raw.encode())
    preload = request.path == "/api/chat" and not (isinstance(body, dict) and body.get("messages"))
    rule = request.app[STATE].rule_for(request.path, raw, preload=preload)
    if rule is None:
        return await handler(request)
    await asyncio.sleep(rule.get("delay_s", 0))
    if rule["do"] in INSTEAD:
        return await INSTEAD[rule["do"]](request, rule)
    request[api.RULE] = rule
    return await handler(request)


def _decoded(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return raw.decode("utf-8", "replace")


async def _script(request: web.Request) -> web.Response:
    given = await request.json()
    rules = given if isinstance(given, list) else [given]
    if not all(isinstance(rule, dict) and isinstance(rule.get("do"), str) for rule in rules):
        return refusal(400, 'a rule is an object with "do"')
    request.app[STATE].rules += rules
    return reply({"rules": len(request.app[STATE].rules)})


async def _forget(request: web.Request) -> web.Response:
    request.app[STATE].rules.clear()
    return reply({"rules": 0})


async def _requests(request: web.Request) -> web.Response:
    since = int(request.query.get("since", "0"))
    return reply([one for one in request.app[STATE].requests if one["n"] > since])


async def _set_state(request: web.Request) -> web.Response:
    state, given = request.app[STATE], await request.json()
    if "load_delay_s" in given:
        state.load_delay_s = float(given["load_delay_s"])
    if given.get("unload"):
        state.loaded.clear()
    if "models" in given:
        state.models = {one["name"]: Model(**one) for one in given["models"]}
    return reply({"models": list(state.models), "loaded": list(state.in_memory())})

"""The control API: act as a person, look, move the time, break things."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from aiohttp import web
from simcord.backend.errors import BackendError, SetupError
from simcord.backend.models import Interaction

from ogma.sandbox import state
from ogma.sandbox.admin import Admin
from ogma.sandbox.call import form_error
from ogma.sandbox.clock import rfc3339
from ogma.sandbox.faults import Faults
from ogma.sandbox.gateway import Gateway
from ogma.sandbox.interactions import Interactions
from ogma.sandbox.people import People
from ogma.sandbox.requestlog import RequestLog
from ogma.sandbox.world import World

WAIT_S: Final = 5.0
"""How long a call waits for the bot unless it says otherwise."""
Fields = Mapping[str, Any]
Handler = Callable[[Fields], Awaitable[Any]]


class Control:
    """The calls under /control, each a coroutine from its fields to JSON."""

    def __init__(self, world: World, gateway: Gateway, log: RequestLog, faults: Faults) -> None:
        self._world = world
        self._gateway = gateway
        self._log = log
        self._faults = faults
        self._people = People(world)
        self._interactions = Interactions(world, self._people)
        self._admin = Admin(world, self._people)

    def routes(self) -> list[web.RouteDef]:
        """The routes of the control API."""
        posts: dict[str, Handler] = {
            "message": self.message,
            "edit": self.edit,
            "delete": self.delete,
            "click": self.click,
            "select": self.select,
            "modal": self.modal,
            "command": self.command,
            "autocomplete": self.autocomplete,
            "admin": self.admin,
            "clock": self.clock,
            "faults": self.faults,
            "gateway": self.gateway,
        }
        gets: dict[str, Handler] = {
            "state": self.state,
            "visible": self.visible,
            "requests": self.requests,
            "faults": self.list_faults,
        }
        return [
            *(web.post(f"/control/{name}", _answering(call)) for name, call in posts.items()),
            *(web.get(f"/control/{name}", _answering(call)) for name, call in gets.items()),
            web.delete("/control/faults", _answering(self.clear_faults)),
        ]

    # --- looking ---

    async def state(self, fields: Fields) -> dict[str, Any]:
        """GET state."""
        await self._settle(fields)
        return state.whole(self._world, self._gateway)

    async def visible(self, fields: Fields) -> list[dict[str, Any]]:
        """GET visible?as=NAME."""
        await self._settle(fields)
        return state.visible(self._world, self._people, self._people.member(fields.get("as")))

    async def requests(self, fields: Fields) -> list[dict[str, Any]]:
        """GET requests?since=N: what came after request N."""
        await self._settle(fields)
        return self._log.since(int(fields.get("since", 0)))

    # --- acting ---

    async def message(self, fields: Fields) -> dict[str, Any]:
        """POST message: the message as posted."""
        return await self._said(fields, self._people.say)

    async def edit(self, fields: Fields) -> dict[str, Any]:
        """POST edit: the message as edited."""
        return await self._said(fields, self._people.edit)

    async def delete(self, fields: Fields) -> dict[str, Any]:
        """POST delete: the message as it was."""
        return await self._said(fields, self._people.delete)

    async def _said(self, fields: Fields, act: Callable[[Fields], Any]) -> dict[str, Any]:
        started = time.monotonic()
        shown = state.message_json(self._world, act(fields))
        await self._settle(fields, since=started)
        return shown

    async def click(self, fields: Fields) -> dict[str, Any]:
        """POST click."""
        return await self._asked(fields, self._interactions.click)

    async def select(self, fields: Fields) -> dict[str, Any]:
        """POST select."""
        return await self._asked(fields, self._interactions.select)

    async def modal(self, fields: Fields) -> dict[str, Any]:
        """POST modal."""
        return await self._asked(fields, self._interactions.modal)

    async def command(self, fields: Fields) -> dict[str, Any]:
        """POST command."""
        return await self._asked(fields, self._interactions.command)

    async def autocomplete(self, fields: Fields) -> dict[str, Any]:
        """POST autocomplete."""
        return await self._asked(fields, self._interactions.autocomplete)

    async def _asked(self, fields: Fields, ask: Callable[[Fields], Interaction]) -> dict[str, Any]:
        started = time.monotonic()
        until = started + _wait(fields)
        record = ask(fields)
        acknowledged = await self._interactions.acknowledged(record, until)
        if acknowledged:
            await self._log.quiet(since=started, until=until)
        return state.answered(self._world, record, failed=acknowledged is False)

    # --- the world ---

    async def admin(self, fields: Fields) -> dict[str, Any]:
        """POST admin."""
        started = time.monotonic()
        done = self._admin.act(fields)
        await self._settle(fields, since=started)
        return done

    async def clock(self, fields: Fields) -> dict[str, Any]:
        """POST clock: move the time forward."""
        started = time.monotonic()
        try:
            self._world.clock.advance(float(fields.get("advance_s", 0)))
        except (TypeError, ValueError) as error:
            raise form_error("advance_s", "NUMBER_TYPE_MIN", str(error)) from error
        await self._settle(fields, since=started)
        return {"now": rfc3339(self._world.clock.now()), "ahead_s": self._world.clock.ahead_s}

    async def faults(self, fields: Fields) -> dict[str, Any]:
        """POST faults: the next matching requests fail."""
        fault = self._faults.add(fields)
        await self._settle(fields)
        return {"id": fault.id, "faults": self._faults.listed()}

    async def list_faults(self, fields: Fields) -> dict[str, Any]:
        """GET faults: those that still wait."""
        return {"faults": self._faults.listed()}

    async def clear_faults(self, fields: Fields) -> dict[str, Any]:
        """DELETE faults."""
        self._faults.clear()
        await self._settle(fields)
        return {"faults": []}

    async def gateway(self, fields: Fields) -> dict[str, Any]:
        """POST gateway: a bad day."""
        started = time.monotonic()
        done = self._gateway.misbehave(str(fields.get("do")), fields)
        await self._settle(fields, since=started)
        return done

    async def _settle(self, fields: Fields, *, since: float = float("-inf")) -> None:
        await self._log.quiet(since=since, until=time.monotonic() + _wait(fields))


def _wait(fields: Fields) -> float:
    try:
        return max(0.0, float(fields.get("wait_s", WAIT_S)))
    except (TypeError, ValueError) as error:
        raise form_error("wait_s", "NUMBER_TYPE_COERCE", str(error)) from error


def _answering(call: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The call as an HTTP handler: fields from body and query, errors as Discord's."""

    async def handle(request: web.Request) -> web.Response:
        try:
            fields: dict[str, Any] = dict(request.query)
            raw = await request.read()
            if raw:
                body = json.loads(raw)
                if not isinstance(body, dict):
                    raise form_error("_", "DICT_TYPE_CONVERT", "The body is a JSON object.")
                fields.update(body)
            return _json(200, await call(fields))
        except BackendError as error:
            return _json(error.status, _told(error))
        except (KeyError, SetupError, ValueError) as error:
            return _json(400, {"code": 50035, "message": f"Invalid Form Body: {error!r}"})

    return handle


def _told(error: BackendError) -> dict[str, Any]:
    """Discord's error with its details in the message too, for whoever reads only that."""
    payload: dict[str, Any] = error.to_json()
    details = "; ".join(_details(payload.get("errors") or {}))
    if details:
        payload["message"] += f": {details}"
    return payload


def _details(errors: Mapping[str, Any], path: str = "") -> list[str]:
    found = []
    for key, value in errors.items():
        if key == "_errors":
            found += [f"{path}: {entry['message']}" for entry in value]
        else:
            found += _details(value, f"{path}.{key}".strip("."))
    return found


def _json(status: int, payload: Any) -> web.Response:
    return web.Response(
        status=status, body=json.dumps(payload).encode(), content_type="application/json"
    )

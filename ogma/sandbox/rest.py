"""REST under /api/v10: who asks, what fails on purpose, what Discord refuses, what SimCord does."""

from __future__ import annotations

import io
import json
from typing import Any, Final
from urllib.parse import unquote

from aiohttp import BodyPartReader, web
from simcord.backend.errors import BackendError

from ogma.sandbox import (
    commands,
    rest_application,
    rest_channels,
    rest_interactions,
    rest_messages,
)
from ogma.sandbox.attachments import MAX_REQUEST
from ogma.sandbox.call import Call, Created, Routes, Upload, form_error
from ogma.sandbox.clock import rfc3339
from ogma.sandbox.faults import Fault, Faults, drop
from ogma.sandbox.requestlog import RequestLog
from ogma.sandbox.world import RateLimited, World

PREFIX: Final = "/api/v10"
_WITHOUT_TOKEN: Final = ("interactions", "webhooks")
_MAX_REASON: Final = 512


class Rest:
    """Answers the bot's requests and logs them."""

    def __init__(self, world: World, token: str, log: RequestLog, faults: Faults) -> None:
        self._world = world
        self._authorization = f"Bot {token}"
        self._log = log
        self._faults = faults
        self._routes = Routes(
            rest_channels.TABLE,
            rest_messages.TABLE,
            rest_interactions.TABLE,
            rest_application.TABLE,
            commands.TABLE,
        )

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Any method, any path below /api/v10."""
        call, refusal = await self._read(request)
        entry = self._log.begin(
            call.method,
            call.path,
            query=dict(call.query),
            body=call.body,
            files=[{"name": file.filename, "size": file.size} for file in call.files],
            reason=call.reason,
            at=rfc3339(self._world.clock.now()),
        )
        fault = self._faults.take(call.method, call.path)
        if fault is not None and not fault.after_effect:
            await fault.wait()
        if fault is not None and _fails(fault) and not fault.after_effect:
            status, payload = fault.status or 500, fault.body()
        else:
            status, payload = self._answer(request, call, refusal)
            if fault is not None and fault.after_effect:
                await fault.wait()
                if _fails(fault):
                    status, payload = fault.status or 500, fault.body()
        if fault is not None and fault.drop:
            self._log.end(entry, 0)
            drop(request)
            return web.Response(status=500)
        self._log.end(entry, status)
        return self._response(status, payload)

    async def _read(self, request: web.Request) -> tuple[Call, BackendError | None]:
        """The request as a call; a body that cannot be read is a refusal beside it."""
        reason = request.headers.get("X-Audit-Log-Reason")
        call = Call(
            world=self._world,
            method=request.method,
            path=request.path.removeprefix(PREFIX),
            query=dict(request.query),
            body=None,
            files=[],
            reason=unquote(reason) if reason else None,
        )
        try:
            call.body, call.files = await _read_body(request)
        except web.HTTPRequestEntityTooLarge:
            return call, BackendError(413, 40005, "Request entity too large")
        except ValueError:
            return call, BackendError(400, 50109, "The request body contains invalid JSON.")
        return call, None

    def _answer(
        self, request: web.Request, call: Call, refusal: BackendError | None
    ) -> tuple[int, Any]:
        try:
            self._check_token(request, call)
            if refusal is not None:
                raise refusal
            if call.reason is not None and len(call.reason) > _MAX_REASON:
                raise form_error(
                    "reason", "BASE_TYPE_MAX_LENGTH", "Must be 512 or fewer in length."
                )
            found = self._routes.find(call.method, call.path)
            if found is None:
                payload = call.forward()
            else:
                handler, call.args = found
                payload = handler(call)
        except RateLimited as error:
            return 429, {
                "message": error.message,
                "retry_after": error.retry_after,
                "global": False,
            }
        except BackendError as error:
            return error.status, error.to_json()
        if isinstance(payload, Created):
            return 201, payload.payload
        return (204, None) if payload is None else (200, payload)

    def _check_token(self, request: web.Request, call: Call) -> None:
        if call.path.split("/")[1] in _WITHOUT_TOKEN:
            return
        if request.headers.get("Authorization") != self._authorization:
            raise BackendError(401, 0, "401: Unauthorized")

    def _response(self, status: int, payload: Any) -> web.Response:
        headers = {"Date": self._world.clock.http_date(), "Via": "1.1 sandbox"}
        if status == 429:
            headers["Retry-After"] = str(payload["retry_after"])
            headers["X-RateLimit-Scope"] = "global" if payload["global"] else "user"
        if payload is None:
            return web.Response(status=status, headers=headers)
        # disnake parses a body only where the type is exactly this, without a charset.
        return web.Response(
            status=status,
            body=json.dumps(payload).encode(),
            content_type="application/json",
            headers=headers,
        )


def _fails(fault: Fault) -> bool:
    return fault.status is not None or fault.drop


async def _read_body(request: web.Request) -> tuple[Any, list[Upload]]:
    if request.content_type != "multipart/form-data":
        raw = await request.read()
        return (json.loads(raw) if raw else None), []
    payload: Any = None
    files: list[Upload] = []
    total = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        data = bytes(await part.read())
        total += len(data)
        if total > MAX_REQUEST:
            raise web.HTTPRequestEntityTooLarge(MAX_REQUEST, total)
        if part.name == "payload_json":
            payload = json.loads(data)
        elif part.filename is not None:
            files.append(Upload(part.filename, io.BytesIO(data), len(data)))
    _describe(payload, files)
    return payload, files


def _describe(payload: Any, files: list[Upload]) -> None:
    """Take over the descriptions, which the payload lists by the files' numbers."""
    body = payload if isinstance(payload, dict) else {}
    data = body.get("data")
    listed = (data if isinstance(data, dict) else body).get("attachments") or []
    for item in listed:
        number = str(item.get("id", ""))
        if number.isdigit() and int(number) < len(files):
            files[int(number)].description = item.get("description")

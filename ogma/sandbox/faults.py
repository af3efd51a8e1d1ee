"""Requests that fail on purpose, before or after they have taken effect."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final

from aiohttp import web

from ogma.sandbox.call import form_error

_MESSAGES: Final = {
    401: "401: Unauthorized",
    403: "Missing Permissions",
    404: "404: Not Found",
    429: "You are being rate limited.",
    500: "500: Internal Server Error",
    502: "502: Bad Gateway",
    503: "503: Service Unavailable",
    504: "504: Gateway Timeout",
}
_numbers = itertools.count(1)


@dataclass
class Fault:
    """What the next `times` requests that match meet. `status` None lets them succeed, late."""

    method: str
    route: str
    times: int = 1
    status: int | None = None
    code: int = 0
    message: str | None = None
    retry_after: float | None = None
    is_global: bool = False
    after_effect: bool = False
    delay_ms: int = 0
    drop: bool = False
    id: int = field(default_factory=lambda: next(_numbers))

    def matches(self, method: str, path: str) -> bool:
        """Whether a request meets this fault; each `*` in the route stands for one part."""
        if self.method not in ("*", method):
            return False
        pattern, parts = self.route.strip("/").split("/"), path.strip("/").split("/")
        if pattern[-1] == "**":
            pattern, parts = pattern[:-1], parts[: len(pattern) - 1]
        return len(pattern) == len(parts) and all(map(fnmatchcase, parts, pattern))

    async def wait(self) -> None:
        """Hold the request for the fault's delay."""
        if self.delay_ms:
            await asyncio.sleep(self.delay_ms / 1000)

    def body(self) -> dict[str, Any]:
        """The JSON that is answered."""
        status = self.status or 500
        text = self.message or _MESSAGES.get(status, f"{status}: Error")
        if status == 429:
            return {
                "message": text,
                "retry_after": 1.0 if self.retry_after is None else self.retry_after,
                "global": self.is_global,
                "code": self.code,
            }
        return {"message": text, "code": self.code}


def drop(request: web.Request) -> None:
    """Break the connection of a request without an answer."""
    if request.transport is not None:
        request.transport.abort()


class Faults:
    """The faults that wait for their requests."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fields: Mapping[str, Any]) -> Fault:
        """Set a fault from the fields of `POST /control/faults`; raises 50035."""
        known = {name: value for name, value in fields.items() if name not in ("wait_s", "global")}
        known["is_global"] = bool(fields.get("global", False))
        try:
            fault = Fault(**{**known, "method": str(known.get("method", "*")).upper()})
        except TypeError as error:
            raise form_error("route", "BASE_TYPE_REQUIRED", str(error)) from error
        if not fault.route.startswith("/"):
            raise form_error("route", "BASE_TYPE_BAD", "A route starts with a slash.")
        if fault.status is None and not fault.drop and not fault.delay_ms:
            raise form_error("status", "BASE_TYPE_REQUIRED", "Give a status, a drop or a delay.")
        if fault.times < 1:
            raise form_error("times", "NUMBER_TYPE_MIN", "times must be 1 or more.")
        self._waiting.append(fault)
        return fault

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets, used up once."""
        for fault in self._waiting:
            if fault.matches(method, path):
                fault.times -= 1
                if fault.times == 0:
                    self._waiting.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """Forget every fault that has not struck."""
        self._waiting.clear()

    def listed(self) -> list[dict[str, Any]]:
        """The faults that still wait."""
        return [asdict(fault) for fault in self._waiting]

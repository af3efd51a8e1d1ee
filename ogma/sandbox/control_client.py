"""Clients of the control API, for scenarios, the command line and tests.

`ControlClient` blocks (urllib), `AsyncControlClient` awaits (aiohttp); both have the same calls.
"""

from __future__ import annotations

import abc
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Awaitable, Mapping
from typing import Any, Generic, TypeVar

import aiohttp

R = TypeVar("R")
_SLACK_S = 30.0
"""How much longer than `wait_s` an answer may take before the server counts as gone."""


class ControlError(Exception):
    """The sandbox refused a call: Discord's status, code and message (status 0: no answer)."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(f"{status} (error code {code}): {message}")
        self.status = status
        self.code = code
        self.message = message


class _Calls(abc.ABC, Generic[R]):
    """The calls; `R` is the JSON of the answer or an awaitable of it."""

    @abc.abstractmethod
    def request(self, method: str, name: str, fields: Mapping[str, Any]) -> R:
        """Any call by its name, as in INTERFACES: raises ControlError."""

    def state(self, **fields: Any) -> R:
        """Everything: channels with messages, members, DMs, deleted channels."""
        return self.request("GET", "state", fields)

    def visible(self, who: str, **fields: Any) -> R:
        """The channels that this member sees."""
        return self.request("GET", "visible", {"as": who, **fields})

    def requests(self, since: int = 0, **fields: Any) -> R:
        """The bot's requests after number `since`."""
        return self.request("GET", "requests", {"since": since, **fields})

    def message(self, who: str, channel: str, content: str = "", **fields: Any) -> R:
        """Say something; `files` and `reply_to` as in the API."""
        said = {"as": who, "channel": channel, "content": content, **fields}
        return self.request("POST", "message", said)

    def edit(self, who: str, message: str, content: str, **fields: Any) -> R:
        """Edit one's own message."""
        changed = {"as": who, "message": message, "content": content, **fields}
        return self.request("POST", "edit", changed)

    def delete(self, who: str, message: str, **fields: Any) -> R:
        """Delete a message."""
        return self.request("POST", "delete", {"as": who, "message": message, **fields})

    def click(self, who: str, custom_id: str, message: str | None = None, **fields: Any) -> R:
        """Press a button, by custom_id or label; the newest message that has it by default."""
        pressed = {"as": who, "custom_id": custom_id, **_given(message=message), **fields}
        return self.request("POST", "click", pressed)

    def select(
        self,
        who: str,
        custom_id: str,
        values: list[str],
        message: str | None = None,
        **fields: Any,
    ) -> R:
        """Choose in a select menu."""
        chosen = {"as": who, "custom_id": custom_id, "values": values, **_given(message=message)}
        return self.request("POST", "select", {**chosen, **fields})

    def modal(self, who: str, interaction: str, values: Mapping[str, Any], **fields: Any) -> R:
        """Submit the modal that `interaction` was answered with."""
        filled = {"as": who, "interaction": interaction, "values": dict(values), **fields}
        return self.request("POST", "modal", filled)

    def command(
        self,
        who: str,
        channel: str,
        name: str,
        options: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> R:
        """Use a slash command."""
        used = {"as": who, "channel": channel, "name": name, "options": dict(options or {})}
        return self.request("POST", "command", {**used, **fields})

    def autocomplete(
        self, who: str, channel: str, name: str, options: Mapping[str, Any], **fields: Any
    ) -> R:
        """Type in an option that completes itself."""
        typed = {"as": who, "channel": channel, "name": name, "options": dict(options), **fields}
        return self.request("POST", "autocomplete", typed)

    def admin(self, do: str, **fields: Any) -> R:
        """What an administrator does by hand."""
        return self.request("POST", "admin", {"do": do, **fields})

    def clock(self, advance_s: float, **fields: Any) -> R:
        """Move the sandbox's time forward."""
        return self.request("POST", "clock", {"advance_s": advance_s, **fields})

    def faults(self, method: str, route: str, **fields: Any) -> R:
        """Let the next matching requests fail."""
        return self.request("POST", "faults", {"method": method, "route": route, **fields})

    def clear_faults(self, **fields: Any) -> R:
        """Forget the faults that have not struck."""
        return self.request("DELETE", "faults", fields)

    def gateway(self, do: str, **fields: Any) -> R:
        """What a gateway does on bad days."""
        return self.request("POST", "gateway", {"do": do, **fields})


class ControlClient(_Calls[Any]):
    """The calls, blocking. `url` is the `control` of the ready line."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def request(self, method: str, name: str, fields: Mapping[str, Any]) -> Any:
        """Send one call and wait for its answer; raises ControlError."""
        url, body = _encoded(self._url, method, name, fields)
        asked = urllib.request.Request(url, data=body, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(asked, timeout=_timeout(fields)) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise _refused(error.code, error.read()) from error
        except OSError as error:
            raise _gone(self._url, error) from error


class AsyncControlClient(_Calls[Awaitable[Any]]):
    """The calls, awaited. Close it, or use it with `async with`."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._session = aiohttp.ClientSession()

    async def request(self, method: str, name: str, fields: Mapping[str, Any]) -> Any:
        """Send one call and wait for its answer; raises ControlError."""
        url, body = _encoded(self._url, method, name, fields)
        timeout = aiohttp.ClientTimeout(total=_timeout(fields))
        try:
            async with self._session.request(method, url, data=body, timeout=timeout) as answer:
                raw = await answer.read()
                if answer.status >= 400:
                    raise _refused(answer.status, raw)
                return json.loads(raw)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _gone(self._url, error) from error

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def __aenter__(self) -> AsyncControlClient:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()


def _given(**fields: Any) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}


def _encoded(
    base: str, method: str, name: str, fields: Mapping[str, Any]
) -> tuple[str, bytes | None]:
    if method == "POST":
        return f"{base}/{name}", json.dumps(fields).encode()
    query = urllib.parse.urlencode(fields)
    return f"{base}/{name}" + (f"?{query}" if query else ""), None


def _timeout(fields: Mapping[str, Any]) -> float:
    return float(fields.get("wait_s", 5)) + _SLACK_S


def _refused(status: int, raw: bytes) -> ControlError:
    try:
        body = json.loads(raw)
        return ControlError(status, int(body["code"]), str(body["message"]))
    except (ValueError, KeyError, TypeError):
        return ControlError(status, 0, raw.decode(errors="replace")[:200])


def _gone(url: str, error: Exception) -> ControlError:
    return ControlError(0, 0, f"the sandbox at {url} does not answer ({error})")

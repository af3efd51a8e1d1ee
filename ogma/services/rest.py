"""Discord's REST API over plain HTTP, for commands that need no gateway session.

Nothing is sent twice: after a lost answer the caller looks again, or is called again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import quote

import httpx

from ogma import __version__
from ogma.domain.clock import Millis, from_datetime
from ogma.errors import ConfigError, OgmaError, Unreachable
from ogma.settings.token import Secret

DISCORD: Final = "https://discord.com"
API_PATH: Final = "/api/v10"
TIMEOUT_S: Final = 15.0
LONGEST_WAIT_S: Final = 60.0
"""A rate limit that asks for more is not waited for."""


class Refused(OgmaError):
    """Discord says no. `code` is its error code, 0 where it gave none; `said` are its words."""

    def __init__(self, message: str, code: int, said: str) -> None:
        super().__init__(message)
        self.code = code
        self.said = said


class Rest:
    """A connection; `clock_ahead` is how far the machine's clock is ahead of the last `Date`."""

    def __init__(self, client: httpx.Client, now: Callable[[], Millis]) -> None:
        self._client = client
        self._now = now
        self.clock_ahead: Millis = 0

    def get(self, path: str, **query: str | int) -> Any:
        """The document at a path. Raises ConfigError, Refused or Unreachable."""
        return self._request("GET", path, params=query)

    def send(self, method: str, path: str, body: Mapping[str, Any], reason: str) -> Any:
        """Ask for a change; `reason` stands in the server's audit log. Raises as `get` does."""
        headers = {"X-Audit-Log-Reason": quote(reason, safe="/ ")}
        return self._request(method, path, json=body, headers=headers)

    def _request(self, method: str, path: str, **arguments: Any) -> Any:
        while True:
            answer = self._sent(method, path, **arguments)
            wait = _asked_to_wait(answer)
            if wait is None:
                return self._read(answer)
            time.sleep(wait)

    def _sent(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        try:
            return self._client.request(method, path, **arguments)
        except httpx.HTTPError as failed:
            raise self._unreachable(failed) from failed

    def _read(self, answer: httpx.Response) -> Any:
        if not answer.is_success:
            raise _refusal(answer)
        stamp = answer.headers.get("Date")
        if stamp:
            self.clock_ahead = self._now() - from_datetime(parsedate_to_datetime(stamp))
        if answer.status_code == httpx.codes.NO_CONTENT:
            return None
        try:
            return answer.json()
        except ValueError as garbage:
            raise self._unreachable(garbage) from garbage

    def _unreachable(self, error: Exception) -> Unreachable:
        why = str(error) or type(error).__name__
        return Unreachable(
            f"{self._client.base_url.host} cannot be reached ({why}); check this machine's network."
        )


@contextmanager
def connect(
    token: Secret,
    now: Callable[[], Millis],
    *,
    api: str | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Iterator[Rest]:
    """A connection as this bot. `api` is another server's base URL."""
    base = (api or DISCORD).rstrip("/")
    headers = {
        "Authorization": f"Bot {token.reveal()}",
        "User-Agent": f"DiscordBot (ogma, {__version__})",
    }
    with httpx.Client(
        base_url=base if base.endswith(API_PATH) else base + API_PATH,
        headers=headers,
        timeout=timeout_s,
        trust_env=False,
    ) as client:
        yield Rest(client, now)


def _asked_to_wait(answer: httpx.Response) -> float | None:
    """Seconds that Discord asks to wait, None where it asks for nothing, or for too much."""
    if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
        return None
    try:
        asked = float(answer.headers["Retry-After"])
    except (KeyError, ValueError):
        return None
    return asked if asked <= LONGEST_WAIT_S else None


def _refusal(answer: httpx.Response) -> OgmaError:
    status = answer.status_code
    if status == httpx.codes.UNAUTHORIZED:
        return ConfigError(
            "Discord refuses the token; make a new one in the developer portal (Bot, Reset Token)"
            " and store it with 'ogma init --token-only --force'."
        )
    code, said = _said(answer)
    if status in {httpx.codes.NOT_FOUND, httpx.codes.FORBIDDEN}:
        return Refused(f"Discord does not show {answer.url.path} to this bot.", code, said)
    if status == httpx.codes.BAD_REQUEST:
        return Refused(f"Discord refuses the request ({said}).", code, said)
    return Unreachable(
        f"{answer.url.host} answers with status {status}; try again in a few minutes."
    )


def _said(answer: httpx.Response) -> tuple[int, str]:
    """Discord's error code and words."""
    try:
        document = answer.json()
        return int(document["code"]), str(document["message"])
    except (ValueError, KeyError, TypeError):
        return 0, f"status {answer.status_code}"

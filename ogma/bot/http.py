"""What Ogma forbids disnake's HTTP client: sending a create twice, and sleeping for minutes.

disnake 2.12.2 repeats every request up to five times after a 500, 502, 504 or a reset, POSTs
too, so a server that acted and then failed is left with two channels. It also sleeps through
any rate limit while it holds the bucket. `guard` puts a session of our own between disnake and
aiohttp, so that both come back as exceptions at once, and the job that asked decides.
"""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import disnake

from ogma.domain.clock import Millis, from_datetime
from ogma.errors import Unreachable

if TYPE_CHECKING:
    from yarl import URL

log = logging.getLogger(__name__)

LONG_WAIT_S: Final = 5.0
"""disnake may sleep through rate limits up to this; a longer one raises RateLimited."""

DEADLINE_S: Final = 120.0
"""For one whole request, an upload of 10 MiB included."""

WINDOW_S: Final = 600.0
REFUSALS_ALLOWED: Final = 1_000
"""Discord bans an address after 10,000 answers of 401, 403 or 429 in ten minutes."""

_SESSION: Final = "_HTTPClient__session"
_TOKEN: Final = re.compile(r"((?:interactions|webhooks)/[0-9]+)/[^/? ]+")


class DeliveryUnknown(Unreachable):
    """A create may or may not have happened: look for its result before you send it again."""


class RateLimited(Unreachable):
    """Discord asks to wait; nothing has happened."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"Discord asks to wait for {retry_after_s:.1f} s.")
        self.retry_after_s = retry_after_s


class CircuitOpen(RateLimited):
    """Discord has refused so much that Ogma sends nothing for a while; nothing has happened."""


def guard(client: disnake.Client, on_date: Callable[[Millis], None] | None = None) -> Guard:
    """Guard a client that has logged in; a second call changes nothing.

    `on_date` gets the server's clock, in whole seconds, with each answer.
    """
    session = getattr(client.http, _SESSION)
    if isinstance(session, _GuardedSession):
        return session.guard
    if not isinstance(session, aiohttp.ClientSession):
        raise RuntimeError("a client is guarded after its login, when it has a session")
    made = Guard(on_date)
    setattr(client.http, _SESSION, _GuardedSession(session, made))
    return made


class Guard:
    """What has been learned from Discord's answers: who must wait, and how often we were refused.

    Times are seconds of the monotonic clock.
    """

    def __init__(self, on_date: Callable[[Millis], None] | None = None) -> None:
        self._on_date = on_date
        self._waits: dict[tuple[str, str] | None, float] = {}
        """Until when nothing may be sent: per method and path, None for everything."""
        self._refusals: deque[float] = deque()

    def check(self, method: str, path: str) -> None:
        """Raise instead of sending what Discord has already told us not to send."""
        now = monotonic()
        while self._refusals and self._refusals[0] <= now - WINDOW_S:
            self._refusals.popleft()
        if len(self._refusals) >= REFUSALS_ALLOWED:
            raise CircuitOpen(self._refusals[0] + WINDOW_S - now)
        self._waits = {place: until for place, until in self._waits.items() if until > now}
        until = max(self._waits.get(None, 0.0), self._waits.get((method, path), 0.0))
        if until:
            raise RateLimited(until - now)

    def wait(self, place: tuple[str, str] | None, seconds: float) -> None:
        """Nothing may be sent there for so long; None stands for everywhere."""
        self._waits[place] = monotonic() + seconds

    def saw(self, response: aiohttp.ClientResponse) -> None:
        """Note the server's clock, and whether it refused us."""
        if self._on_date and (date := response.headers.get("Date")):
            self._on_date(from_datetime(parsedate_to_datetime(date)))
        shared = response.headers.get("X-RateLimit-Scope") == "shared"
        if response.status in (401, 403) or (response.status == 429 and not shared):
            self._refusals.append(monotonic())
            if len(self._refusals) == REFUSALS_ALLOWED:
                log.error(
                    "Discord has refused %d requests within ten minutes, so Ogma pauses; "
                    "see which permissions are missing with `ogma doctor`.",
                    REFUSALS_ALLOWED,
                )


class _GuardedSession:
    """Looks like the aiohttp session that disnake made, but for `request`."""

    def __init__(self, session: aiohttp.ClientSession, guard: Guard) -> None:
        self._session = session
        self.guard = guard

    def request(self, method: str, url: str | URL, **options: Any) -> _GuardedRequest:
        options.setdefault("timeout", aiohttp.ClientTimeout(total=DEADLINE_S))
        return _GuardedRequest(self._session, self.guard, method, url, options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


class _GuardedRequest:
    """One request as disnake enters it with `async with`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        guard: Guard,
        method: str,
        url: str | URL,
        options: dict[str, Any],
    ) -> None:
        self._session = session
        self._guard = guard
        self._place = (method, str(url))
        self._options = options

    async def __aenter__(self) -> aiohttp.ClientResponse | _Unhurried:
        self._guard.check(*self._place)
        response = await self._send()
        self._guard.saw(response)
        return await self._unhurried(response)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The answer has been read to its end, so its connection is free already."""

    async def _send(self) -> aiohttp.ClientResponse:
        """The whole answer. Raises DeliveryUnknown for a create without a clear one."""
        creates = self._place[0] == "POST"
        try:
            response = await self._session.request(*self._place, **self._options)
            # The body too: a connection that breaks in it leaves a create just as uncertain.
            # Whatever interrupts this, aiohttp closes the connection.
            await response.read()
        except aiohttp.ClientConnectorError:
            raise  # never connected, so nothing has been sent
        except (aiohttp.ClientError, OSError) as error:
            if creates:
                raise DeliveryUnknown(self._unknown(repr(error))) from error
            raise
        if creates and response.status >= 500:
            self._guard.saw(response)
            raise DeliveryUnknown(self._unknown(f"HTTP {response.status}"))
        return response

    async def _unhurried(
        self, response: aiohttp.ClientResponse
    ) -> aiohttp.ClientResponse | _Unhurried:
        """Turn long waits into exceptions, now (429) or for the next request (bucket empty)."""
        if response.status == 429:
            wait_s, everywhere = await _asked_wait(response)
            if wait_s > LONG_WAIT_S:
                self._guard.wait(None if everywhere else self._place, wait_s)
                raise RateLimited(wait_s)
            return response
        reset_s = _seconds(response.headers.get("X-RateLimit-Reset-After"))
        if response.headers.get("X-RateLimit-Remaining") == "0" and reset_s > LONG_WAIT_S:
            self._guard.wait(self._place, reset_s)
            return _Unhurried(response)
        return response

    def _unknown(self, cause: str) -> str:
        request = _TOKEN.sub(r"\1/…", " ".join(self._place))
        return f"Whether Discord did '{request}' is not known ({cause})."


class _Unhurried:
    """A response that does not tell disnake of an empty bucket, which it would sleep on."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.headers = response.headers.copy()
        self.headers.popall("X-RateLimit-Remaining", None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._response, name)


async def _asked_wait(response: aiohttp.ClientResponse) -> tuple[float, bool]:
    """How long a 429 asks to wait, and whether that holds for all requests."""
    if response.content_type != "application/json":
        # Not Discord's own answer but its gatekeeper's, which blocks the whole address.
        return _seconds(response.headers.get("Retry-After")), True
    body = await response.json()
    return _seconds(body.get("retry_after")), bool(body.get("global"))


def _seconds(value: object) -> float:
    """A number of seconds from a header or a body; 0 when there is none."""
    try:
        return float(str(value))
    except ValueError:
        return 0.0


__all__ = ["CircuitOpen", "DeliveryUnknown", "Guard", "RateLimited", "guard"]

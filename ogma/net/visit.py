"""Fetching pages as a polite guest: robots.txt, one request a second and host, limits, deadlines.

Every hop of a redirect is a request of its own: paced, allowed by its host's robots.txt, and made
through the guard (P41, P42).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Final, Self
from urllib.parse import urljoin, urlsplit

import httpx

from ogma import __version__
from ogma.net import body
from ogma.net.guard import Guard
from ogma.net.places import Refused
from ogma.net.robots import AGENT, LARGEST, Robots

REDIRECTS: Final = 5
INTERVAL_S: Final = 1.0
DEADLINE_S: Final = 30.0
"""For one request from the look-up to the last byte."""
_HEADERS: Final = {
    "user-agent": f"{AGENT}/{__version__} (knowledge base of a Discord support desk)",
    "accept": "text/html,application/xhtml+xml,text/plain;q=0.9,application/xml;q=0.9,*/*;q=0.5",
    "accept-encoding": body.ENCODING,
}


class Cause(StrEnum):
    """Why there is no answer."""

    REFUSED = "refused"
    """The address rule or the URL's spelling; nothing was sent."""
    ROBOTS = "robots"
    UNREACHABLE = "unreachable"
    TOO_LARGE = "too_large"
    UNFIT = "unfit"
    REDIRECTS = "redirects"


class NotVisited(Exception):
    """A page was not fetched; the message says why, in the middle of a sentence."""

    def __init__(self, cause: Cause, reason: str) -> None:
        super().__init__(reason)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Visit:
    """A server's answer."""

    url: str
    """Where the redirects ended."""
    status: int
    content_type: str
    """As the server states it, in lower case; perhaps with parameters, perhaps empty."""
    etag: str | None
    last_modified: str | None
    body: bytes
    """Empty unless the status is 200."""


class Visitor:
    """Fetches pages one after another. Used as an async context."""

    def __init__(
        self,
        guard: Guard,
        *,
        max_bytes: int,
        interval_s: float | None = None,
        deadline_s: float = DEADLINE_S,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`max_bytes` counts an answer's body unpacked. `interval_s`: between two requests to a
        host, INTERVAL_S unless given; `sleep` is how that time passes.
        """
        self.requests = 0
        """Those that were answered."""
        self._guard = guard
        self._max_bytes = max_bytes
        self._interval_s = INTERVAL_S if interval_s is None else interval_s
        self._deadline_s = deadline_s
        self._sleep = sleep
        self._client = guard.async_client(timeout=deadline_s, headers=_HEADERS)
        self._free_at: dict[str, float] = {}
        self._robots: dict[str, Robots] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def get(
        self, url: str, etag: str | None = None, last_modified: str | None = None
    ) -> Visit:
        """The page, or status 304 where the validators still hold; raises NotVisited."""
        validators = {"if-none-match": etag, "if-modified-since": last_modified}
        headers = {name: value for name, value in validators.items() if value}
        return await self._follow(url, headers, self._max_bytes, robots=True)

    async def _follow(
        self, url: str, headers: dict[str, str], max_bytes: int, *, robots: bool
    ) -> Visit:
        for _ in range(REDIRECTS + 1):
            if robots:
                self._ask_leave(url, await self._rules(url))
            visit, target = await self._request(url, headers, max_bytes)
            if target is None:
                return visit
            url = target
        raise NotVisited(Cause.REDIRECTS, f"it redirects more than {REDIRECTS} times")

    def _ask_leave(self, url: str, rules: Robots) -> None:
        if rules.broken is not None:
            reason = f"the robots.txt of {_site(url)} answers with HTTP {rules.broken}"
            raise NotVisited(Cause.UNREACHABLE, f"{reason}, so nothing may be fetched")
        if not rules.allows(url):
            raise NotVisited(Cause.ROBOTS, f"the robots.txt of {_site(url)} does not allow it")

    async def _rules(self, url: str) -> Robots:
        """The robots.txt of a URL's site, fetched once."""
        site = _site(url)
        if site not in self._robots:
            self._check(url)
            try:
                found = await self._follow(f"{site}/robots.txt", {}, LARGEST, robots=False)
            except NotVisited as error:
                if error.cause is not Cause.TOO_LARGE and error.cause is not Cause.REDIRECTS:
                    raise
                self._robots[site] = Robots("")
            else:
                self._robots[site] = Robots.answered(found.status, found.body)
        return self._robots[site]

    def _check(self, url: str) -> None:
        try:
            self._guard.check(url)
        except Refused as error:
            raise NotVisited(Cause.REFUSED, _clause(str(error))) from error

    async def _request(
        self, url: str, headers: dict[str, str], max_bytes: int
    ) -> tuple[Visit, str | None]:
        """One request: the answer, and where it redirects to."""
        self._check(url)
        await self._pace(url)
        try:
            async with (
                asyncio.timeout(self._deadline_s),
                self._client.stream("GET", url, headers=headers) as response,
            ):
                self.requests += 1
                target = response.headers.get("location")
                if response.is_redirect and target:
                    return _visit(response, url, b""), urljoin(url, target)
                ok = response.status_code == httpx.codes.OK
                content = await body.read(response, max_bytes) if ok else b""
                return _visit(response, url, content), None
        except Refused as error:
            raise NotVisited(Cause.REFUSED, _clause(str(error))) from error
        except body.TooLarge as error:
            raise NotVisited(Cause.TOO_LARGE, str(error)) from error
        except body.Unfit as error:
            raise NotVisited(Cause.UNFIT, str(error)) from error
        except (TimeoutError, httpx.TimeoutException) as error:
            reason = f"it does not answer within {self._deadline_s:g} s"
            raise NotVisited(Cause.UNREACHABLE, reason) from error
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            reason = f"it cannot be reached ({str(error) or type(error).__name__})"
            raise NotVisited(Cause.UNREACHABLE, reason) from error

    async def _pace(self, url: str) -> None:
        """Wait until the host may be asked again."""
        host = urlsplit(url).hostname or ""
        rules = self._robots.get(_site(url))
        asked = rules.delay_s if rules is not None else 0.0
        interval = max(self._interval_s, asked)
        now = time.monotonic()
        start = max(now, self._free_at.get(host, 0.0))
        self._free_at[host] = start + interval
        if start > now:
            await self._sleep(start - now)


def _visit(response: httpx.Response, url: str, content: bytes) -> Visit:
    return Visit(
        url=url,
        status=response.status_code,
        content_type=response.headers.get("content-type", "").lower().replace("\n", " "),
        etag=_sendable(response.headers.get("etag")),
        last_modified=_sendable(response.headers.get("last-modified")),
        body=content,
    )


def _sendable(validator: str | None) -> str | None:
    """A validator that can be sent back; others do as if there were none."""
    return validator if validator and validator.isascii() and validator.isprintable() else None


def _site(url: str) -> str:
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc}"


def _clause(sentence: str) -> str:
    """A sentence as a part of another."""
    return sentence[:-1] if sentence.endswith(".") else sentence

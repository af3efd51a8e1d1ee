"""Every request of the bot, and how long it has been quiet."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict, dataclass
from typing import Any, Final

QUIET_S: Final = 0.3
"""How long no request must have come for the bot to count as done."""


@dataclass
class Entry:
    """One request; `status` is None while it is under way, 0 where the connection was dropped."""

    n: int
    method: str
    path: str
    query: dict[str, str]
    body: Any
    files: list[dict[str, Any]]
    reason: str | None
    at: str | None
    status: int | None = None


class RequestLog:
    """The bot's requests in order of arrival, numbered from 1."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._last = float("-inf")

    def begin(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str],
        body: Any,
        files: list[dict[str, Any]],
        reason: str | None,
        at: str | None,
    ) -> Entry:
        """Note a request that has arrived."""
        self._last = time.monotonic()
        entry = Entry(len(self._entries) + 1, method, path, query, body, files, reason, at)
        self._entries.append(entry)
        return entry

    def end(self, entry: Entry, status: int) -> None:
        """Note how it was answered."""
        self._last = time.monotonic()
        entry.status = status

    def since(self, n: int) -> list[dict[str, Any]]:
        """Requests with a number above n."""
        return [asdict(entry) for entry in self._entries[max(n, 0) :]]

    async def quiet(self, *, since: float, until: float) -> None:
        """Wait until no request has come for 300 ms, counted from `since`, at most to `until`.

        Both are readings of the monotonic clock.
        """
        while (now := time.monotonic()) < until:
            rest = max(self._last, since) + QUIET_S - now
            if rest <= 0:
                return
            await asyncio.sleep(min(rest, until - now))

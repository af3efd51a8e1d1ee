"""A circuit breaker: after some failures in a row a host rests, then one request tries it."""

from __future__ import annotations

from typing import Final

TRIPS_AFTER: Final = 3
RESTS_S: Final = 30.0


class Breaker:
    """The state of one host. Times are seconds of a monotonic clock that the caller reads."""

    def __init__(self, *, trips_after: int = TRIPS_AFTER, rests_s: float = RESTS_S) -> None:
        self._trips_after = trips_after
        self._rests_s = rests_s
        self._failures = 0
        self._rests_until = 0.0
        self._trying = False

    @property
    def open(self) -> bool:
        """Whether the host counts as down, be it resting or tried by one request."""
        return self._failures >= self._trips_after

    def available(self, now: float) -> bool:
        """Whether a request may be sent now."""
        return not self.open or (now >= self._rests_until and not self._trying)

    def begin(self) -> None:
        """A request is sent; while the host counts as down, it is the only one."""
        self._trying = self.open

    def succeeded(self) -> None:
        """The host works."""
        self._failures = 0
        self._trying = False

    def failed(self, now: float) -> None:
        """The request failed for the host's sake."""
        self._failures += 1
        self._trying = False
        if self.open:
            self._rests_until = now + self._rests_s

    def abandoned(self) -> None:
        """The request said nothing about the host: it was given up, or was itself at fault."""
        self._trying = False

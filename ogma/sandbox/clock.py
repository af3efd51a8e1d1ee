"""The sandbox's time: it starts at the real time, ticks, and can be moved forward."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime


class SandboxClock:
    """Answers `now()` and `advance()`, which is all that the simulation asks of a clock.

    It runs on the monotonic clock, so that ids never go backwards when the machine's time is set.
    """

    def __init__(self) -> None:
        self._start = datetime.now(UTC)
        self._started = time.monotonic()
        self.ahead_s = 0.0

    def now(self) -> datetime:
        """The sandbox's time, aware, in UTC."""
        passed = time.monotonic() - self._started
        return self._start + timedelta(seconds=passed + self.ahead_s)

    def advance(self, seconds: float) -> None:
        """Move the time forward. Raises ValueError for a step back: ids carry the time."""
        if seconds < 0:
            raise ValueError("the sandbox's time cannot go back")
        self.ahead_s += seconds

    def http_date(self) -> str:
        """Now, as the `Date` header of a response."""
        return format_datetime(self.now(), usegmt=True)


def rfc3339(stamp: datetime | str | None) -> str | None:
    """A time as RFC 3339 in UTC with milliseconds; None stays None."""
    if stamp is None:
        return None
    moment = datetime.fromisoformat(stamp) if isinstance(stamp, str) else stamp
    moment = moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"

"""Tells of every callback that holds up the bot's event loop; see `checks.blocked`."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

VARIABLE = "DRILL_WATCH_LOOP"
LIMIT_S = 1.0
MARK = "held up the event loop"


def install() -> None:
    """Measure every callback of this process from now on, by the clock of the whole machine."""
    run = asyncio.events.Handle._run

    def measured(handle: Any) -> None:
        started = time.monotonic()
        run(handle)
        ended = time.monotonic()
        if ended - started > LIMIT_S:
            name = getattr(handle._callback, "__qualname__", repr(handle._callback))
            print(f"{name} {MARK} {started:.2f} {ended:.2f}", file=sys.stderr, flush=True)

    asyncio.events.Handle._run = measured  # type: ignore[method-assign,assignment]

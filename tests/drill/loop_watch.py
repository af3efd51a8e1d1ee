"""Tells of every callback that holds up the bot's event loop; see `checks.blocked`."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from typing import Any

VARIABLE = "DRILL_WATCH_LOOP"
LIMIT_S = 1.0
MARK = "held up the event loop"


def install() -> None:
    """Measure every callback of this process from now on, by the clock of the whole machine.

    The time in which the machine gave this thread no processor is no fault of the callback.
    """
    run = asyncio.events.Handle._run
    unserved = _unserved()

    def measured(handle: Any) -> None:
        started, before = time.monotonic(), unserved()
        run(handle)
        ended = time.monotonic()
        if ended - started > LIMIT_S and ended - started - (unserved() - before) > LIMIT_S:
            name = getattr(handle._callback, "__qualname__", repr(handle._callback))
            print(f"{name} {MARK} {started:.2f} {ended:.2f}", file=sys.stderr, flush=True)

    asyncio.events.Handle._run = measured  # type: ignore[method-assign,assignment]


def _unserved() -> Callable[[], float]:
    """Seconds for which this thread was ready to run and had to wait; Linux counts them."""
    try:
        counts = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
    except OSError:
        return lambda: 0.0
    return lambda: int(os.pread(counts, 100, 0).split()[1]) / 1e9

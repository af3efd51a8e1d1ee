"""Tells of what holds up the bot's event loop, or could: see `checks.blocked`."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from ogma.store.database import Database

VARIABLE = "DRILL_WATCH_LOOP"
LIMIT_S = 1.0
NAP_S = LIMIT_S / 4
MARK = "held up the event loop"
WRITES = "writes on the event loop"


def install() -> None:
    """Measure every callback of this process from now on, by the clock of the whole machine.

    The time in which the machine gave this thread no processor is no fault of the callback; nor is
    what it waited for while a thread that only sleeps was not woken in time either.
    """
    run = asyncio.events.Handle._run
    unserved = _unserved()
    witness = _Witness(threading.get_ident())

    def measured(handle: Any) -> None:
        started = time.monotonic()
        computed, before, late = time.thread_time(), unserved(), witness.late()
        witness.since = started
        run(handle)
        witness.since = None
        ended = time.monotonic()
        if ended - started > LIMIT_S:
            computed = time.thread_time() - computed
            waited = ended - started - computed - (unserved() - before)
            if computed + max(0.0, waited - (witness.late() - late)) > LIMIT_S:
                words = f"{witness.seen} {MARK} {started:.2f} {ended:.2f}"
                print(words, file=sys.stderr, flush=True)

    asyncio.events.Handle._run = measured  # type: ignore[method-assign,assignment]
    _watch_writes(threading.get_ident())


def _watch_writes(thread: int) -> None:
    """A write may wait ten seconds for a locked database; on the loop, everything waits with it."""
    write = Database.write

    def watched(self: Database) -> AbstractContextManager[None]:
        if threading.get_ident() == thread and asyncio._get_running_loop() is not None:
            print(f"{_way(traceback.extract_stack()[:-1])} {WRITES}", file=sys.stderr, flush=True)
        return write(self)

    Database.write = watched  # type: ignore[method-assign,assignment]


class _Witness:
    """Looks from a thread of its own at where a callback is that takes long."""

    def __init__(self, thread: int) -> None:
        self.since: float | None = None
        self.seen = ""
        """Where it was seen last: our own last lines, and the innermost one."""
        self._thread = thread
        self._late = 0.0
        self._due = time.monotonic() + NAP_S
        threading.Thread(target=self._watch, daemon=True).start()

    def late(self) -> float:
        """Seconds, of all so far, for which the machine did not wake this thread in time."""
        return self._late + max(0.0, time.monotonic() - self._due)

    def _watch(self) -> None:
        while True:
            self._due = time.monotonic() + NAP_S
            time.sleep(NAP_S)
            self._late += max(0.0, time.monotonic() - self._due)
            since = self.since
            if since is not None and time.monotonic() - since > LIMIT_S / 2:
                frames = traceback.extract_stack(sys._current_frames()[self._thread])
                self.seen = f"{_way(frames)}, in {_place(frames[-1])}"


def _way(frames: Sequence[traceback.FrameSummary]) -> str:
    ours = [one for one in frames if "/ogma/" in one.filename] or frames
    return " > ".join(_place(one) for one in ours[-4:])


def _place(frame: traceback.FrameSummary) -> str:
    return f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"


def _unserved() -> Callable[[], float]:
    """Seconds for which this thread was ready to run and had to wait; Linux counts them."""
    try:
        counts = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
    except OSError:
        return lambda: 0.0
    return lambda: int(os.pread(counts, 100, 0).split()[1]) / 1e9

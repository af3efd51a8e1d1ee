"""Runs `ogma` with every callback of its event loop measured; writes what it saw as JSON.

`python loop_probe.py OUT run --discord-api ...`. CPU is the loop thread's own (other threads do not
count); lag is how late a callback that was due every 10 ms came.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

CPU_MS: list[float] = []
SLOW: list[tuple[float, str]] = []
LAG_MS: list[float] = []
SLOW_MS = 50.0
EVERY_S = 0.01

_run = asyncio.events.Handle._run


def _measured(handle: Any) -> None:
    started = time.thread_time()
    what = (
        repr(handle)[:200] if sys.flags.dev_mode else getattr(handle._callback, "__qualname__", "")
    )
    _run(handle)
    took = (time.thread_time() - started) * 1000
    CPU_MS.append(took)
    if took > SLOW_MS:
        SLOW.append((round(took, 1), what))


async def _heartbeat() -> None:
    while True:
        due = time.monotonic() + EVERY_S
        await asyncio.sleep(EVERY_S)
        LAG_MS.append((time.monotonic() - due) * 1000)


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2) if ordered else 0.0


def main() -> int:
    """Measure one run of the command line."""
    out = Path(sys.argv[1])
    from ogma.bot import client
    from ogma.cli.shell import run

    serve = client._serve

    async def measured_serve(*args: Any) -> None:
        beating = asyncio.create_task(_heartbeat())
        asyncio.events.Handle._run = _measured  # type: ignore[method-assign,assignment]
        try:
            await serve(*args)
        finally:
            beating.cancel()

    setattr(client, "_serve", measured_serve)  # noqa: B010 - a signature of its own
    code = run(sys.argv[2:])
    report = {
        "callbacks": len(CPU_MS),
        "callback_cpu_ms": {"p99": _percentile(CPU_MS, 0.99), "max": round(max(CPU_MS), 2)},
        "over_50_ms": SLOW[:10],
        "lag_ms": {
            "p50": _percentile(LAG_MS, 0.5),
            "p99": _percentile(LAG_MS, 0.99),
            "max": round(max(LAG_MS), 1),
        },
    }
    out.write_text(json.dumps(report))
    return code


if __name__ == "__main__":
    sys.exit(main())

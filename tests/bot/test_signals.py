"""C1: a bot that is told to stop twice stops once, and well."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import asyncio, os, signal
from ogma.bot import client

class Stub:
    closed = 0
    def __init__(self):
        self.told = asyncio.Event()
    async def close(self):
        self.closed += 1
        self.told.set()

async def serve():
    bot = Stub()
    client._stop_on_signals(bot)
    os.kill(os.getpid(), signal.{name})
    await bot.told.wait()
    return bot.closed

closed = asyncio.run(serve())
os.kill(os.getpid(), signal.{name})
print("closed", closed)
"""


def _run(name: str) -> tuple[int, str]:
    program = _PROGRAM.format(name=name)
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.returncode, done.stdout.strip()


def test_c1_a_signal_after_the_event_loop_has_ended_kills_nothing() -> None:
    assert _run("SIGTERM") == (0, "closed 1")
    assert _run("SIGINT") == (0, "closed 1")

"""The bot and the sandbox as processes of their own, forked from one that has done the imports.

What runs is what `python -m ogma` and `python -m ogma.sandbox` run. Importing it takes two seconds
and forking a tenth of one, and the suite starts a few hundred processes.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar
from unittest import mock

import httpx

PATIENCE_S = 60.0
"""How long anything is waited for. Generous: a test that waits so long has failed."""

_PRELOADED = [
    "ogma.app",
    "ogma.bot.client",
    "ogma.cli.run",
    "ogma.cli.shell",
    "ogma.logs",
    "ogma.sandbox.server",
    "ogma.settings",
    "tests.e2e.processes",
]


def forkserver() -> ForkServerContext:
    """Where processes come from; the first call of a session starts it."""
    # One thread: a library's worker threads would not survive the fork.
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


class Running:
    """A process with its output in a file. It ends with this process, however that ends."""

    def __init__(self, target: Any, arguments: Sequence[Any], log: Path) -> None:
        context = forkserver()
        # The child reads from this pipe; when we die, it reads the end and stops.
        theirs, self._ours = context.Pipe(duplex=False)
        self.log = log
        self._process: ForkServerProcess = context.Process(
            target=_in_child, args=(target, tuple(arguments), log, theirs), daemon=True
        )
        # A child would import pytest again, being told that it is our main program.
        with mock.patch.dict(sys.modules, {"__main__": ModuleType("__main__")}):
            self._process.start()
        theirs.close()

    @property
    def pid(self) -> int:
        """The operating system's number of it."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; minus the signal's number when a signal ended it."""
        return self._process.exitcode

    def signal(self, number: int) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def wait(self) -> int:
        """Wait for its end; gives the exit code."""
        self._process.join(PATIENCE_S)
        code = self.exit_code
        assert code is not None, f"process {self.pid} does not end\n{self.output()[-4000:]}"
        return code

    def terminate(self) -> int:
        """SIGTERM, and wait for the end."""
        if self.exit_code is None:
            self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self) -> int:
        """SIGKILL, and wait for the end."""
        if self.exit_code is None:
            self.signal(signal.SIGKILL)
        return self.wait()

    def output(self) -> str:
        """What it has printed and logged so far."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def _ready(self) -> dict[str, str]:
        """The line of JSON in which a server says where it listens."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and self.exit_code is None:
            for line in self.output().splitlines():
                if line.startswith("{"):
                    described: dict[str, str] = json.loads(line)
                    return described
            time.sleep(0.01)
        raise AssertionError(f"the server does not start\n{self.output()}")


class Server(Running):
    """The sandbox: a Discord on loopback. `ready` is what its ready line says."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        super().__init__(serve_discord, [folder / "guild"], folder / "server.log")
        self.ready: Mapping[str, str] = self._ready()


class Bot(Running):
    """`ogma run`, as in production. `crash_at` is a point of `ogma.crash`, and may end in `#2`."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        *,
        crash_at: str | None = None,
    ) -> None:
        self.crash_at = crash_at
        trap = {"OGMA_CRASH_AT": crash_at} if crash_at else {}
        super().__init__(run_ogma, [list(arguments), {**environment, **trap}], log)

    @property
    def crashed(self) -> bool:
        """Whether it died at its crash point."""
        return self.crash_at is not None and self.exit_code == -signal.SIGKILL


def _in_child(target: Any, arguments: tuple[Any, ...], log: Path, pipe: Connection) -> None:
    os.dup2(pipe.fileno(), 0)
    sys.stdin = os.fdopen(0, closefd=False)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    target(*arguments)


def run_ogma(arguments: list[str], environment: dict[str, str]) -> None:
    """`python -m ogma ARGUMENTS` in this process."""
    import importlib

    from ogma import crash
    from ogma.cli.shell import run
    from tests.drill import loop_watch

    os.environ.update(environment)
    importlib.reload(crash)  # it reads the environment when it is imported
    if loop_watch.VARIABLE in environment:
        loop_watch.install()
    code = run(arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def serve_discord(folder: Path) -> None:
    """`python -m ogma.sandbox --stop-with-stdin` in this process, its files in `folder`."""
    import asyncio

    from ogma.sandbox.server import serve

    asyncio.run(serve(0, sys.stdout, folder=folder, until=sys.stdin))


class Ollama(Running):
    """The fake model server, `url` is where it listens."""

    _kept: ClassVar[dict[str, list[dict[str, Any]] | None]] = {}
    """By address, what was asked there; None while it runs."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        super().__init__(serve_ollama, [], folder / "ollama.log")
        self.url: str = self._ready()["url"]
        Ollama._kept[self.url] = None

    @classmethod
    def prompts_at(cls, url: str) -> list[dict[str, Any]]:
        """The bodies of all questions that a fake at this address has got, ended or not."""
        kept = cls._kept.get(url, [])
        return [one["body"] for one in _asked(url)] if kept is None else kept

    def kill(self) -> int:
        """Keep the prompts for the checks after the test, and end it."""
        Ollama._kept[self.url] = Ollama.prompts_at(self.url)
        return super().kill()

    def script(self, *rules: Mapping[str, Any]) -> None:
        """Say what becomes of the next requests; see `ogma.sandbox.fake_ollama`."""
        _call("POST", self.url, "script", list(rules))

    def asked(self) -> list[dict[str, Any]]:
        """The questions that have arrived so far, preloads left out."""
        return _asked(self.url)


def _asked(url: str) -> list[dict[str, Any]]:
    return [
        one
        for one in _call("GET", url, "requests")
        if one["path"] == "/api/chat" and (one["body"] or {}).get("messages")
    ]


def _call(method: str, url: str, name: str, body: Any = None) -> Any:
    answer = httpx.request(method, f"{url}/control/{name}", json=body, trust_env=False)
    answer.raise_for_status()
    return answer.json()


def serve_ollama() -> None:
    """A fake Ollama until standard input ends; prints where it listens."""
    import asyncio

    from ogma.sandbox.fake_ollama import running

    async def serve() -> None:
        async with running() as fake:
            print(json.dumps({"url": fake.url}), flush=True)
            await asyncio.to_thread(sys.stdin.read)

    asyncio.run(serve())

"""The loopback Discord and the production bot as two processes on a fresh data folder."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from ogma.errors import OgmaError, UsageError
from ogma.settings.files import replace_file

if TYPE_CHECKING:
    from ogma.sandbox.process import SandboxProcess

READY_WITHIN_S: Final = 60.0
_STOP_S: Final = 12.0
_LOOK_EVERY_S: Final = 0.2
_OWNERS: Final = ("OGMA_CONFIG", "OGMA_DATA", "OGMA_DISCORD_TOKEN")
"""What must not reach the bot of a sandbox: it has a config, data and token of its own."""


@dataclass(slots=True)
class Bot:
    """The bot's process; its log is beside its data."""

    process: subprocess.Popen[bytes]
    log: Path

    def last_words(self) -> str:
        """What it logged last, for a person who wonders why it ended."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


class Stage:
    """Both processes. Used as a context, it stops them whatever happens."""

    def __init__(self, server: SandboxProcess) -> None:
        self._server = server
        self._bot: Bot | None = None
        self._environment = _environment()
        self.config = Path(server.ready.config)
        self.folder = self.config.parent
        self.data = self.folder / "data"
        self._control = server.control

    @classmethod
    def open(cls, port: int = 0) -> Stage:
        """Start the server. Raises UsageError without the extra, OgmaError for a port in use."""
        need_extra()
        from ogma.sandbox.process import SandboxProcess

        try:
            return cls(SandboxProcess(port))
        except OSError as failed:
            raise port_in_use(failed) from failed

    def make(self, kind: str, name: str) -> str:
        """Make a role or a category in the guild; gives its id."""
        if kind == "role":
            return str(self.call("POST", "admin", {"do": "create_role", "name": name})["id"])
        wanted = {"do": "create_channel", "name": name, "type": "category"}
        made: str = self.call("POST", "admin", wanted)["channels"][0]
        return made

    def replace_config(self, text: str) -> None:
        """Let the bot run with this config, and the sandbox's token."""
        self._environment["OGMA_DISCORD_TOKEN"] = self._server.ready.token
        replace_file(self.config, text)

    def ingest(self, *paths: Path, quietly: bool = False) -> None:
        """Fill the knowledge base as `ogma kb ingest` does; warnings go to this terminal."""
        command = self._ogma("kb", "ingest", *map(str, paths), "--json")
        done = subprocess.run(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if quietly else None,
            env=self._environment,
            cwd=_HERE,
            check=False,
        )
        if done.returncode:
            raise OgmaError(
                f"The sample knowledge base could not be taken in (exit code {done.returncode}); "
                f"try it by hand: {' '.join(command)}"
            )

    def use_ollama(self) -> None:
        """Let the bot answer with the made-up model that ships beside the sandbox."""
        from ogma.settings.edit import set_value

        url = _fake_ollama()
        set_value(self.config, "ai.engine", '"ollama"')
        set_value(self.config, "ollama.url", f'"{url}"')

    def start_bot(self) -> None:
        """Start `ogma run` and wait until its panel stands."""
        log = self.folder / "bot.log"
        with log.open("ab") as stderr:
            process = subprocess.Popen(
                self._ogma(
                    *("run", "--discord-api", self._server.ready.api),
                    *("--clock", "server", "--stop-with-stdin"),
                ),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                env=self._environment,
                cwd=_HERE,
                # Ctrl-C is for this process, which stops the bot when it is done.
                start_new_session=True,
            )
        self._bot = Bot(process, log)
        until = time.monotonic() + READY_WITHIN_S
        while not has_panel(self.look()):
            if time.monotonic() > until:
                raise OgmaError(
                    f"The bot did not get ready within {READY_WITHIN_S:.0f} s; its log is {log}."
                )
            time.sleep(_LOOK_EVERY_S)

    def check(self) -> None:
        """Raise OgmaError when the bot has ended by itself."""
        if self._bot is not None and self._bot.process.poll() is not None:
            raise OgmaError(
                f"The bot has ended (exit code {self._bot.process.returncode}): "
                f"{self._bot.last_words()} Its log is {self._bot.log}."
            )

    def look(self) -> dict[str, Any]:
        """The sandbox's state now. Raises OgmaError when one of the processes has ended."""
        self.check()
        state: dict[str, Any] = self.call("GET", "state", {"wait_s": 0})
        return state

    def call(self, method: str, name: str, fields: Mapping[str, Any]) -> Any:
        """A call of the control API. Raises ControlError, and OgmaError for a server that ended."""
        from ogma.sandbox.control_client import ControlError

        try:
            return self._control.request(method, name, fields)
        except ControlError as error:
            if error.status:
                raise
            self.check()
            raise OgmaError(f"The sandbox's server has ended: {error.message}.") from error

    def stop(self) -> None:
        """Stop both; twice is the same as once."""
        try:
            if self._bot is not None:
                self._stop_bot(self._bot.process)
        finally:
            self._server.stop()

    def _stop_bot(self, process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        try:
            process.communicate(timeout=_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()

    def _ogma(self, *arguments: str) -> list[str]:
        where = ["--config", str(self.config), "--data", str(self.data)]
        return [sys.executable, "-m", "ogma", *where, *arguments]

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


_HERE: Final = Path(__file__).parents[2]
"""Where `python -m ogma` finds this very package."""


def _fake_ollama() -> str:
    """Start the made-up Ollama in a thread that ends with this process; gives its address."""
    import asyncio
    import queue
    import threading

    from ogma.sandbox import fake_ollama

    urls: queue.Queue[str] = queue.Queue()

    async def serve() -> None:
        async with fake_ollama.running() as ollama:
            urls.put(ollama.url)
            await asyncio.Event().wait()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    return urls.get(timeout=READY_WITHIN_S)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _OWNERS}


def has_panel(state: Mapping[str, Any]) -> bool:
    """Whether the bot is connected and somebody can open a ticket."""
    connected = any(session["connected"] for session in state["sessions"])
    return connected and any(
        message["components"]
        for channel in state["channels"]
        if channel["name"] == "open-a-ticket"
        for message in channel["messages"]
    )


def need_extra() -> None:
    """Raise UsageError where the extra `sandbox` is not installed."""
    from importlib.util import find_spec

    if find_spec("simcord") is None or find_spec("aiohttp") is None:
        raise UsageError(
            "The sandbox is not installed; get it with: pip install 'ogma[sandbox]' "
            "(or, in a checkout: pip install -e '.[sandbox]')."
        )


def port_in_use(failed: OSError) -> OgmaError:
    """The server's own sentence, with the way out."""
    said = str(failed.strerror or failed).removeprefix("The sandbox cannot start: ").rstrip(".")
    return OgmaError(f"The sandbox cannot start: {said}; name another port with --port.")

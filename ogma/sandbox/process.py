"""The sandbox as a process of its own: start it, read its ready line, stop it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

from ogma.sandbox.control_client import ControlClient
from ogma.sandbox.ready import Ready

_STOP_S = 10.0


class SandboxProcess:
    """A running server; `with SandboxProcess() as sandbox` stops it at the end.

    It also ends by itself when this process is gone, however that ended.

    Raises OSError with the server's own sentence where it cannot start, as with a port in use.
    """

    def __init__(self, port: int = 0) -> None:
        self._last_words = ""
        self._log = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  # closed by stop
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ogma.sandbox", "--port", str(port), "--stop-with-stdin"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            cwd=Path(__file__).parents[2],
            # Ctrl-C is for whoever started the sandbox: that process stops it when it is done.
            start_new_session=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.stop()
            raise OSError(self._last_words)
        self.ready = Ready(**json.loads(line))

    @property
    def control(self) -> ControlClient:
        """A client of its control API."""
        return ControlClient(self.ready.control)

    def stop(self) -> int:
        """Ask it to stop, wait, and return its exit code."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.communicate(timeout=_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
        if not self._log.closed:
            self._log.seek(0)
            self._last_words = self._log.read().strip()
            self._log.close()
        return self._process.returncode

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._process.kill()
        self.stop()

    def __enter__(self) -> SandboxProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

"""C1: a bot that watches for the end of its parent's pipe ends well while the pipe is open."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import os, threading
from ogma.cli import run

reading = threading.Event()
read = os.read

def told(*arguments):
    reading.set()
    return read(*arguments)

os.read = told
threading.Thread(target=run._stop_when_stdin_ends, daemon=True).start()
reading.wait(2)  # a reader of the buffer never comes by, and has surely begun by then
"""


def test_c1_an_end_while_the_pipe_is_open_is_a_good_one() -> None:
    """The interpreter dies at its end where a thread holds the lock of its standard input."""
    command = [sys.executable, "-c", _PROGRAM]
    pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as process:  # type: ignore[call-overload]
        assert process.wait(60) == 0, process.stderr.read().decode()

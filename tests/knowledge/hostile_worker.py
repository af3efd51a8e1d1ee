"""A reading process that misbehaves in the way that the file's name says."""

from __future__ import annotations

import os
import signal
import sys
import time

from ogma.knowledge import reading_worker
from ogma.knowledge.content import Content, Unreadable


def read(data: bytes, name: str) -> Content:
    if name == "hang":
        time.sleep(600)
    elif name == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif name == "spin":
        while True:
            pass
    elif name == "hog":
        return Content("x" * (4 * 2**30), markdown=False)
    elif name == "print":
        print("noise on stdout")
    elif name == "bug":
        raise ZeroDivisionError("of all things")
    elif name == "recurse":
        read(data, name)
    elif name in ("socket", "program", "write"):
        return Content(_attempt(name), markdown=False)
    elif name == "refuse":
        raise Unreadable("it does not want to be read")
    return Content(f"{os.getpid()}", markdown=False)


def _attempt(what: str) -> str:
    import socket
    import subprocess

    try:
        if what == "socket":
            socket.create_connection(("127.0.0.1", 9), timeout=1)
        elif what == "program":
            subprocess.run(["true"], check=False)
        else:
            with open("/tmp/reader-was-here", "w") as file:  # noqa: PTH123
                file.write("x" * 10_000)
    except PermissionError:
        return "refused"
    except OSError as error:
        return "refused" if error.errno == 27 else f"failed otherwise: {error}"
    return "went through"


if __name__ == "__main__":
    reading_worker.read = read
    reading_worker.CPU_S = int(sys.argv[1]) if len(sys.argv) > 1 else 1  # type: ignore[misc]
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    reading_worker.main()

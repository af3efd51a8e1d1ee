"""Refuses every connection that leaves this machine, and remembers that it was tried.

An audit hook sees what Python does with sockets in any library. Being refused is not enough: the
code under test might shrug it off, so each attempt is also written down, and the test fails.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path

LOG_VARIABLE = "OGMA_TEST_NETWORK_LOG"


class NetworkUsed(OSError):
    """A test tried to leave this machine."""


def install() -> None:
    """Guard this process from now on.

    Attempts are appended, one a line, to the file that the environment names at that moment: a
    worker of the suite is guarded at its start-up like any child, and then chooses its own file.
    """

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in ("socket.connect", "socket.sendto"):
            target = arguments[1]
            if isinstance(target, tuple) and not is_local(target[0]):
                refuse(f"{event} {target[0]}:{target[1]}")
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            refuse_unknown(event, arguments[0])

    def refuse_unknown(event: str, host: object) -> None:
        if not is_known(host):
            refuse(f"{event} {host!s}")

    def refuse(attempt: str) -> None:
        with Path(os.environ[LOG_VARIABLE]).open("a", encoding="utf-8") as stream:
            stream.write(f"{attempt} (process {os.getpid()})\n")
        raise NetworkUsed(f"tests stay on this machine, but this was tried: {attempt}")

    sys.addaudithook(hook)


def is_local(host: object) -> bool:
    """Whether connecting to this host stays on this machine."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def is_known(host: object) -> bool:
    """Whether looking this host up needs no name server: addresses, and this machine's names."""
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host))
    except ValueError:
        return False
    return True

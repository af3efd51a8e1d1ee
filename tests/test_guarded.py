"""P47: the guard itself. What it refuses is refused here without anything leaving the machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import GUARD_FOLDER
from tests.guarded import network

ELSEWHERE = "192.0.2.1"  # TEST-NET-1: never routed, so a broken guard does no harm


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "::1%lo", "localhost", b"::1"])
def test_this_machine_is_local(host: object) -> None:
    assert network.is_local(host)


@pytest.mark.parametrize(
    "host", [ELSEWHERE, "0.0.0.0", "10.0.0.1", "169.254.169.254", "2001:db8::1", "example.org", ""]
)
def test_everything_else_is_not(host: object) -> None:
    assert not network.is_local(host)


def test_names_of_other_machines_are_not_looked_up() -> None:
    assert network.is_known("127.0.0.1")
    assert network.is_known(None)
    assert not network.is_known("example.org")


def test_a_child_process_is_refused_and_the_attempt_is_written_down(tmp_path: Path) -> None:
    log = tmp_path / "attempts"
    log.touch()
    code = f"import socket; socket.create_connection(({ELSEWHERE!r}, 9), timeout=1)"
    child = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(GUARD_FOLDER), network.LOG_VARIABLE: str(log)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 1
    assert "tests stay on this machine" in child.stderr
    assert log.read_text().startswith(f"socket.connect {ELSEWHERE}:9")


def test_loopback_connections_are_let_through() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        assert client.getpeername()[0] == "127.0.0.1"


def test_an_attempt_fails_the_test_that_made_it(tmp_path: Path) -> None:
    """Also in a worker of a parallel run, and also where the code under test shrugs it off."""
    for name in ("conftest.py", "guarded"):
        (tmp_path / name).symlink_to(GUARD_FOLDER.parent / name)
    (tmp_path / "test_leak.py").write_text(
        "import contextlib, socket\n"
        "def test_leak():\n"
        "    with contextlib.suppress(OSError):\n"
        f"        socket.create_connection(({ELSEWHERE!r}, 9), timeout=1)\n"
        "def test_clean():\n    pass\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n1"]
    root = GUARD_FOLDER.parents[1]
    run = subprocess.run(
        [*command, "--rootdir", root, "-c", root / "pyproject.toml", tmp_path / "test_leak.py"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "reached for the network" in run.stdout, run.stdout
    assert f"socket.connect {ELSEWHERE}:9" in run.stdout
    assert "2 passed, 1 error" in run.stdout

"""The server as a process: its ready line, its config file, its end."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ogma.sandbox.process import SandboxProcess
from ogma.sandbox.server import Sandbox

ROOT = Path(__file__).parents[2]


@pytest.fixture
def process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxProcess]:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with SandboxProcess() as running:
        yield running


def test_the_ready_line_names_everything(process: SandboxProcess) -> None:
    ready = process.ready
    assert {urlsplit(url).hostname for url in (ready.api, ready.gateway, ready.control)} == {
        "127.0.0.1"
    }
    assert ready.api.endswith("/api/v10")
    state = process.control.state()
    assert state["guild"]["id"] == ready.guild
    assert len(ready.token.split(".")) == 3
    config = tomllib.loads(Path(ready.config).read_text(encoding="utf-8"))
    channels = {channel["id"]: channel["name"] for channel in state["channels"]}
    roles = {role["id"]: role["name"] for role in state["roles"]}
    assert config["discord"]["guild"] == ready.guild
    assert channels[config["channels"]["panel"]] == "open-a-ticket"
    assert channels[config["channels"]["staff_review"]] == "staff-review"
    assert channels[config["channels"]["transcripts"]] == "ticket-transcripts"
    assert [roles[role] for role in config["roles"]["staff"]] == ["Support"]
    assert [roles[role] for role in config["roles"]["management"]] == ["Management"]
    assert [channels[kind["category"]] for kind in config["types"]] == [
        "General Tickets",
        "Billing Tickets",
    ]
    assert [roles[role] for role in config["types"][1]["staff_roles"]] == ["Billing"]


def test_the_token_lies_in_a_file_that_only_its_owner_reads(process: SandboxProcess) -> None:
    config = tomllib.loads(Path(process.ready.config).read_text(encoding="utf-8"))
    token = Path(config["discord"]["token_file"])
    assert token.read_text(encoding="utf-8").strip() == process.ready.token
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    assert process.ready.token not in Path(process.ready.config).read_text(encoding="utf-8")


def test_a_port_in_use_is_one_sentence(process: SandboxProcess) -> None:
    port = urlsplit(process.ready.api).port
    assert port is not None
    with pytest.raises(OSError, match=f"port {port} on 127.0.0.1 cannot be used"):
        SandboxProcess(port)
    with pytest.raises(OSError, match=f"port {port} on 127.0.0.1 cannot be used"):
        Sandbox(port)


def test_it_stops_when_asked(process: SandboxProcess) -> None:
    assert process.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_of_its_own_stops_on_signals(number: signal.Signals, tmp_path: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "ogma.sandbox"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert running.stdout is not None
    assert json.loads(running.stdout.readline())["guild"]
    running.send_signal(number)
    _, errors = running.communicate(timeout=10)
    assert (running.returncode, errors) == (0, b"")


def test_it_does_not_outlive_who_started_it(tmp_path: Path) -> None:
    """However the starting process ends, the server sees its standard input end."""
    script = (
        "import os, signal; from ogma.sandbox.process import SandboxProcess;"
        "s = SandboxProcess(); print(s._process.pid, flush=True);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    started = subprocess.run(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        check=False,
        timeout=30,
    )
    pid = int(started.stdout)
    subprocess.run(["tail", "--pid", str(pid), "-f", "/dev/null"], check=True, timeout=20)


def test_a_port_is_a_number_up_to_65535() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ogma.sandbox", "--port", "70000"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 2
    assert "from 0 to 65535" in done.stderr

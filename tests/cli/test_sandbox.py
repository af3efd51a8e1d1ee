from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ogma.cli import stage as stages
from ogma.cli.stage import Stage, has_panel
from ogma.errors import OgmaError
from ogma.services import instance
from ogma.settings import load

from . import desks
from .desks import ogma, printed

ROOT = Path(__file__).parents[2]
ENDS_WITHIN_S = 30


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporary folders of the sandbox go with the test's."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")


def started(*arguments: str) -> subprocess.Popen[str]:
    """`ogma sandbox ARGUMENTS` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "ogma", "sandbox", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answers(url: str) -> bool:
    """Whether a server listens there."""
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def waited(condition: Any) -> bool:
    """Whether the condition comes true within a generous time."""
    until = time.monotonic() + ENDS_WITHIN_S
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def test_serve_only_prints_one_ready_line() -> None:
    """R1: the interface's ready line, a config that fits, and a clean end."""
    with started("--serve-only") as server:
        assert server.stdout is not None
        ready = json.loads(server.stdout.readline())
        assert set(ready) == {"api", "gateway", "control", "token", "guild", "config"}
        assert ready["api"].startswith("http://127.0.0.1:")
        assert str(load(Path(ready["config"])).discord.guild) == ready["guild"]
        assert answers(ready["control"] + "/state")
        server.send_signal(signal.SIGINT)
        rest, errors = server.communicate(timeout=ENDS_WITHIN_S)
    assert (rest, errors, server.returncode) == ("", "", 0)


def test_a_port_in_use(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desks.alone(data_dir, monkeypatch)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for options in ([], ["--serve-only"]):
            assert ogma(data_dir, "sandbox", "--port", port, *options) == 1
            said = capsys.readouterr().err
            assert f"port {port} on 127.0.0.1 cannot be used" in said
            assert "name another port with --port" in said
            assert "Traceback" not in said


def test_without_the_extra(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for command in (["sandbox"], ["sandbox", "--serve-only"], ["rehearse", "x.toml"]):
        assert ogma(data_dir, *command) == 2
        assert "pip install 'ogma[sandbox]'" in capsys.readouterr().err


def test_options_that_exclude_each_other(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ogma(data_dir, "sandbox", "--serve-only", "--once") == 2
    assert "--serve-only is the server alone" in capsys.readouterr().err


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Server and bot as the sandbox starts them."""
    with Stage.open() as running:
        running.start_bot()
        yield running


def test_a_bot_that_ends_is_said_with_its_last_words(stage: Stage) -> None:
    """A child that dies ends the sandbox with a sentence, and the other child with it."""
    assert has_panel(stage.look())
    assert instance.running(stage.data)
    bot = stage._bot
    assert bot is not None
    bot.process.send_signal(signal.SIGKILL)
    bot.process.wait(ENDS_WITHIN_S)
    with pytest.raises(OgmaError, match=r"The bot has ended \(exit code -9\)"):
        stage.look()


def test_a_server_that_ends_is_said() -> None:
    with Stage.open() as stage:
        stage.check()
        stage._server.kill()
        with pytest.raises(OgmaError, match="server has ended"):
            stage.look()


def test_a_ticket_is_closed_from_the_shell_by_the_running_bot(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """C1: the CLI writes the jobs and the running bot performs them; both then stop cleanly."""
    click = {"as": "alice", "custom_id": "ogma:open:general"}
    form = stage.call("POST", "click", click)["interaction"]
    values = {"subject": "Hello", "description": "Is anybody there?"}
    stage.call("POST", "modal", {"as": "alice", "interaction": form, "values": values})
    assert waited(lambda: channel_named(stage, "alice"))
    where = ["--config", str(stage.config), "tickets", "close", "1", "--reason", "spam"]
    assert ogma(stage.data, *where, "--yes", "--json") == 0
    assert printed(capsys) == {"closing": [1], "refused": [], "bot_running": True}
    assert waited(lambda: not channel_named(stage, "alice"))
    assert list(stage.data.glob("transcripts/*/transcript.html"))

    bot = stage._bot
    assert bot is not None
    stage.stop()
    assert bot.process.returncode == 0, bot.log.read_text(encoding="utf-8")
    assert not instance.running(stage.data)
    assert not answers(stage._server.ready.control)
    stage.stop()


def channel_named(stage: Stage, name: str) -> bool:
    """Whether the guild has this channel now."""
    return any(one["name"] == name for one in stage.look()["channels"])


def test_the_owners_own_variables_do_not_reach_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OGMA_DISCORD_TOKEN", "the owner's real token")
    monkeypatch.setenv("OGMA_DATA", "/the/owners/data")
    monkeypatch.setenv("OGMA_MODELS", "/models")
    environment = stages._environment()
    assert "OGMA_DISCORD_TOKEN" not in environment
    assert "OGMA_DATA" not in environment
    assert environment["OGMA_MODELS"] == "/models"


def test_a_killed_sandbox_takes_both_processes_with_it(tmp_path: Path) -> None:
    """Killed at any moment, nothing keeps a port or a lock, so that it can be started again."""
    script = (
        "from ogma.cli.stage import Stage; import time\n"
        "stage = Stage.open(); stage.start_bot()\n"
        "print(stage.data, stage._server.ready.control, flush=True); time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ
    ) as parent:
        assert parent.stdout is not None
        data, control = parent.stdout.readline().split()
        assert instance.running(Path(data))
        parent.kill()
        parent.wait(ENDS_WITHIN_S)
    assert waited(lambda: not instance.running(Path(data)))
    assert waited(lambda: not answers(control))


def test_the_first_ticket_and_the_keyboard() -> None:
    """R1, C2: played, told, archived; then what is typed is said by alice."""
    with started("--no-browser") as sandbox:
        out, err = sandbox.communicate(":open general\nHi\nIs PvP on?\n:buttons\n", timeout=180)
    assert sandbox.returncode == 0, err
    told, _, typed = out.partition("You are alice now.")
    assert "1. Stop the server." in told
    assert "Ticket 1 needs a person" in told
    assert "- #alice is gone" in told
    found = re.search(r"The transcript: (\S+)", told)
    assert found is not None
    assert "T-shirts" in Path(found[1]).read_text(encoding="utf-8")
    assert "Ogma (bot) in #alice" in typed
    assert "Request human" in typed
    assert "Everything is kept in" in err
    assert max(len(line) for line in out.splitlines() if "/" not in line) <= 80

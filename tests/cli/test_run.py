from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ogma.services import instance
from ogma.settings.token import VARIABLE

from . import desks
from .desks import ogma

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.abcdefghijklmnopqrstuvwxyzabcdefghijkl"


@pytest.fixture
def config(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    desks.alone(data_dir, monkeypatch)
    path = tmp_path / "config.toml"
    path.write_text(desks.CONFIG, encoding="utf-8")
    return path


def run_bot(config: Path, data: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`ogma run` in a process of its own, with a token."""
    return subprocess.run(
        [sys.executable, "-m", "ogma", "--config", config, "--data", data, "run", *options],
        env={**os.environ, VARIABLE: TOKEN},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_no_config(
    config: Path, data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ogma(data_dir, "--config", str(tmp_path / "none.toml"), "run") == 3
    assert "There is no config file" in capsys.readouterr().err


def test_no_token(config: Path, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ogma(data_dir, "--config", str(config), "run") == 3
    assert f"set {VARIABLE}, or store it" in capsys.readouterr().err
    assert not (data_dir / "ogma.db").exists()


def test_a_wrong_clock(config: Path, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ogma(data_dir, "--config", str(config), "run", "--clock", "sun") == 2
    assert "'sun' is not one of 'machine', 'server'" in capsys.readouterr().err


def test_discord_out_of_reach(config: Path, data_dir: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        api = f"http://127.0.0.1:{closed.getsockname()[1]}"
        done = run_bot(config, data_dir, "--discord-api", api)
    assert done.returncode == 5, done.stderr
    assert f"{api} cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
    assert TOKEN not in done.stderr + (data_dir / "logs" / "ogma.log").read_text(encoding="utf-8")


def test_a_second_bot_on_the_same_folder(config: Path, data_dir: Path) -> None:
    """P5: the second instance ends with a sentence that names the first."""
    with instance.held(desks.make_desk(data_dir)):
        done = run_bot(config, data_dir, "--discord-api", "http://127.0.0.1:9")
    assert done.returncode == 6, done.stderr
    assert f"Another Ogma already runs on {data_dir} (process {os.getpid()} on" in done.stderr

"""Run `ogma` in this process, as a person would at a terminal of 80 columns without colours."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from ogma.cli.shell import run


class Result(NamedTuple):
    """What a call left behind."""

    code: int
    out: str
    err: str


Ogma = Callable[..., Result]


@pytest.fixture
def ogma(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Ogma:
    """`ogma("config", "path", typed="...")`; its config and data lie in `tmp_path`."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("OGMA_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("OGMA_DATA", str(tmp_path / "data"))

    def call(*arguments: str, typed: str = "") -> Result:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        return Result(code, *capsys.readouterr())

    return call

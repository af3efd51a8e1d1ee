"""Setting up .venv: safe to kill anywhere, quick when there is nothing to do, plain when it fails.

The real thing (packages from a registry) is what scripts/test itself ran on; here the steps are
played with stand-ins, so that every place of a crash can be tried.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


class Killed(BaseException):
    """Stands for a process that is gone: nothing of it runs any more."""


def load() -> ModuleType:
    """A copy of environment.py of its own."""
    spec = importlib.util.spec_from_file_location("environment", SCRIPTS / "environment.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """environment.py on an empty checkout, with programs that only leave traces."""
    module = load()
    venv = tmp_path / ".venv"
    names = {"PYTHON": "bin/python", "STAMP": "ogma-stamp", "MARKER": "ogma-unfinished"}
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", venv)
    for name, place in names.items():
        monkeypatch.setattr(module, name, venv / place)
    for name, place in {"LOCK": "lock", "PROJECT": "pyproject.toml"}.items():
        (tmp_path / place).write_text(place)
        monkeypatch.setattr(module, name, tmp_path / place)
    module.steps = []  # type: ignore[attr-defined]
    monkeypatch.setattr(module, "run_or_explain", _program(module))
    monkeypatch.setattr(module, "is_usable", (venv / "made").exists)
    return module


def _program(module: ModuleType) -> Callable[[str, list[str]], None]:
    def run(advice: str, command: list[str]) -> None:
        step = "venv" if "venv" in command else "project" if "-e" in command else "packages"
        module.steps.append(step)
        if step == "venv":
            (module.VENV / "bin").mkdir(parents=True)
            for made in ("made", "pyvenv.cfg", "bin/python"):
                (module.VENV / made).touch()
        else:
            (module.VENV / step).touch()

    return run


def test_the_first_run_makes_everything_and_the_second_nothing(setup: ModuleType) -> None:
    assert setup.main() == 0
    assert setup.steps == ["venv", "packages", "project"]
    assert setup.main() == 0
    assert setup.steps == ["venv", "packages", "project"]
    assert not setup.MARKER.exists()


@pytest.mark.parametrize("changed", ["LOCK", "PROJECT"])
def test_a_changed_lock_or_project_installs_again_into_the_same_place(
    setup: ModuleType, changed: str
) -> None:
    setup.main()
    (setup.VENV / "mine").touch()
    getattr(setup, changed).write_text("changed")
    assert setup.main() == 0
    assert setup.steps[3:] == ["packages", "project"]
    assert (setup.VENV / "mine").exists()


@pytest.mark.parametrize("after", ["mkdir", "venv", "packages", "project", "stamp"])
def test_killed_anywhere_the_next_run_completes(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    program = setup.run_or_explain

    def dying(advice: str, command: list[str]) -> None:
        if after == "mkdir":
            raise Killed
        program(advice, command)
        if setup.steps[-1] == after:
            raise Killed

    with monkeypatch.context() as first:
        first.setattr(setup, "run_or_explain", dying)
        if after == "stamp":
            first.setattr(Path, "replace", _die)
        with pytest.raises(Killed):
            setup.main()
    assert not setup.is_ready()
    setup.steps.clear()
    assert setup.main() == 0
    assert setup.is_ready()
    assert setup.steps[-2:] == ["packages", "project"]
    assert not setup.MARKER.exists()


def _die(*_: object) -> None:
    raise Killed


def test_an_environment_left_half_made_is_thrown_away(setup: ModuleType) -> None:
    setup.VENV.mkdir()
    (setup.VENV / "half").touch()
    setup.MARKER.touch()
    (setup.ROOT / ".venv-old-1").mkdir()
    assert setup.main() == 0
    assert not (setup.VENV / "half").exists()
    assert [path.name for path in setup.ROOT.glob(".venv*")] == [".venv"]


def test_an_environment_made_by_hand_is_kept(setup: ModuleType) -> None:
    setup.VENV.mkdir()
    for made in ("made", "pyvenv.cfg", "mine"):
        (setup.VENV / made).touch()
    (setup.VENV / "bin").mkdir()
    (setup.VENV / "bin/python").touch()
    assert setup.main() == 0
    assert setup.steps == ["packages", "project"]
    assert (setup.VENV / "mine").exists()


def test_a_failure_is_a_sentence_and_leaves_no_stamp(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(advice: str, command: list[str]) -> None:
        raise setup.SetupFailed(advice)

    monkeypatch.setattr(setup, "run_or_explain", failing)
    assert setup.main() == 1
    assert "apt install python3-venv" in capsys.readouterr().err
    assert not setup.is_ready()


def test_what_a_program_said_stands_below_the_advice() -> None:
    module = load()
    with pytest.raises(module.SetupFailed, match=r"^Do this\.\n  no such index$"):
        module.run_or_explain(
            "Do this.", [sys.executable, "-c", "print('no such index'); raise SystemExit(2)"]
        )


def test_an_old_python_is_told_in_one_sentence(tmp_path: Path) -> None:
    for name in ("python3", "python"):
        fake = tmp_path / name
        fake.write_text("#!/bin/sh\nexit 1\n")
        fake.chmod(0o755)
    for tool in ("dirname", "sh"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or "")
    environ = {name: value for name, value in os.environ.items() if name != "PYTHON"}
    run = subprocess.run(
        [SCRIPTS / "setup"],
        env={**environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "needs Python 3.11" in run.stderr

"""The scripts themselves, with stand-ins for what they start: arguments, warnings, order."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
SHELL = ["setup", "start", "test", "check", "lock", "../.ci/run"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose set-up does nothing and whose programs say how they were called."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / ".venv/bin").mkdir(parents=True)
    for name in ("start", "test", "check"):
        shutil.copy(SCRIPTS / name, tmp_path / "scripts" / name)
    program(tmp_path / "scripts/setup", "exit ${SETUP_CODE:-0}")
    report = 'printf "%s" "${0##*/}"; for a; do printf " [%s]" "$a"; done; echo'
    program(tmp_path / ".venv/bin/ogma", f'{report}; [ "$1" = sandbox ] || exit ${{PULL_CODE:-0}}')
    program(tmp_path / ".venv/bin/python", f'{report}; echo "data=${{OGMA_DATA-}}"')
    for name in ("ruff", "mypy", "lint-imports"):
        program(tmp_path / ".venv/bin" / name, f"{report}; [ {name} != mypy ]")
    return tmp_path


def program(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def run(checkout: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "scripts" / command[0], *command[1:]],
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", SHELL)
def test_scripts_are_executable_and_plain_sh(name: str) -> None:
    path = SCRIPTS / name
    assert os.access(path, os.X_OK)
    assert path.read_text().startswith("#!/bin/sh\n")
    assert subprocess.run(["sh", "-n", path], check=False).returncode == 0


@pytest.mark.parametrize("name", ["start", "test"])
def test_the_commands_that_the_scripts_give_exist(name: str) -> None:
    given = re.findall(r'"\$bin/ogma" ([^|{"\n]+)', (SCRIPTS / name).read_text())
    assert given
    for arguments in given:
        command = [sys.executable, "-m", "ogma", *shlex.split(arguments), "--help"]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr


def test_start_gets_the_model_and_hands_its_arguments_on(checkout: Path) -> None:
    ran = run(checkout, "start", "--once", "two words")
    assert ran.returncode == 0
    assert ran.stdout.splitlines() == [
        "ogma [models] [pull]",
        "ogma [sandbox] [--once] [two words]",
    ]
    assert ran.stderr == ""


def test_start_goes_on_without_the_model_after_one_warning(checkout: Path) -> None:
    ran = run(checkout, "start", "--once", PULL_CODE="5")
    assert ran.returncode == 0
    assert ran.stdout.splitlines()[-1] == "ogma [sandbox] [--once]"
    assert ran.stderr.count("\n") == 1
    assert "the search goes by words alone" in ran.stderr


def test_start_stops_when_it_is_interrupted_or_the_set_up_fails(checkout: Path) -> None:
    assert run(checkout, "start", PULL_CODE="130").returncode == 130
    failed = run(checkout, "start", SETUP_CODE="1")
    assert (failed.returncode, failed.stdout) == (1, "")


def test_the_suite_leaves_the_long_counts_out_unless_asked(checkout: Path) -> None:
    ran = run(checkout, "test", "-k", "two words", OGMA_DATA="mine")
    pytest_call, data = ran.stdout.splitlines()[1:]
    assert pytest_call.endswith(" [-m] [not full] [-k] [two words]")
    assert data == "data="
    full = run(checkout, "test", "-x", "--full", "tests/cli").stdout.splitlines()[1]
    assert full.endswith(" [-m] [] [-x] [tests/cli]")


def test_the_suite_runs_without_the_model_too(checkout: Path) -> None:
    ran = run(checkout, "test", PULL_CODE="5")
    assert ran.returncode == 0
    assert "the tests that need it are skipped" in ran.stderr


def test_a_failed_check_does_not_hide_the_others(checkout: Path) -> None:
    ran = run(checkout, "check")
    assert ran.returncode == 1
    assert [line.split()[0] for line in ran.stdout.splitlines()] == [
        "ruff", "ruff", "mypy", "lint-imports",
    ]  # fmt: skip
    assert ran.stderr == "Failed: types\n"

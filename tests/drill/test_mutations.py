"""Every invariant of the drill can fail: a check that cannot is none."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.drill.mutations import MUTATIONS, Mutation
from tests.drill.upkeep import Used, compared

ROOT = Path(__file__).parents[2]
HOURS, SEEDS = 10, 4
BY_NAME = pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.invariant)


@BY_NAME
def test_every_mutation_still_fits(mutation: Mutation) -> None:
    """The code that it changes is there, once."""
    for edit in mutation.edits:
        assert (ROOT / edit.file).read_text(encoding="utf-8").count(edit.old) == 1


@pytest.mark.full
@BY_NAME
def test_every_mutation_turns_the_drill_red(mutation: Mutation, tmp_path: Path) -> None:
    """P1 to P24: played with the fault in, the drill names the invariant that it breaks."""
    for name in ("ogma", "tests", "data"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    for name in ("config.example.toml", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for edit in mutation.edits:
        code = tmp_path / edit.file
        text = code.read_text(encoding="utf-8")
        code.write_text(text.replace(edit.old, edit.new), encoding="utf-8")
    said = ""
    for seed in range(1, SEEDS + 1):
        command = [sys.executable, "-m", "tests.drill", "--seed", str(seed), "--hours", str(HOURS)]
        played = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        said += played.stderr
        if any(words in played.stderr for words in mutation.told):
            assert played.returncode == 1
            return
    raise AssertionError(f"no seed found the fault\n{said[-3000:]}")


FRESH = Used(memory=100 * 2**20, files=Counter(socket=40), connections=3, threads=9, wal=0, jobs=0)


@pytest.mark.parametrize(
    "used",
    [
        replace(FRESH, memory=300 * 2**20),
        replace(FRESH, files=Counter(socket=400)),
        replace(FRESH, connections=10),
        replace(FRESH, wal=2**30),
        replace(FRESH, jobs=1),
    ],
    ids=["memory", "files", "connections", "wal", "jobs"],
)
def test_what_a_bot_uses_too_much_of_is_named(used: Used) -> None:
    """Memory, open files, connections, write-ahead log and jobs, beside a bot that just started."""
    assert len(compared(used, FRESH)) == 1
    assert not compared(FRESH, FRESH)
    assert not compared(replace(FRESH, connections=9), FRESH)

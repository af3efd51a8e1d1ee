"""The house's walls: import contracts, and what `ogma --help` may load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = ("disnake", "faiss", "fastembed", "onnx", "onnxruntime", "ollama", "numpy")


def test_imports_keep_to_the_contracts() -> None:
    """Layers, rooms side by side, and one third party in one room (pyproject.toml)."""
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout


def loaded_by(*arguments: str) -> set[str]:
    """The top-level modules that `ogma ARGUMENTS` has imported when it ends well."""
    code = (
        "import sys\n"
        f"sys.argv = ['ogma', *{arguments!r}]\n"
        "from ogma.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit as done:\n    assert not done.code, done.code\n"
        "print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return set(run.stdout.rpartition("LOADED")[2].split())


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["kb", "--help"], ["tickets", "list", "--help"], ["run", "--help"]],
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    """`ogma --help` imports none of the heavy third parties."""
    loaded = loaded_by(*arguments)
    assert "typer" in loaded
    assert not loaded.intersection(HEAVY)


def test_k1_an_ingest_of_nothing_new_loads_nothing_heavy(tmp_path: Path) -> None:
    """Unchanged files cost nothing, so neither does what only changed ones need."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "doors.md").write_text("# Doors\n\nThe zebra door opens by itself at noon.\n")
    ingest = ("--data", str(tmp_path / "data"), "kb", "ingest", str(docs))
    loaded_by(*ingest)
    loaded = loaded_by(*ingest)
    assert "peewee" in loaded
    assert not loaded.intersection(HEAVY)

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


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["kb", "--help"], ["tickets", "list", "--help"], ["run", "--help"]],
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    """`ogma --help` imports none of the heavy third parties."""
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
    loaded = set(run.stdout.rpartition("LOADED")[2].split())
    assert "typer" in loaded
    assert not loaded.intersection(HEAVY)

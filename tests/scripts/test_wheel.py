"""The wheel on its own: no checkout, no config, no model (S1, R1)."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_r1_the_wheel_runs_outside_a_checkout(tmp_path: Path) -> None:
    """S1, R1: sample knowledge base, scenario and example config are package data."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    installed, home = tmp_path / "installed", tmp_path / "home"
    zipfile.ZipFile(wheel).extractall(installed)
    home.mkdir()
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("OGMA_", "XDG_"))
    }
    path = os.pathsep.join([str(installed), os.environ.get("PYTHONPATH", "")])
    environ = {**kept, "HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": path}

    def python(*arguments: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=home,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done

    module = python("-c", "import ogma; print(ogma.__file__)").stdout
    assert module.startswith(str(installed)), "it is not the checkout that runs"
    python("-m", "ogma", "init", "--yes")
    config = home / ".config/ogma/config.toml"
    assert config.read_bytes() == (ROOT / "config.example.toml").read_bytes()
    told = python("-m", "ogma", "sandbox", "--once")
    assert "- #alice is gone" in told.stdout
    assert "The embedding model is not installed" in told.stderr

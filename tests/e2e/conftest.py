from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ogma.knowledge.model import models_folder
from tests.e2e.invariants import faults
from tests.e2e.town import Town

CONFIG = Path(__file__).parents[2] / "config.example.toml"
LIBRARY = Path(__file__).parent / "library"
BuildTown = Callable[..., Town]

OPTIONS: dict[str, Any] = {
    "ai": {"burst_quiet_s": 0.2},
    "more_types": [{"id": "quick", "label": "Quick question", "intake": "none"}],
}
"""Every town's config: questions are taken at once, and one type opens without a form."""


def _ingested(folder: Path, models: Path) -> Path:
    command = [sys.executable, "-m", "ogma", "--config", str(CONFIG)]
    command += ["--data", str(folder / "data"), "kb", "ingest", str(LIBRARY)]
    environment = {**os.environ, "OGMA_MODELS": str(models)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "data"


@dataclass(frozen=True)
class Library:
    """A data folder with the sample documents, and where its embedding model is (if anywhere)."""

    data: Path
    models: Path


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Searched by words alone: the same on every machine, and bots start faster."""
    folder = tmp_path_factory.mktemp("library")
    models = folder / "no-models"
    return Library(_ingested(folder, models), models)


@pytest.fixture(scope="session")
def best_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Searched by words and meaning where the embedding model is on this machine."""
    models = models_folder(os.environ)
    return Library(_ingested(tmp_path_factory.mktemp("library"), models), models)


@pytest.fixture
def build_town(tmp_path: Path, library: Library) -> Iterator[BuildTown]:
    """Builds towns, their bots not yet running; what must hold everywhere is checked at the end."""
    towns: list[Town] = []

    def build(filled: Library = library, **options: Any) -> Town:
        merged = {**OPTIONS, **options, "ai": {**OPTIONS["ai"], **options.get("ai", {})}}
        folder = tmp_path / f"town-{len(towns)}"
        towns.append(Town(folder, filled.data, filled.models, merged))
        return towns[-1]

    yield build
    try:
        wrong = [fault for town in towns for fault in faults(town)]
        assert not wrong, "\n".join(wrong)
    finally:
        for town in towns:
            town.end()


@pytest.fixture
def town(build_town: BuildTown) -> Town:
    """A guild with a running bot."""
    built = build_town()
    built.run_bot()
    return built

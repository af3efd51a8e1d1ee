"""What every test gets: no network, no settings of the person who runs it, shared fixtures."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from ogma.knowledge.model import installed, models_folder
from tests.guarded import network

GUARD_FOLDER = Path(network.__file__).parent
PERSONAL = ("OGMA_CONFIG", "OGMA_DATA", "OGMA_DISCORD_TOKEN", "OGMA_CRASH_AT", "PYTEST_ADDOPTS")

settings.register_profile("ogma", deadline=None, print_blob=True)
settings.load_profile("ogma")


def pytest_configure(config: pytest.Config) -> None:
    """Leave the runner's own settings behind and guard this process and its children."""
    for name in PERSONAL:
        os.environ.pop(name, None)
    handle, log = tempfile.mkstemp(prefix="ogma-network-", suffix=".log")
    os.close(handle)
    config.stash[NETWORK_LOG] = Path(log)
    os.environ[network.LOG_VARIABLE] = log
    paths = [str(GUARD_FOLDER), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    network.install()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Nothing is left behind."""
    config.stash[NETWORK_LOG].unlink(missing_ok=True)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two for each core: most tests wait for a process that they have started."""
    return 2 * (os.cpu_count() or 1)


NETWORK_LOG = pytest.StashKey[Path]()


@pytest.fixture(autouse=True)
def _stays_on_this_machine(request: pytest.FixtureRequest) -> Iterator[None]:
    """P47: a test in which anything reaches for the network fails, even if the code shrugs."""
    log = request.config.stash[NETWORK_LOG]
    before = log.stat().st_size
    yield
    with log.open(encoding="utf-8") as stream:
        stream.seek(before)
        attempts = stream.read()
    assert not attempts, f"reached for the network:\n{attempts}"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """An empty data folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def model_dir() -> Path:
    """The folder that holds the embedding models; skips where the model is not there."""
    folder = models_folder(os.environ)
    if installed(folder) is None:
        pytest.skip("the embedding model is not on this machine; `ogma models pull` brings it")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The Chromium to look at pages with; skips where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("Chromium is not on this machine")
    return found

"""Where config and data are, by option, environment and place."""

from __future__ import annotations

from pathlib import Path

import pytest

from ogma.errors import OgmaError
from ogma.settings.locations import checkout_folder, locate, make_private_folder

HOME = {"HOME": "/home/owner"}


def test_the_option_beats_the_environment_beats_the_place(tmp_path: Path) -> None:
    """INTERFACES.md: --config, OGMA_CONFIG, ./config.toml, then the checkout or the user's."""
    (tmp_path / "config.toml").touch()
    environ = {**HOME, "OGMA_CONFIG": "env.toml", "OGMA_DATA": "env-data"}
    found = locate(Path("opt.toml"), Path("opt"), environ, here=tmp_path, checkout=Path("/co"))
    assert (found.config, found.config_origin) == (tmp_path / "opt.toml", "--config")
    assert (found.data, found.data_origin) == (tmp_path / "opt", "--data")
    found = locate(None, None, environ, here=tmp_path, checkout=Path("/co"))
    assert (found.config, found.config_origin) == (tmp_path / "env.toml", "OGMA_CONFIG")
    assert (found.data, found.data_origin) == (tmp_path / "env-data", "OGMA_DATA")
    assert found.config_chosen
    found = locate(None, None, HOME, here=tmp_path, checkout=Path("/co"))
    assert (found.config, found.config_origin) == (tmp_path / "config.toml", "the current folder")
    assert (found.data, found.data_origin) == (Path("/co/data"), "the checkout")
    found = locate(None, None, HOME, here=tmp_path / "none", checkout=Path("/co"))
    assert (found.config, found.config_origin) == (Path("/co/config.toml"), "the checkout")
    assert not found.config_chosen


def test_an_installed_ogma_uses_the_users_folders(tmp_path: Path) -> None:
    """The XDG folders, a relative one ignored as the specification says."""
    found = locate(None, None, HOME, here=tmp_path, checkout=None)
    assert found.config == Path("/home/owner/.config/ogma/config.toml")
    assert found.data == Path("/home/owner/.local/share/ogma")
    environ = {**HOME, "XDG_CONFIG_HOME": "/etc/me", "XDG_DATA_HOME": "relative"}
    found = locate(None, None, environ, here=tmp_path, checkout=None)
    assert found.config == Path("/etc/me/ogma/config.toml")
    assert found.data == Path("/home/owner/.local/share/ogma")


def test_these_tests_run_from_the_checkout() -> None:
    """The folder whose pyproject.toml is Ogma's."""
    assert checkout_folder() == Path(__file__).parents[2]


def test_a_new_data_folder_is_private(tmp_path: Path) -> None:
    """S1: 0700; one that is there keeps its mode; a file in the way is a sentence."""
    make_private_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    (tmp_path / "open").mkdir(mode=0o755)
    make_private_folder(tmp_path / "open")
    assert (tmp_path / "open").stat().st_mode & 0o777 == 0o755
    (tmp_path / "file").touch()
    with pytest.raises(OgmaError, match=r"Cannot create the folder .*/file .*--data"):
        make_private_folder(tmp_path / "file")

"""Where the config file and the data folder are: option, environment, place.

Folders of the user follow the XDG base directory specification.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ogma.errors import OgmaError

CONFIG_NAME = "config.toml"


@dataclass(frozen=True)
class Locations:
    """Paths are absolute; the origins say why they are what they are, for people."""

    config: Path
    config_origin: str
    data: Path
    data_origin: str

    @property
    def config_chosen(self) -> bool:
        """Whether the person named the config file, so that a missing one is an error."""
        return self.config_origin in {"--config", "OGMA_CONFIG"}


def locate(
    config: Path | None,
    data: Path | None,
    environ: Mapping[str, str],
    *,
    here: Path,
    checkout: Path | None,
) -> Locations:
    """Decide both places from the current folder and the checkout that Ogma runs from, if any."""
    config_path, config_origin = _config(config, environ, here, checkout)
    data_path, data_origin = _data(data, environ, checkout)
    return Locations(
        _absolute(config_path, here), config_origin, _absolute(data_path, here), data_origin
    )


def _config(
    option: Path | None, environ: Mapping[str, str], here: Path, checkout: Path | None
) -> tuple[Path, str]:
    if option is not None:
        return option, "--config"
    if environ.get("OGMA_CONFIG"):
        return Path(environ["OGMA_CONFIG"]), "OGMA_CONFIG"
    if (here / CONFIG_NAME).is_file():
        return here / CONFIG_NAME, "the current folder"
    if checkout is not None:
        return checkout / CONFIG_NAME, "the checkout"
    return user_folder("config", environ) / CONFIG_NAME, "the user's config folder"


def _data(
    option: Path | None, environ: Mapping[str, str], checkout: Path | None
) -> tuple[Path, str]:
    if option is not None:
        return option, "--data"
    if environ.get("OGMA_DATA"):
        return Path(environ["OGMA_DATA"]), "OGMA_DATA"
    if checkout is not None:
        return checkout / "data", "the checkout"
    return user_folder("data", environ), "the user's data folder"


def user_folder(kind: str, environ: Mapping[str, str]) -> Path:
    """Ogma's folder of this kind ("config" or "data") for this user."""
    variable, below_home = {
        "config": ("XDG_CONFIG_HOME", ".config"),
        "data": ("XDG_DATA_HOME", ".local/share"),
    }[kind]
    base = environ.get(variable, "")
    if base.startswith("/"):  # the specification: a relative path is to be ignored
        return Path(base) / "ogma"
    return _home(environ) / below_home / "ogma"


def checkout_folder() -> Path | None:
    """The folder of the checkout that this Ogma runs from, None when it is installed."""
    root = Path(__file__).resolve().parents[2]
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None
    return root if project.get("project", {}).get("name") == "ogma" else None


def make_private_folder(folder: Path) -> None:
    """Create the folder for its owner's eyes only; one that is there is left as it is."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as failed:
        raise OgmaError(
            f"Cannot create the folder {folder} ({failed.strerror}); name another with --data."
        ) from failed


def _home(environ: Mapping[str, str]) -> Path:
    if environ.get("HOME"):
        return Path(environ["HOME"])
    try:
        return Path.home()
    except RuntimeError as unknown:
        raise OgmaError(
            "The home folder is not known; set HOME, or give --config and --data."
        ) from unknown


def _absolute(path: Path, here: Path) -> Path:
    return (here / path.expanduser()).absolute()

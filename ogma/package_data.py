"""Files that ship with Ogma: in the wheel below `ogma/_data`, in a checkout at its top."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from ogma.errors import OgmaError

_CHECKOUT = Path(__file__).resolve().parents[1]


def example_config() -> str:
    """The text of config.example.toml."""
    return _shipped("config.example.toml", _CHECKOUT / "config.example.toml").read_text("utf-8")


def sample_dir() -> Path:
    """The folder with the sample knowledge base, golden questions and scenarios."""
    found = _shipped("sample", _CHECKOUT / "data" / "sample")
    if not isinstance(found, Path):
        raise OgmaError("Ogma runs from an archive; install it as a folder to use its samples.")
    return found


def _shipped(name: str, in_checkout: Path) -> Traversable:
    packaged = resources.files("ogma") / "_data" / name
    if packaged.is_file() or packaged.is_dir():
        return packaged
    if in_checkout.exists():
        return in_checkout
    raise OgmaError(f"This installation of Ogma lacks its file {name}; install it again.")

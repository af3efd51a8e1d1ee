"""The copy of the last config that was in use, for a start when the config is not valid (P38)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ogma.domain.policies import Settings
from ogma.settings.files import replace_file
from ogma.settings.load import parse, read
from ogma.settings.watch import Reading, reading

NAME: Final = "config.last-good.toml"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a start works with: `settings` from `text`; `found` is what the config file is now."""

    settings: Settings
    text: str
    found: Reading


def kept(data: Path) -> Path | None:
    """The copy in this data folder, None before the first start."""
    path = data / NAME
    return path if path.exists() else None


def keep(data: Path, text: str) -> None:
    """Keep a config that is in use, for its owner's eyes only."""
    path = data / NAME
    if not path.exists() or path.read_text("utf-8") != text:
        replace_file(path, text, new_mode=0o600)


def open_config(config: Path, data: Path, *, last_good: bool) -> Opened:
    """The config, or with `last_good` the copy where the config is not valid.

    Raises ConfigError: what is wrong with the config, or with the copy.
    """
    found = reading(config)
    if found.settings is not None and found.text is not None:
        return Opened(found.settings, found.text, found)
    assert found.error is not None
    copy = kept(data) if last_good else None
    if copy is None:
        raise found.error
    text = read(copy)
    return Opened(parse(text, str(copy)), text, found)

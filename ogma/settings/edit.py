"""Change config.toml: comments and order stay, the whole is validated, saving is atomic."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ogma.errors import ConfigError
from ogma.logs import redact
from ogma.settings import rewrite
from ogma.settings.files import locked, replace_file
from ogma.settings.load import parse, read, table


@dataclass(frozen=True)
class Change:
    """What an edit did to the text."""

    before: str
    after: str

    def lines(self) -> list[str]:
        """Only what changed, as `-` and `+` lines, secrets masked; empty where nothing did."""
        differ = difflib.unified_diff(
            self.before.splitlines(), self.after.splitlines(), lineterm="", n=0
        )
        return [redact(line) for line in differ if not line.startswith(("---", "+++", "@@"))]


def set_value(path: Path, key: str, written: str) -> Change:
    """Give a setting a value, or add a list entry: `types.billing` with a table as its value.

    Raises ConfigError when the result would not be valid, NotFound for a key that does not
    exist; the file is then as before.
    """
    return _edit(path, lambda text: rewrite.with_value(text, key, written))


def unset_value(path: Path, key: str) -> Change:
    """Take a setting out, so that its default counts again, or take out a list entry.

    Raises NotFound when it is not set, ConfigError when it has no default.
    """
    return _edit(path, lambda text: rewrite.without(text, key))


def save_text(path: Path, before: str, after: str) -> Change:
    """Save a text that a person edited. Raises ConfigError where it is wrong or outdated."""
    with locked(path):
        if read(path) != before:
            raise ConfigError(f"{path} was changed by someone else meanwhile; nothing was saved.")
        return _save(path, before, after)


def _edit(path: Path, edit: Callable[[str], str]) -> Change:
    with locked(path):
        before = read(path)
        table(before, str(path))  # a sentence with its line if this is no TOML at all
        windows = "\r\n" in before
        after = edit(before.replace("\r\n", "\n"))
        return _save(path, before, after.replace("\n", "\r\n") if windows else after)


def _save(path: Path, before: str, after: str) -> Change:
    parse(after, str(path))
    if after != before:
        replace_file(path, after)
    return Change(before, after)

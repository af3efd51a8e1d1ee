"""Notice that config.toml has another content, once whoever writes it is done (S5, P37).

The file is read each time: its size, time and inode may stay while its content changes, and the
other way round. What is found must be there twice in a row before it counts, so that a file that
is being written is not taken for a bad edit, nor its first half for the whole.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ogma.domain.policies import Settings
from ogma.errors import ConfigError
from ogma.settings.load import parse, read

PATIENCE: Final = 3
"""After so many looks at a file that is written all the time, valid content is taken as it is."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The file at one moment: its text and settings, or what is wrong with it."""

    digest: str
    text: str | None
    settings: Settings | None
    error: ConfigError | None

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, one sentence per fault."""
        if self.error is None:
            return ()
        return self.error.problems or (str(self.error),)


def reading(path: Path) -> Reading:
    """The file now. A file that cannot be read is a reading too."""
    return _parsed(path, _content(path))


def _content(path: Path) -> str | ConfigError:
    try:
        return read(path)
    except ConfigError as unreadable:
        return unreadable


def _parsed(path: Path, content: str | ConfigError) -> Reading:
    digest = _digest(content)
    if isinstance(content, ConfigError):
        return Reading(digest, None, None, content)
    try:
        return Reading(digest, content, parse(content, str(path)), None)
    except ConfigError as wrong:
        return Reading(digest, content, None, wrong)


class Watch:
    """One config file. `known` is the digest of what is in use already."""

    def __init__(self, path: Path, known: str) -> None:
        self._path = path
        self._known = known
        self._last = known
        self._moving = 0

    def poll(self) -> Reading | None:
        """The new content, once; None while there is none, or while it is being written."""
        content = _content(self._path)
        digest = _digest(content)
        settled = digest == self._last
        self._last = digest
        if digest == self._known:
            self._moving = 0
            return None
        if not settled:
            self._moving += 1
            if self._moving <= PATIENCE:
                return None
        found = _parsed(self._path, content)
        if not settled and found.settings is None:
            return None
        self._known, self._moving = digest, 0
        return found


def _digest(content: str | ConfigError) -> str:
    return hashlib.sha256(str(content).encode()).hexdigest()[:32]

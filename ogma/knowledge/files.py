"""Which files an ingest takes: files, folders with all that is below them, globs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_PICTURES: Final = ".avif .bmp .gif .heic .ico .jpeg .jpg .png .svg .tif .tiff .webp"
_FONTS: Final = ".eot .otf .ttf .woff .woff2"
_SOUND_AND_FILM: Final = ".aac .flac .m4a .mp3 .ogg .opus .wav .avi .m4v .mkv .mov .mp4 .webm"
_MAGIC: Final = re.compile(r"[*?\[]")
MEDIA_SUFFIXES: Final = tuple(f"{_PICTURES} {_FONTS} {_SOUND_AND_FILM}".split())
"""Left out of folders in silence: pictures, fonts, sound and film stand beside documents."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file to read."""

    origin: str
    """Its absolute path, links resolved."""
    name: str
    """What it is called in the knowledge base: its path below the folder that was given."""

    @property
    def path(self) -> Path:
        """Where it is."""
        return Path(self.origin)

    def longer_name(self, name: str) -> str:
        """The name with one more folder in front, for when `name` is taken."""
        parts = _printable(self.path.as_posix()).split("/")
        depth = name.count("/") + 2
        return "/".join(parts[-depth:])


@dataclass(slots=True)
class Selection:
    """What the paths given amount to."""

    files: list[FoundFile] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    """The folders that were given: what vanished below them is removed."""
    failed: list[tuple[str, str]] = field(default_factory=list)
    """(path as given, reason)."""
    skipped: int = 0
    """Media files left out."""


def select(paths: Iterable[str]) -> Selection:
    """Resolve paths and globs; each file comes once, under the first name it is found by."""
    chosen = Selection()
    seen: set[str] = set()
    for given in paths:
        for path in _expanded(given):
            if path.is_dir():
                folder = path.resolve()
                chosen.folders.append(folder)
                _add_folder(chosen, folder, seen)
            elif path.is_file():
                _add(chosen, str(path.resolve()), _printable(path.name), seen)
            else:
                reason = "it is not a regular file" if path.exists() else "there is no such file"
                chosen.failed.append((_printable(given), reason))
    return chosen


def _expanded(given: str) -> Sequence[Path]:
    """The path itself, or what the glob matches."""
    path = Path(given).expanduser()
    magic = next((at for at, part in enumerate(path.parts) if _MAGIC.search(part)), None)
    if path.exists() or magic is None:
        return [path]
    base = Path(*path.parts[:magic])
    matches = sorted(base.glob(str(Path(*path.parts[magic:]))))
    return [match for match in matches if not _is_hidden(match.relative_to(base))] or [path]


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _add_folder(chosen: Selection, folder: Path, seen: set[str]) -> None:
    """Plain strings, for there may be many thousands of files."""
    within = len(str(folder).rstrip(os.sep)) + 1
    for entry in _below(str(folder), chosen.failed):
        if entry.name.lower().endswith(MEDIA_SUFFIXES):
            chosen.skipped += 1
        else:
            linked = entry.is_symlink()
            target = os.path.realpath(entry.path) if linked else entry.path
            _add(chosen, target, _printable(entry.path[within:]), seen)


def _below(folder: str, failed: list[tuple[str, str]]) -> Iterator[os.DirEntry[str]]:
    """All regular files below a folder in a fixed order, without hidden ones."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        failed.append((_printable(folder), error.strerror or "it cannot be read"))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path, failed)
        elif entry.is_file():
            yield entry


def _add(chosen: Selection, origin: str, name: str, seen: set[str]) -> None:
    if origin not in seen:
        seen.add(origin)
        chosen.files.append(FoundFile(origin, name))


def _printable(name: str) -> str:
    """A name that can be stored: bytes of it that are no text become a mark."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", errors="replace")

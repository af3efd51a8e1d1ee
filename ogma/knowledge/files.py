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
MEDIA_SUFFIXES: Final = frozenset(f"{_PICTURES} {_FONTS} {_SOUND_AND_FILM}".split())
"""Left out of folders in silence: pictures, fonts, sound and film stand beside documents."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file to read."""

    path: Path
    """Absolute, links resolved."""
    name: str
    """What it is called in the knowledge base: its path below the folder that was given."""

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
    seen: set[Path] = set()
    for given in paths:
        for path in _expanded(given):
            if path.is_dir():
                folder = path.resolve()
                chosen.folders.append(folder)
                _add_folder(chosen, folder, seen)
            elif path.is_file():
                _add(chosen, path.resolve(), _printable(path.name), seen)
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


def _add_folder(chosen: Selection, folder: Path, seen: set[Path]) -> None:
    for entry in _below(folder, chosen.failed):
        path = Path(entry.path)
        if path.suffix.lower() in MEDIA_SUFFIXES:
            chosen.skipped += 1
        else:
            target = path.resolve() if entry.is_symlink() else path
            _add(chosen, target, _name_below(folder, path), seen)


def _name_below(folder: Path, path: Path) -> str:
    return _printable(path.relative_to(folder).as_posix())


def _below(folder: Path, failed: list[tuple[str, str]]) -> Iterator[os.DirEntry[str]]:
    """All regular files below a folder in a fixed order, without hidden ones."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        failed.append((_printable(str(folder)), error.strerror or "it cannot be read"))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry.path), failed)
        elif entry.is_file():
            yield entry


def _add(chosen: Selection, path: Path, name: str, seen: set[Path]) -> None:
    if path not in seen:
        seen.add(path)
        chosen.files.append(FoundFile(path, name))


def _printable(name: str) -> str:
    """A name that can be stored: bytes of it that are no text become a mark."""
    return os.fsencode(name).decode("utf-8", errors="replace")

"""Files that hold what SQLite could give again: trusted only when whole and of the right state.

A manifest names the file, its digest and the state that it was made from. The file comes first and
the manifest by one rename, so that a crash leaves the old pair, and damage is always seen.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

FORMAT: Final = 3
"""Raise it when a file's content is laid out differently: older ones are then made anew."""
_BLOCK: Final = 1 << 20

State = Mapping[str, int | str | None]


def save(folder: Path, kind: str, state: State, stamp: str, write: Callable[[Path], None]) -> None:
    """Have `write` make the file of this kind, then let it count; files of before go.

    `stamp` makes the name one of its own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{kind}-{stamp}.bin"
    partial = folder / f"{name}.partial"
    write(partial)
    digest = _sha256(partial)
    _put_in_place(partial, folder / name)
    manifest = {"format": FORMAT, **state, "file": name, "sha256": digest}
    partial = folder / f"{kind}.json.partial"
    partial.write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    _put_in_place(partial, folder / f"{kind}.json")
    for old in folder.glob(f"{kind}-*"):
        if old.name != name:
            old.unlink(missing_ok=True)


def find(folder: Path, kind: str, state: State) -> Path | None:
    """The file of this kind if it is whole and was made from exactly `state`, else None."""
    try:
        manifest = json.loads((folder / f"{kind}.json").read_text(encoding="utf-8"))
        if not isinstance(manifest, dict):
            return None
        wanted = {"format": FORMAT, **state}
        if {key: manifest.get(key) for key in wanted} != wanted:
            return None
        path = folder / Path(str(manifest["file"])).name
        return path if _sha256(path) == manifest["sha256"] else None
    except (OSError, ValueError, KeyError):
        return None


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _put_in_place(partial: Path, path: Path) -> None:
    """Replace a file as a whole: all of the new content or all of the old survives a crash."""
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

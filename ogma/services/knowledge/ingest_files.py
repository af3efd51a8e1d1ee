"""What an ingest knows of a file before it is read."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ogma.knowledge.chunks import CHUNKER_VERSION
from ogma.knowledge.files import FoundFile
from ogma.store import knowledge as store
from ogma.store.database import Database

RACY_NS: Final = 2_000_000_000
"""A file changed within this time before it was read may change again under the same time."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A document whose content is known: only where and when it was seen is new."""

    document: store.Document
    origin: str
    mtime_ns: int | None


@dataclass(frozen=True, slots=True)
class Fresh:
    """A file whose content is new, as it was found."""

    found: FoundFile
    known: store.Document | None
    sha256: str
    size: int
    mtime_ns: int | None


class KnownFiles:
    """What the knowledge base has of files, read when it is first asked for.

    Whole documents only when the first file is new: a run without any must cost nothing.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    @cached_property
    def _files(self) -> dict[str, tuple[int, int, int | None, int]]:
        return store.files(self._db)

    def untouched(self, origin: str, stat: os.stat_result) -> bool:
        """Whether a file can be taken for the one that was read, by its size and time alone."""
        known = self._files.get(origin)
        return known is not None and known[1:] == (stat.st_size, stat.st_mtime_ns, CHUNKER_VERSION)

    def below(self, folder: str) -> dict[int, str]:
        """Document id -> path of the files below a folder."""
        start = f"{folder}{os.sep}"
        return {
            known[0]: origin for origin, known in self._files.items() if origin.startswith(start)
        }

    @cached_property
    def by_name(self) -> Mapping[str, store.Document]:
        """All documents, those of other kinds too, by name."""
        return {document.name: document for document in store.documents(self._db)}

    @cached_property
    def by_origin(self) -> Mapping[str, store.Document]:
        """The documents read from files, by path."""
        return {each.origin: each for each in self.by_name.values() if each.kind == "file"}


def steady(mtime_ns: int) -> int | None:
    """A file's time if it can tell a later change from what is there now, else None."""
    return mtime_ns if time.time_ns() - mtime_ns > RACY_NS else None

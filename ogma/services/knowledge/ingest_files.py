"""What an ingest knows of a file before it is read."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from ogma.knowledge.chunks import CHUNKER_VERSION
from ogma.knowledge.files import FoundFile
from ogma.store import knowledge as store

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


def untouched(known: store.Document, size: int, mtime_ns: int) -> bool:
    """Whether a file can be taken for the one that was read, by its size and time alone."""
    return known.mtime_ns == mtime_ns and known.size == size and known.parser == CHUNKER_VERSION


def steady(mtime_ns: int) -> int | None:
    """A file's time if it can tell a later change from what is there now, else None."""
    return mtime_ns if time.time_ns() - mtime_ns > RACY_NS else None

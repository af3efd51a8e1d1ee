"""What an ingest did, as it is printed and counted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be taken in."""

    document: str
    reason: str


@dataclass(slots=True)
class IngestReport:
    """What an ingest did. Documents are counted, `chunks` are those stored by this run."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: list[Failure] = field(default_factory=list)
    chunks: int = 0
    seconds: dict[str, float] = field(
        default_factory=lambda: {"read": 0.0, "embed": 0.0, "store": 0.0, "calibrate": 0.0}
    )
    skipped: int = 0
    """Pictures and other media in folders, left out in silence."""
    embedded: int = 0
    """Chunks of earlier runs that got their vector now."""

    @property
    def wrote(self) -> bool:
        """Whether the knowledge base is another than before."""
        return bool(self.added or self.changed or self.removed or self.embedded)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the time that the block takes to a stage's seconds."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] += time.perf_counter() - start

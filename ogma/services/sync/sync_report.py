"""What a sync did, as it is printed and counted."""

from __future__ import annotations

from dataclasses import dataclass, field

from ogma.services.knowledge.ingest_report import Failure


@dataclass(slots=True)
class SyncReport:
    """What the sync of one source did. Pages are counted; `chunks` are those stored by it."""

    source: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: list[Failure] = field(default_factory=list)
    """Pages that are not in the knowledge base, and why."""
    flagged: list[Failure] = field(default_factory=list)
    """Pages whose earlier text was kept, and why."""
    error: str | None = None
    """Why the sync failed as a whole; nothing was removed then."""
    chunks: int = 0
    requests: int = 0

    @property
    def well(self) -> bool:
        """Whether there is nothing for the owner to look at."""
        return self.error is None and not self.failed and not self.flagged

    @property
    def wrote(self) -> bool:
        """Whether the knowledge base is another than before."""
        return bool(self.added or self.changed or self.removed)

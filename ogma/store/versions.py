"""What happens when a document is stored in place of its earlier version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ogma.domain.clock import Millis
from ogma.domain.limits import Limits
from ogma.store import limits, vectors
from ogma.store.database import Database

if TYPE_CHECKING:
    from ogma.store.knowledge import NewChunk, NewDocument


def retired(
    db: Database, document: NewDocument, drop: Callable[[Database, int], None], now: Millis
) -> tuple[Millis, Limits]:
    """Drop a document's earlier version; gives since when there is one, and its limits."""
    rows = db.execute(
        "SELECT id, added_at FROM document WHERE kind = ? AND origin = ?",
        (document.kind, document.origin),
    )
    if not rows:
        return now, Limits()
    before = Limits(limits.types_of(db, rows[0][0]), limits.roles_of(db, rows[0][0]))
    drop(db, rows[0][0])
    return rows[0][1], before


def limit_new(db: Database, document_id: int, before: Limits, document: NewDocument) -> None:
    """Limit a document as it says, and for the rest as its earlier version was."""
    limits.limit(db, document_id, before)
    limits.limit(db, document_id, Limits(document.types, document.roles))


def add_chunks(
    db: Database,
    document_id: int,
    chunks: Sequence[NewChunk],
    model_id: int | None,
    first: int = 0,
) -> None:
    """Store chunks with their vectors, from this position of the document on."""
    for position, chunk in enumerate(chunks, first):
        (added,) = db.execute(
            "INSERT INTO chunk (document_id, position, context, heading, text, fragment)"
            " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
            (document_id, position, chunk.context, chunk.heading, chunk.text, chunk.fragment),
        )
        if chunk.vector is not None and model_id is not None:
            vectors.add_vector(db, model_id, added[0], chunk.vector, chunk.lines)

"""The knowledge base of another database, without its tickets: for trying things on a copy."""

from __future__ import annotations

from pathlib import Path

from ogma.store.database import Database

_TABLES = (
    *("document", "chunk", "document_type", "document_role"),
    *("embedding_model", "embedding", "place", "knowledge"),
)


def copy_from(db: Database, source: Path) -> None:
    """Take over documents, passages and vectors; `db` has none yet, both have one schema."""
    db.execute("ATTACH DATABASE ? AS source", (str(source),))
    try:
        with db.write():
            db.execute("DELETE FROM knowledge")
            for table in _TABLES:
                db.execute(f"INSERT INTO main.{table} SELECT * FROM source.{table}")
    finally:
        db.execute("DETACH DATABASE source")

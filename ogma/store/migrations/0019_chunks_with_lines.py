"""An index of the passages that have vectors of single lines: most have none."""

from __future__ import annotations

from typing import Any


def up(migrator: Any, db: Any) -> None:
    """So that a search asks a few entries, not the row of each passage it has found."""
    del migrator
    db.execute_sql(
        "CREATE INDEX embedding_lines ON embedding (model_id, chunk_id) WHERE lines IS NOT NULL"
    )

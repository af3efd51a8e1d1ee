"""The knowledge base's own measure of how sure a search must be."""

from __future__ import annotations

from typing import Any

STATEMENT = """
CREATE TABLE calibration (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  fingerprint TEXT,
  generation INTEGER NOT NULL,
  newest_chunk INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  model TEXT NOT NULL
) STRICT
"""


def up(migrator: Any, db: Any) -> None:
    """Create the table; it holds one row or none."""
    del migrator
    db.execute_sql(STATEMENT)

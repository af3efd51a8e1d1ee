"""Tips, and the tickets that taught them."""

from __future__ import annotations

from typing import Any

STATEMENTS = (
    """
    CREATE TABLE tip (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      state TEXT NOT NULL CHECK (state IN ('review', 'live', 'removed')),
      origin TEXT NOT NULL CHECK (origin IN ('learned', 'manual', 'imported')),
      title TEXT NOT NULL,
      question TEXT NOT NULL DEFAULT '',
      text TEXT NOT NULL,
      types TEXT NOT NULL DEFAULT '[]',
      like_tip INTEGER REFERENCES tip (id),
      merged_into INTEGER REFERENCES tip (id),
      created_at INTEGER NOT NULL,
      changed_at INTEGER NOT NULL,
      changed_by TEXT NOT NULL,
      channel_id INTEGER,
      message_id INTEGER
    ) STRICT
    """,
    """
    CREATE TABLE tip_source (
      ticket_id INTEGER PRIMARY KEY REFERENCES ticket (id),
      tip_id INTEGER NOT NULL REFERENCES tip (id) ON DELETE CASCADE,
      at INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX tip_source_of ON tip_source (tip_id)",
)


def up(migrator: Any, db: Any) -> None:
    """Create the tables. A ticket teaches one tip at most; `like_tip` is one that differs in a
    figure or a "not", so that somebody has to look at both."""
    del migrator
    for statement in STATEMENTS:
        db.execute_sql(statement)

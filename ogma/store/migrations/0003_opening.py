"""Business hours, the block list, and the answers to a type's own intake fields."""

from __future__ import annotations

from typing import Any

STATEMENTS = (
    "ALTER TABLE ticket ADD COLUMN away_at INTEGER",
    "ALTER TABLE message ADD COLUMN paused INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE message ADD COLUMN resumed_at INTEGER",
    "CREATE INDEX message_paused ON message (ticket_id) WHERE paused = 1",
    "CREATE INDEX ticket_customer ON ticket (customer_id, opened_at)",
    """
    CREATE TABLE block (
      user_id INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      reason TEXT NOT NULL,
      by_name TEXT NOT NULL,
      at INTEGER NOT NULL,
      until INTEGER
    ) STRICT
    """,
    """
    CREATE TABLE intake_answer (
      ticket_id INTEGER NOT NULL REFERENCES ticket (id),
      position INTEGER NOT NULL,
      field_id TEXT NOT NULL,
      label TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('short', 'paragraph', 'select', 'file')),
      answer TEXT NOT NULL,
      files TEXT NOT NULL DEFAULT '[]',
      PRIMARY KEY (ticket_id, position)
    ) STRICT
    """,
)


def up(migrator: Any, db: Any) -> None:
    """Add the columns and tables."""
    del migrator
    for statement in STATEMENTS:
        db.execute_sql(statement)

"""Drafts that only staff see, and who asked outside of a ticket."""

from __future__ import annotations

from typing import Any

STATEMENTS = (
    """
    CREATE TABLE draft (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      answer_id INTEGER NOT NULL UNIQUE REFERENCES answer (id) ON DELETE CASCADE,
      ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
      type_id TEXT NOT NULL,
      revision INTEGER NOT NULL,
      state TEXT NOT NULL DEFAULT 'open'
        CHECK (state IN ('open', 'sent', 'edited', 'wrong', 'outdated')),
      text TEXT,
      created_at INTEGER NOT NULL,
      judged_at INTEGER,
      judged_by INTEGER,
      judged_by_name TEXT NOT NULL DEFAULT '',
      message_id INTEGER
    ) STRICT
    """,
    "CREATE INDEX draft_open ON draft (ticket_id) WHERE state = 'open'",
    "CREATE INDEX draft_ticket ON draft (ticket_id)",
    "ALTER TABLE answer ADD COLUMN asker_id INTEGER",
)


def up(migrator: Any, db: Any) -> None:
    """Create the table. `asker_id` names who used /ask; in tickets it is NULL."""
    del migrator
    for statement in STATEMENTS:
        db.execute_sql(statement)

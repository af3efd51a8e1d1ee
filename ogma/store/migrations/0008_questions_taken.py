"""When questions were put to the AI, by whom and where, for as long as a limit looks back."""

from __future__ import annotations

from typing import Any

STATEMENTS = (
    """
    CREATE TABLE question_taken (
      id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      user_id INTEGER NOT NULL,
      ticket_id INTEGER
    ) STRICT
    """,
    "CREATE INDEX question_taken_at ON question_taken (at)",
    "CREATE INDEX question_taken_user ON question_taken (user_id, at)",
    "CREATE INDEX question_taken_ticket ON question_taken (ticket_id, at)"
    " WHERE ticket_id IS NOT NULL",
)


def up(migrator: Any, db: Any) -> None:
    """Create the table; its rows live for an hour, so they refer to nothing."""
    del migrator
    for statement in STATEMENTS:
        db.execute_sql(statement)

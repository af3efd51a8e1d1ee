"""Documents limited to roles, and what became of questions that nobody could answer."""

from __future__ import annotations

from typing import Any

STATEMENTS = (
    """
    CREATE TABLE document_role (
      document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
      role_id INTEGER NOT NULL,
      PRIMARY KEY (document_id, role_id)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE gap_settled (
      answer_id INTEGER PRIMARY KEY REFERENCES answer (id) ON DELETE CASCADE,
      how TEXT NOT NULL CHECK (how IN ('knowledge', 'tip', 'out_of_scope')),
      at INTEGER NOT NULL
    ) STRICT
    """,
    "DELETE FROM calibration",
)


def up(migrator: Any, db: Any) -> None:
    """Create the tables. Calibrations go: they were made from other signals."""
    del migrator
    for statement in STATEMENTS:
        db.execute_sql(statement)

"""What was erased, and when: a ticket without its content, and the receipts of erasures."""

from __future__ import annotations

from typing import Any

STATEMENTS = (
    "ALTER TABLE ticket ADD COLUMN erased_at INTEGER",
    """
    CREATE TABLE erasure (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      counts TEXT NOT NULL
    ) STRICT
    """,
)


def up(migrator: Any, db: Any) -> None:
    """Create the table. A receipt says how many rows and files went, not whose they were."""
    del migrator
    for statement in STATEMENTS:
        db.execute_sql(statement)

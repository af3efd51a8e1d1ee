"""Indexes by which figures and the queue read what they show, and no more."""

from __future__ import annotations

from typing import Any

STATEMENTS = (
    "CREATE INDEX ticket_closing ON ticket (closing_at) WHERE closing_at IS NOT NULL",
    "CREATE INDEX escalation_ticket ON escalation (ticket_id)",
    "CREATE INDEX answer_sent ON answer (ticket_id, feedback)"
    " WHERE message_id IS NOT NULL AND withdrawn IS NULL",
    "CREATE INDEX answer_at ON answer (at, outcome)",
    "CREATE INDEX tip_created ON tip (created_at)",
)


def up(migrator: Any, db: Any) -> None:
    """Create the indexes."""
    del migrator
    for statement in STATEMENTS:
        db.execute_sql(statement)

"""Indexes by which figures, the outbox and the sweep read what they need, and no more."""

from __future__ import annotations

from typing import Any

STATEMENTS = (
    "CREATE INDEX ticket_closing ON ticket (closing_at) WHERE closing_at IS NOT NULL",
    "CREATE INDEX escalation_ticket ON escalation (ticket_id)",
    "CREATE INDEX answer_sent ON answer (ticket_id, feedback)"
    " WHERE message_id IS NOT NULL AND withdrawn IS NULL",
    "CREATE INDEX answer_at ON answer (at, outcome)",
    "CREATE INDEX tip_created ON tip (created_at)",
    "CREATE INDEX job_due ON job (run_at) WHERE state = 'todo'",
    "CREATE INDEX job_state ON job (state, id)",
    "CREATE INDEX ticket_follow_up ON ticket (follow_up_at) WHERE follow_up = 'planned'",
    "CREATE INDEX flag_waiting ON flag (kind, id) WHERE resolved_at IS NULL",
)


def up(migrator: Any, db: Any) -> None:
    """Create the indexes."""
    del migrator
    for statement in STATEMENTS:
        db.execute_sql(statement)

"""Quality flags: what somebody should look at again (E3)."""

from __future__ import annotations

from ogma.domain.clock import Millis
from ogma.store import tables
from ogma.store.database import Database, Row


def add(db: Database, number: int, at: Millis, kind: str, detail: str = "") -> None:
    """Flag a ticket; one open flag per kind is enough."""
    db.execute(
        "INSERT INTO flag (ticket_id, at, kind, detail) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (ticket_id, kind) WHERE resolved_at IS NULL DO NOTHING",
        (number, at, kind, detail),
    )


def of_ticket(db: Database, number: int) -> list[Row]:
    """A ticket's flags, oldest first."""
    table = tables.Flag
    return db.rows(table.select().where(table.ticket_id == number).order_by(table.id))


def listed(db: Database, *, open_only: bool, limit: int) -> list[Row]:
    """Flags, newest first."""
    table = tables.Flag
    query = table.select().order_by(table.id.desc()).limit(limit)
    return db.rows(query.where(table.resolved_at.is_null()) if open_only else query)


def count_open(db: Database) -> int:
    """How many flags nobody has resolved."""
    return int(db.execute("SELECT count(*) FROM flag WHERE resolved_at IS NULL")[0][0])


def resolve(db: Database, flag_id: int, at: Millis, by: str) -> bool:
    """Resolve a flag; False when there is no such open flag."""
    table = tables.Flag
    changed = table.update(resolved_at=at, resolved_by=by)
    return bool(db.run(changed.where(table.id == flag_id, table.resolved_at.is_null())))

"""Quality flags: what somebody should look at again (E3)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ogma.domain.clock import Millis
from ogma.store import tables
from ogma.store.database import Database, Row
from ogma.store.queue import Filter, visible


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


def open_kinds(db: Database, numbers: Sequence[int]) -> dict[int, list[str]]:
    """By ticket, the kinds of its open flags, oldest first; every ticket has an entry."""
    found: dict[int, list[str]] = {number: [] for number in numbers}
    rows = db.execute(
        "SELECT ticket_id, kind FROM flag WHERE resolved_at IS NULL"
        " AND ticket_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(numbers)),),
    )
    for number, kind in rows:
        found[number].append(kind)
    return found


def get(db: Database, flag_id: int) -> Row | None:
    """One flag."""
    return db.row(tables.Flag.select().where(tables.Flag.id == flag_id))


def of_those(
    db: Database, wanted: Filter, *, open_only: bool, kinds: Sequence[str] = ()
) -> list[Row]:
    """Flags, newest first, of the tickets that the one who asks may know of.

    Of the filter, type, limit, skip and what may be known of count.
    """
    table, ticket = tables.Flag, tables.Ticket
    query = table.select().join(ticket, on=(table.ticket_id == ticket.id))
    for condition in visible(wanted):
        query = query.where(condition)
    if wanted.type_id is not None:
        query = query.where(ticket.type_id == wanted.type_id)
    if open_only:
        query = query.where(table.resolved_at.is_null())
    if kinds:
        query = query.where(table.kind.in_(list(kinds)))
    return db.rows(query.order_by(table.id.desc()).limit(wanted.limit).offset(wanted.skip))


def count_open(db: Database) -> int:
    """How many flags nobody has resolved."""
    return int(db.execute("SELECT count(*) FROM flag WHERE resolved_at IS NULL")[0][0])


def resolve(db: Database, flag_id: int, at: Millis, by: str) -> bool:
    """Resolve a flag; False when there is no such open flag."""
    table = tables.Flag
    changed = table.update(resolved_at=at, resolved_by=by)
    return bool(db.run(changed.where(table.id == flag_id, table.resolved_at.is_null())))

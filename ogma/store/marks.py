"""The tags of tickets (Q3)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ogma.domain.clock import Millis
from ogma.store import tables
from ogma.store.database import Database


def add(db: Database, number: int, name: str, at: Millis, by: str) -> None:
    """Hang a tag on a ticket; one that is there stays as it is."""
    tag = tables.Tag.insert(ticket_id=number, name=name, at=at, by_name=by)
    db.run(tag.on_conflict_ignore())


def remove(db: Database, number: int, name: str) -> bool:
    """Take a tag off; False when it was not there."""
    table = tables.Tag
    return bool(db.run(table.delete().where(table.ticket_id == number, table.name == name)))


def of_ticket(db: Database, number: int) -> list[str]:
    """A ticket's tags by name."""
    return of_tickets(db, [number])[number]


def of_tickets(db: Database, numbers: Sequence[int]) -> dict[int, list[str]]:
    """By ticket, its tags by name; every ticket has an entry."""
    found: dict[int, list[str]] = {number: [] for number in numbers}
    rows = db.execute(
        "SELECT ticket_id, name FROM tag WHERE ticket_id IN (SELECT value FROM json_each(?))"
        " ORDER BY name",
        (json.dumps(list(numbers)),),
    )
    for number, name in rows:
        found[number].append(name)
    return found


def in_use(db: Database, beginning: str, limit: int) -> list[str]:
    """Tags with this beginning, the most used first."""
    rows = db.execute(
        "SELECT name FROM tag WHERE substr(name, 1, length(?1)) = ?1"
        " GROUP BY name ORDER BY count(*) DESC, name LIMIT ?2",
        (beginning, limit),
    )
    return [row[0] for row in rows]

"""Members added to tickets, and channels' permissions as they were before Ogma changed them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ogma.domain.clock import Millis
from ogma.store import tables
from ogma.store.database import Database, Row


def added(db: Database, number: int) -> frozenset[int]:
    """The members who are added to a ticket now, beside its customer."""
    table = tables.Participant
    rows = db.rows(
        table.select(table.user_id).where(table.ticket_id == number, table.removed_at.is_null())
    )
    return frozenset(row["user_id"] for row in rows)


def ever_added(db: Database, number: int) -> list[Row]:
    """Everybody who was ever added, for the transcript."""
    table = tables.Participant
    return db.rows(table.select().where(table.ticket_id == number).order_by(table.added_at))


def add(db: Database, number: int, user_id: int, name: str, at: Millis, by: str) -> None:
    """Note a member as added, also one who was removed before."""
    db.execute(
        "INSERT INTO participant VALUES (?, ?, ?, ?, ?, NULL) ON CONFLICT DO UPDATE SET"
        " name = excluded.name, added_at = excluded.added_at, added_by = excluded.added_by,"
        " removed_at = NULL",
        (number, user_id, name, at, by),
    )


def remove(db: Database, number: int, user_id: int, at: Millis) -> None:
    """Note a member as removed."""
    table = tables.Participant
    mine = (table.ticket_id == number) & (table.user_id == user_id)
    db.run(table.update(removed_at=at).where(mine))


def snapshot(db: Database, number: int, purpose: str) -> list[dict[str, Any]] | None:
    """A channel's overwrites as they were before, as Discord's API gave them."""
    table = tables.AccessSnapshot
    row = db.row(table.select().where(table.ticket_id == number, table.purpose == purpose))
    return json.loads(row["overwrites"]) if row else None


def keep_snapshot(
    db: Database, number: int, purpose: str, overwrites: Sequence[Any], at: Millis
) -> None:
    """Keep the overwrites; the first one kept stays until it is dropped."""
    text = json.dumps(list(overwrites))
    db.execute(
        "INSERT INTO access_snapshot VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (number, purpose, text, at),
    )


def drop_snapshot(db: Database, number: int, purpose: str) -> None:
    """The overwrites are restored: forget them."""
    table = tables.AccessSnapshot
    mine = (table.ticket_id == number) & (table.purpose == purpose)
    db.run(table.delete().where(mine))

"""The team as last seen, and whose turn it is to get a ticket (Q1)."""

from __future__ import annotations

import json

from ogma.domain.assignment import Teammate
from ogma.domain.clock import Millis
from ogma.store import tables
from ogma.store.database import Database, Row


def _teammate(row: Row) -> Teammate:
    return Teammate(
        row["user_id"], row["name"], frozenset(json.loads(row["roles"])), row["away_at"]
    )


def everybody(db: Database) -> list[Teammate]:
    """Everybody who was ever seen with a staff role, with the roles that they had last."""
    table = tables.Teammate
    return [_teammate(row) for row in db.rows(table.select().order_by(table.user_id))]


def get(db: Database, user_id: int) -> Teammate | None:
    """One member of the team."""
    row = db.row(tables.Teammate.select().where(tables.Teammate.user_id == user_id))
    return _teammate(row) if row else None


def named(db: Database, name: str) -> list[Teammate]:
    """Those of this name, whatever its case."""
    rows = db.rows(("SELECT * FROM teammate WHERE name = ? COLLATE NOCASE", (name,)))
    return [_teammate(row) for row in rows]


def keep(db: Database, one: Teammate, at: Millis) -> None:
    """Note somebody as seen now; whether they are away stays as it was."""
    db.execute(
        "INSERT INTO teammate (user_id, name, roles, seen_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET name = excluded.name, roles = excluded.roles,"
        " seen_at = excluded.seen_at",
        (one.id, one.name, json.dumps(sorted(one.roles)), at),
    )


def set_away(db: Database, user_id: int, at: Millis | None) -> None:
    """Note since when somebody is away; None: they are back."""
    table = tables.Teammate
    db.run(table.update(away_at=at).where(table.user_id == user_id))


def turns(db: Database, type_id: str) -> dict[int, int]:
    """By user, the number of the last ticket of this type that went round to them."""
    table = tables.Turn
    rows = db.rows(table.select().where(table.type_id == type_id))
    return {row["user_id"]: row["number"] for row in rows}


def take_turn(db: Database, type_id: str, user_id: int) -> None:
    """Somebody got a ticket of this type, so they go to the end of the line."""
    db.execute(
        "INSERT INTO turn SELECT ?, ?, coalesce(max(number), 0) + 1 FROM turn WHERE type_id = ?"
        " ON CONFLICT DO UPDATE SET number = excluded.number",
        (type_id, user_id, type_id),
    )


def loads(db: Database) -> dict[int, int]:
    """By user, how many open tickets they look after."""
    rows = db.execute(
        "SELECT claimed_by, count(*) FROM ticket"
        " WHERE state = 'open' AND claimed_by IS NOT NULL GROUP BY claimed_by"
    )
    return {row[0]: row[1] for row in rows}


def claims(db: Database, user_id: int) -> list[int]:
    """The open tickets that somebody looks after, oldest first."""
    table = tables.Ticket
    query = table.select(table.id).where(table.claimed_by == user_id, table.state == "open")
    return [row["id"] for row in db.rows(query.order_by(table.id))]


def unassigned(db: Database) -> list[int]:
    """The open tickets that wait for somebody eligible, oldest first."""
    table = tables.Ticket
    query = table.select(table.id).where(
        table.state == "open", table.claimed_by.is_null(), table.assigning.is_null(False)
    )
    return [row["id"] for row in db.rows(query.order_by(table.id))]

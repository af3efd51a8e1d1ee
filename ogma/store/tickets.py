"""Tickets and their history: reading them as domain values, changing them inside a write."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import fields
from typing import Any

from ogma.domain.clock import Millis
from ogma.domain.events import EventKind
from ogma.domain.tickets import HOLDS_SLOT, State, Ticket
from ogma.store import happenings, tables
from ogma.store.database import Database, Row

_FIELDS = frozenset(field.name for field in fields(Ticket))
_LIVE = [str(state) for state in HOLDS_SLOT]
_COLUMNS = [field.name for field in fields(Ticket)]
_STATE = _COLUMNS.index("state")
_LIVE_SQL = f"SELECT {', '.join(_COLUMNS)} FROM ticket WHERE state IN (?, ?, ?) ORDER BY id"


def of_row(row: Row) -> Ticket:
    """The ticket of a row that has all columns."""
    values = {name: value for name, value in row.items() if name in _FIELDS}
    return Ticket(**{**values, "state": State(row["state"])})


def get(db: Database, number: int) -> Ticket | None:
    """The ticket with this number."""
    # Plain SQL: nothing is asked for more often, and peewee takes far longer than SQLite.
    row = db.row(("SELECT * FROM ticket WHERE id = ?", (number,)))
    return of_row(row) if row else None


def by_channel(db: Database, channel_id: int) -> Ticket | None:
    """The ticket that lives in this channel, in whatever state."""
    row = db.row(("SELECT * FROM ticket WHERE channel_id = ?", (channel_id,)))
    return of_row(row) if row else None


def by_interaction(db: Database, interaction_id: int) -> Ticket | None:
    """The ticket that this interaction opened: Discord may tell of one interaction twice."""
    row = db.row(tables.Ticket.select().where(tables.Ticket.interaction_id == interaction_id))
    return of_row(row) if row else None


def channels_by_key(db: Database, keys: Collection[str]) -> dict[str, int | None]:
    """By the keys of tickets that were opened, or failed to be: the channel of each, if any."""
    sql = (
        "SELECT key, channel_id FROM ticket WHERE (channel_id IS NOT NULL OR state = 'failed')"
        " AND key IN (SELECT value FROM json_each(?))"
    )
    return dict(db.execute(sql, (json.dumps(sorted(keys)),)))


def holding_slots(db: Database, guild_id: int, customer_id: int, type_id: str) -> list[Ticket]:
    """A customer's tickets of a type that count towards the limit, oldest first."""
    table = tables.Ticket
    query = table.select().where(
        table.guild_id == guild_id,
        table.customer_id == customer_id,
        table.type_id == type_id,
        table.state.in_(_LIVE),
    )
    return [of_row(row) for row in db.rows(query.order_by(table.id))]


def opened_by(db: Database, customer_id: int, since: Millis) -> list[Millis]:
    """When a member opened tickets of late, oldest first; those that failed do not count."""
    table = tables.Ticket
    query = table.select(table.opened_at).where(
        table.customer_id == customer_id, table.opened_at > since, table.state != State.FAILED
    )
    return [row["opened_at"] for row in db.rows(query.order_by(table.opened_at))]


def live(db: Database) -> list[Ticket]:
    """All tickets that are opening, open or closing.

    Past peewee: each sweep reads them all, and that is most of what it costs.
    """
    return [_of_values(list(row)) for row in db.execute(_LIVE_SQL, _LIVE)]


def _of_values(values: list[Any]) -> Ticket:
    values[_STATE] = State(values[_STATE])
    return Ticket(*values)


def follow_ups_due(db: Database, now: Millis) -> list[int]:
    """Closed tickets whose customer is to be asked now."""
    table = tables.Ticket
    query = table.select(table.id).where(
        table.follow_up == "planned", table.follow_up_at <= now, table.state == State.CLOSED
    )
    return [row["id"] for row in db.rows(query.order_by(table.id))]


def insert(db: Database, values: dict[str, Any]) -> int:
    """Insert a ticket; gives its number. Raises peewee.IntegrityError when its slot is taken."""
    return db.run(tables.Ticket.insert(values))


def update(db: Database, number: int, *, stop_answers: bool = False, **changes: Any) -> None:
    """Change a ticket; `stop_answers` makes every answer that is under way outdated."""
    if stop_answers:
        changes["revision"] = tables.Ticket.revision + 1
    db.run(tables.Ticket.update(changes).where(tables.Ticket.id == number))


def add_event(
    db: Database,
    number: int,
    at: Millis,
    kind: EventKind,
    actor: tuple[int | None, str],
    detail: str = "",
    *,
    staff_only: bool = False,
) -> None:
    """Note in the ticket's history who did what, for rules and webhooks to see."""
    event_id = db.run(
        tables.Event.insert(
            ticket_id=number,
            at=at,
            kind=kind,
            actor_id=actor[0],
            actor=actor[1],
            detail=detail,
            staff_only=int(staff_only),
        )
    )
    happenings.note_event(db, number, event_id)


def event(db: Database, event_id: int) -> Row | None:
    """One event of a history."""
    return db.row(tables.Event.select().where(tables.Event.id == event_id))


def events(db: Database, number: int) -> list[Row]:
    """The ticket's history, oldest first."""
    table = tables.Event
    return db.rows(table.select().where(table.ticket_id == number).order_by(table.id))

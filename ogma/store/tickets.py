"""Tickets and their history: reading them as domain values, changing them inside a write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from peewee import fn

from ogma.domain.clock import Millis
from ogma.domain.tickets import HOLDS_SLOT, State, Ticket
from ogma.store import happenings, tables
from ogma.store.database import Database, Row

_FIELDS = frozenset(field.name for field in fields(Ticket))
_LIVE = [str(state) for state in HOLDS_SLOT]


def _ticket(row: Row) -> Ticket:
    values = {name: value for name, value in row.items() if name in _FIELDS}
    return Ticket(**{**values, "state": State(row["state"])})


def get(db: Database, number: int) -> Ticket | None:
    """The ticket with this number."""
    row = db.row(tables.Ticket.select().where(tables.Ticket.id == number))
    return _ticket(row) if row else None


def by_channel(db: Database, channel_id: int) -> Ticket | None:
    """The ticket that lives in this channel, in whatever state."""
    row = db.row(tables.Ticket.select().where(tables.Ticket.channel_id == channel_id))
    return _ticket(row) if row else None


def by_interaction(db: Database, interaction_id: int) -> Ticket | None:
    """The ticket that this interaction opened: Discord may tell of one interaction twice."""
    row = db.row(tables.Ticket.select().where(tables.Ticket.interaction_id == interaction_id))
    return _ticket(row) if row else None


def holding_slots(db: Database, guild_id: int, customer_id: int, type_id: str) -> list[Ticket]:
    """A customer's tickets of a type that count towards the limit, oldest first."""
    table = tables.Ticket
    query = table.select().where(
        table.guild_id == guild_id,
        table.customer_id == customer_id,
        table.type_id == type_id,
        table.state.in_(_LIVE),
    )
    return [_ticket(row) for row in db.rows(query.order_by(table.id))]


def opened_by(db: Database, customer_id: int, since: Millis) -> list[Millis]:
    """When a member opened tickets of late, oldest first; those that failed do not count."""
    table = tables.Ticket
    query = table.select(table.opened_at).where(
        table.customer_id == customer_id, table.opened_at > since, table.state != State.FAILED
    )
    return [row["opened_at"] for row in db.rows(query.order_by(table.opened_at))]


def live(db: Database) -> list[Ticket]:
    """All tickets that are opening, open or closing."""
    table = tables.Ticket
    query = table.select().where(table.state.in_(_LIVE)).order_by(table.id)
    return [_ticket(row) for row in db.rows(query)]


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


@dataclass(frozen=True, slots=True)
class Filter:
    """Which tickets to list; None means no limit by that field."""

    states: Sequence[str] | None = None
    type_id: str | None = None
    since: Millis | None = None
    until: Millis | None = None
    text: str | None = None
    queue: str | None = None
    assignee: int | None = None
    limit: int = 50
    restricted: bool = True
    """Whether tickets in lockdown are included."""


def listed(db: Database, wanted: Filter) -> list[Ticket]:
    """Tickets, newest first."""
    table = tables.Ticket
    query = table.select().order_by(table.id.desc()).limit(wanted.limit)
    for condition in _conditions(wanted):
        query = query.where(condition)
    return [_ticket(row) for row in db.rows(query)]


def _conditions(wanted: Filter) -> list[Any]:
    table = tables.Ticket
    found: list[Any] = []
    if wanted.states is not None:
        found.append(table.state.in_(list(wanted.states)))
    if wanted.type_id is not None:
        found.append(table.type_id == wanted.type_id)
    if wanted.since is not None:
        found.append(table.opened_at >= wanted.since)
    if wanted.until is not None:
        found.append(table.opened_at < wanted.until)
    if wanted.text:
        answered = tables.IntakeAnswer.select(tables.IntakeAnswer.ticket_id)
        found.append(
            table.subject.contains(wanted.text)
            | table.description.contains(wanted.text)
            | table.customer_name.contains(wanted.text)
            | table.id.in_(answered.where(tables.IntakeAnswer.answer.contains(wanted.text)))
        )
    if not wanted.restricted:
        found.append(table.locked_at.is_null())
    if wanted.queue is not None:
        found.extend(_queue(wanted))
    return found


def _queue(wanted: Filter) -> list[Any]:
    """The staff queue's filters: open tickets, narrowed."""
    table = tables.Ticket
    open_ = table.state == State.OPEN
    waiting_staff = table.last_customer_at.is_null(False) & (
        table.last_customer_at >= fn.COALESCE(table.last_staff_at, 0)
    ) | (table.last_customer_at.is_null() & table.last_staff_at.is_null())
    narrowed = {
        "all": [],
        "unclaimed": [table.claimed_by.is_null()],
        "mine": [table.claimed_by == wanted.assignee],
        "escalated": [table.escalated_at.is_null(False)],
        "awaiting-staff": [waiting_staff],
        "awaiting-customer": [~waiting_staff],
    }
    return [open_, *narrowed[wanted.queue or "all"]]


def counters(db: Database) -> dict[str, int]:
    """How many open tickets stand where, for the head of every listing."""
    row = db.rows(
        (
            """
            SELECT count(*) AS open,
              count(*) FILTER (WHERE claimed_by IS NULL) AS unclaimed,
              count(*) FILTER (WHERE escalated_at IS NOT NULL) AS escalated,
              count(*) FILTER (WHERE (last_customer_at IS NULL AND last_staff_at IS NULL)
                OR last_customer_at >= coalesce(last_staff_at, 0)) AS awaiting_staff
            FROM ticket WHERE state = 'open'
            """,
            (),
        )
    )[0]
    counts = {name: int(value) for name, value in row.items()}
    return {**counts, "awaiting_customer": counts["open"] - counts["awaiting_staff"]}


def add_event(
    db: Database,
    number: int,
    at: Millis,
    kind: str,
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

"""The staff queue and every other listing of tickets: one query behind all of them (Q2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import fn

from ogma.domain.clock import Millis
from ogma.domain.queue import EVERYTHING, Queue, Sight
from ogma.domain.tickets import State, Ticket
from ogma.store import tables
from ogma.store.database import Database
from ogma.store.tickets import of_row


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
    skip: int = 0
    """So many of the newest are left out: the pages before."""
    restricted: bool = True
    """Whether tickets in lockdown are included."""
    sight: Sight = EVERYTHING
    """What of it the one who asks may know of."""


def listed(db: Database, wanted: Filter) -> list[Ticket]:
    """Tickets, newest first."""
    table = tables.Ticket
    query = table.select().order_by(table.id.desc()).limit(wanted.limit).offset(wanted.skip)
    for condition in _conditions(wanted):
        query = query.where(condition)
    return [of_row(row) for row in db.rows(query)]


def _conditions(wanted: Filter) -> list[Any]:
    table = tables.Ticket
    found: list[Any] = visible(wanted)
    if wanted.states is not None:
        found.append(table.state.in_(list(wanted.states)))
    if wanted.type_id is not None:
        found.append(table.type_id == wanted.type_id)
    if wanted.since is not None:
        found.append(table.opened_at >= wanted.since)
    if wanted.until is not None:
        found.append(table.opened_at < wanted.until)
    if wanted.text:
        found.append(_with_text(wanted.text))
    if wanted.queue is not None:
        found.extend(_queue(wanted))
    return found


def visible(wanted: Filter) -> list[Any]:
    """What the one who asks may know of."""
    table, sight = tables.Ticket, wanted.sight
    found: list[Any] = []
    if not (wanted.restricted and sight.locked):
        found.append(table.locked_at.is_null())
    if sight.types is not None:
        found.append(table.type_id.in_(sorted(sight.types)))
    if sight.outsider_to is not None:
        member = tables.Participant
        beside = member.select(member.ticket_id).where(
            member.user_id == sight.outsider_to, member.removed_at.is_null()
        )
        found += [table.customer_id != sight.outsider_to, table.id.not_in(beside)]
    return found


def _with_text(text: str) -> Any:
    table, answer = tables.Ticket, tables.IntakeAnswer
    answered = answer.select(answer.ticket_id).where(answer.answer.contains(text))
    return (
        table.subject.contains(text)
        | table.description.contains(text)
        | table.customer_name.contains(text)
        | table.id.in_(answered)
    )


def _staffs_turn() -> Any:
    """Whose turn it is, as `Ticket.waiting_on` has it."""
    table = tables.Ticket
    answered = table.last_customer_at >= fn.COALESCE(table.last_staff_at, 0)
    nobody_wrote = table.last_customer_at.is_null() & table.last_staff_at.is_null()
    return (table.last_customer_at.is_null(False) & answered) | nobody_wrote


def _queue(wanted: Filter) -> list[Any]:
    """The queue's filters: open tickets, narrowed."""
    table = tables.Ticket
    narrowed: dict[Queue, list[Any]] = {
        Queue.ALL: [],
        Queue.UNCLAIMED: [table.claimed_by.is_null()],
        Queue.MINE: [table.claimed_by == wanted.assignee],
        Queue.ESCALATED: [table.escalated_at.is_null(False)],
        Queue.AWAITING_STAFF: [_staffs_turn()],
        Queue.AWAITING_CUSTOMER: [~_staffs_turn()],
    }
    return [table.state == State.OPEN, *narrowed[Queue(wanted.queue or Queue.ALL)]]


def counters(db: Database, wanted: Filter) -> dict[str, int]:
    """How many open tickets stand where, of those that the one who asks may know of."""
    table = tables.Ticket

    def count(condition: Any) -> Any:
        return fn.COUNT(table.id).filter(condition)

    query = table.select(
        fn.COUNT(table.id).alias("open"),
        count(table.claimed_by.is_null()).alias("unclaimed"),
        count(table.escalated_at.is_null(False)).alias("escalated"),
        count(_staffs_turn()).alias("awaiting_staff"),
    ).where(table.state == State.OPEN)
    for condition in visible(wanted):
        query = query.where(condition)
    counts = {name: int(value) for name, value in db.rows(query)[0].items()}
    return {**counts, "awaiting_customer": counts["open"] - counts["awaiting_staff"]}

"""By when tickets must have been answered and closed, as last computed, and what was missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ogma.domain.archive import Side
from ogma.domain.clock import Millis
from ogma.domain.sla import Goal, Turn
from ogma.store import tables
from ogma.store.database import Database, Row


@dataclass(frozen=True, slots=True)
class Kept:
    """`basis` stands for the facts that the dates were computed from."""

    basis: str
    next_at: Millis | None


def kept(db: Database) -> dict[int, Kept]:
    """What is known of tickets that are not closed, by number."""
    rows = db.execute(
        "SELECT s.ticket_id, s.basis, s.next_at FROM ticket t JOIN sla s ON s.ticket_id = t.id"
        " WHERE t.state IN ('open', 'closing')"
    )
    return {row[0]: Kept(row[1], row[2]) for row in rows}


def of_ticket(db: Database, number: int) -> Row | None:
    """The dates of one ticket."""
    return db.row(tables.Sla.select().where(tables.Sla.ticket_id == number))


def of_tickets(db: Database, numbers: Sequence[int]) -> dict[int, Row]:
    """The dates of several tickets, by number."""
    table = tables.Sla
    return {
        row["ticket_id"]: row
        for row in db.rows(table.select().where(table.ticket_id.in_(list(numbers))))
    }


def keep(db: Database, number: int, **values: Any) -> None:
    """Store what was computed."""
    db.run(
        tables.Sla.insert(ticket_id=number, **values).on_conflict(
            conflict_target=[tables.Sla.ticket_id], update=values
        )
    )


def turns(db: Database, number: int) -> list[Turn]:
    """Who wrote when: the customer's side and staff."""
    rows = db.execute(
        "SELECT at, side FROM message WHERE ticket_id = ? AND side IN ('customer', 'staff')"
        " ORDER BY at, id",
        (number,),
    )
    return [Turn(row[0], row[1] == Side.STAFF) for row in rows]


def due_column(goal: Goal) -> str:
    """The column that holds by when."""
    return f"{goal}_due"


def overdue(db: Database, now: Millis, limit: int) -> list[int]:
    """Open tickets of which a date has passed, the longest first."""
    rows = db.execute(
        "SELECT s.ticket_id FROM ticket t JOIN sla s ON s.ticket_id = t.id"
        " WHERE t.state = 'open' AND min(coalesce(s.first_response_due, s.resolution_due),"
        " coalesce(s.resolution_due, s.first_response_due)) <= ? ORDER BY s.ticket_id LIMIT ?",
        (now, limit),
    )
    return [row[0] for row in rows]

"""When questions were put to the AI: the memory of its limits."""

from __future__ import annotations

from ogma.domain.clock import Millis
from ogma.store import tables
from ogma.store.database import Database


def nth_newest(
    db: Database,
    n: int,
    within: tuple[Millis, Millis],
    *,
    user: int | None = None,
    ticket: int | None = None,
) -> Millis | None:
    """When the n-th newest question was taken within (after, until], None if there were fewer.

    Of one member, or in one ticket, where that is given.
    """
    table = tables.QuestionTaken
    query = table.select(table.at).where(table.at > within[0], table.at <= within[1])
    if user is not None:
        query = query.where(table.user_id == user)
    if ticket is not None:
        query = query.where(table.ticket_id == ticket)
    row = db.row(query.order_by(table.at.desc()).limit(1).offset(n - 1))
    return row["at"] if row else None


def take(db: Database, at: Millis, user: int, ticket: int | None) -> None:
    """Count a question."""
    db.run(tables.QuestionTaken.insert(at=at, user_id=user, ticket_id=ticket))


def forget(db: Database, until: Millis) -> None:
    """Drop what no limit looks back to any more."""
    table = tables.QuestionTaken
    db.run(table.delete().where(table.at <= until))

"""Answer records and review items: what was decided about questions, and what staff were asked."""

from __future__ import annotations

import json
from typing import Any

from ogma.domain.clock import Millis
from ogma.domain.escalation import Given
from ogma.store import tables
from ogma.store.database import Database, Row


def add_answer(db: Database, values: dict[str, Any]) -> int:
    """Store the record of one decision; gives its id."""
    return db.run(tables.Answer.insert(values))


def answer(db: Database, answer_id: int) -> Row | None:
    """One record."""
    return db.row(tables.Answer.select().where(tables.Answer.id == answer_id))


def answers(db: Database, number: int) -> list[Row]:
    """A ticket's records, oldest first."""
    table = tables.Answer
    return db.rows(table.select().where(table.ticket_id == number).order_by(table.id))


def asked(db: Database, since: Millis, limit: int) -> list[Row]:
    """What was asked outside of any ticket, newest first."""
    table = tables.Answer
    query = table.select().where(table.asker_id.is_null(False), table.at >= since)
    return db.rows(query.order_by(table.id.desc()).limit(limit))


def update_answer(db: Database, answer_id: int, **changes: Any) -> None:
    """Note what became of an answer."""
    db.run(tables.Answer.update(changes).where(tables.Answer.id == answer_id))


def open_escalation(db: Database, number: int) -> Row | None:
    """The ticket's review item that still grows."""
    table = tables.Escalation
    return db.row(table.select().where(table.ticket_id == number, table.ended_at.is_null()))


def escalation(db: Database, escalation_id: int) -> Row | None:
    """One review item."""
    return db.row(tables.Escalation.select().where(tables.Escalation.id == escalation_id))


def escalations(db: Database, number: int) -> list[Row]:
    """A ticket's review items, oldest first."""
    table = tables.Escalation
    return db.rows(table.select().where(table.ticket_id == number).order_by(table.id))


def add_escalation(db: Database, values: dict[str, Any]) -> int:
    """Start a review item; the schema allows one open item per ticket."""
    return db.run(tables.Escalation.insert(values))


def update_escalation(db: Database, escalation_id: int, **changes: Any) -> None:
    """Change a review item."""
    table = tables.Escalation
    db.run(table.update(changes).where(table.id == escalation_id))


def reasons_to_json(reasons: tuple[Given, ...]) -> str:
    """Reasons as stored."""
    return json.dumps(
        [{"at": g.at, "cause": g.cause, "detail": g.detail} for g in reasons], ensure_ascii=False
    )


def set_meta(db: Database, key: str, value: str) -> None:
    """Remember a single value."""
    db.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def meta(db: Database, key: str) -> str | None:
    """A remembered value."""
    rows = db.execute("SELECT value FROM meta WHERE key = ?", (key,))
    return rows[0][0] if rows else None


def take_lease(db: Database, owner: str, now: Millis, lasting: Millis) -> int:
    """Take over the data folder; gives the new epoch. The caller holds the folder's lock."""
    rows = db.execute(
        "INSERT INTO lease VALUES ('bot', ?, 1, ?) ON CONFLICT (name) DO UPDATE SET"
        " owner = excluded.owner, epoch = epoch + 1, expires_at = excluded.expires_at"
        " RETURNING epoch",
        (owner, now + lasting),
    )
    return int(rows[0][0])


def extend_lease(db: Database, now: Millis, lasting: Millis) -> None:
    """Keep the lease; the fence of the write has checked that it is still ours."""
    db.execute("UPDATE lease SET expires_at = ? WHERE name = 'bot'", (now + lasting,))


def lease(db: Database) -> Row | None:
    """Who holds the data folder, and until when."""
    return db.row(("SELECT owner, epoch, expires_at FROM lease WHERE name = 'bot'", ()))

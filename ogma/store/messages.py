"""What was said in tickets: messages, their edits and deletions, stored as they happen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from peewee import fn

from ogma.domain.clock import Millis
from ogma.domain.replies import Burst, Silence
from ogma.domain.tickets import State
from ogma.store import tables
from ogma.store.database import Database, Row

PENDING = "pending"
"""`ai` of a customer's message that still waits for a decision."""

ANSWERED = "answered"
"""`ai` of one that Ogma has answered."""

PAUSED = f"silent:{Silence.OUTSIDE_HOURS}"
"""`ai` of one that the hours have paused; `paused` says whether it still waits for the opening."""


def add(db: Database, values: dict[str, Any]) -> bool:
    """Store a message once; False when it was stored before (events come twice)."""
    query = tables.Message.insert(values).on_conflict_ignore()
    before = _total_changes(db)
    db.run(query)
    return _total_changes(db) > before


def _total_changes(db: Database) -> int:
    return int(db.execute("SELECT total_changes()")[0][0])


def get(db: Database, message_id: int) -> Row | None:
    """One message as a row."""
    return db.row(tables.Message.select().where(tables.Message.id == message_id))


def of_ticket(db: Database, number: int) -> list[Row]:
    """All messages of a ticket, in Discord's order, deleted ones included."""
    table = tables.Message
    return db.rows(table.select().where(table.ticket_id == number).order_by(table.id))


def with_files(db: Database, number: int) -> list[Row]:
    """A ticket's messages that have attachments."""
    table = tables.Message
    query = table.select().where(table.ticket_id == number, table.files != "[]")
    return db.rows(query.order_by(table.id))


def recent(db: Database, number: int, limit: int) -> list[Row]:
    """The newest messages that still stand, oldest first: the context of a follow-up."""
    table = tables.Message
    query = table.select().where(
        table.ticket_id == number, table.deleted_at.is_null(), table.content != ""
    )
    return db.rows(query.order_by(table.id.desc()).limit(limit))[::-1]


def cursor(db: Database, number: int) -> int | None:
    """The newest message of the channel that is stored: catching up starts behind it."""
    table = tables.Message
    query = table.select(fn.MAX(table.id).alias("newest")).where(
        table.ticket_id == number, table.origin == "channel"
    )
    row = db.row(query)
    return row["newest"] if row else None


def newest(db: Database) -> int:
    """The newest message that is stored of any channel, 0 when there is none."""
    # Not max(id): with a condition that reads the whole table.
    rows = db.execute("SELECT id FROM message WHERE origin = 'channel' ORDER BY id DESC LIMIT 1")
    return int(rows[0][0]) if rows else 0


def edited(db: Database, ids: Sequence[int]) -> dict[int, Millis | None]:
    """Those of these messages that are stored, with the time of their last edit."""
    table = tables.Message
    rows = db.rows(table.select(table.id, table.edited_at).where(table.id.in_(list(ids))))
    return {row["id"]: row["edited_at"] for row in rows}


def standing(db: Database, number: int, after: int, until: int) -> list[int]:
    """A ticket's messages in its channel behind `after`, up to `until`, that were not deleted."""
    table = tables.Message
    query = table.select(table.id).where(
        table.ticket_id == number,
        table.origin == "channel",
        table.deleted_at.is_null(),
        table.id > after,
        table.id <= until,
    )
    return [row["id"] for row in db.rows(query.order_by(table.id))]


def pending(db: Database, number: int) -> list[Row]:
    """A ticket's customer messages that wait for a decision, oldest first."""
    table = tables.Message
    query = table.select().where(table.ticket_id == number, table.ai == PENDING)
    return db.rows(query.order_by(table.id))


def bursts(db: Database) -> list[Burst]:
    """The tickets with waiting messages, and when the first and last of them arrived."""
    rows = db.execute(
        "SELECT m.ticket_id, min(m.received_at), max(m.received_at) FROM message m"
        " JOIN ticket t ON t.id = m.ticket_id"
        " WHERE m.ai = 'pending' AND t.state <> 'opening' GROUP BY m.ticket_id ORDER BY 2"
    )
    return [Burst(*row) for row in rows]


def decide(db: Database, ids: list[int], ai: str, answer_id: int | None = None) -> None:
    """Record what became of these customer messages."""
    changes: dict[str, Any] = {"ai": ai, "paused": int(ai == PAUSED)}
    if answer_id is not None:
        changes["answer_id"] = answer_id
    db.run(tables.Message.update(changes).where(tables.Message.id.in_(ids)))


def paused(db: Database) -> dict[int, list[Row]]:
    """By open ticket, the messages that wait for the next opening, oldest first."""
    message, ticket = tables.Message, tables.Ticket
    query = (
        message.select()
        .join(ticket, on=(message.ticket_id == ticket.id))
        .where(message.paused == 1, ticket.state == State.OPEN)
        .order_by(message.id)
    )
    found: dict[int, list[Row]] = {}
    for row in db.rows(query):
        found.setdefault(row["ticket_id"], []).append(row)
    return found


def end_pause(db: Database, number: int) -> None:
    """Nothing of this ticket waits for the next opening any more: a person has taken over."""
    table = tables.Message
    db.run(table.update(paused=0).where(table.ticket_id == number, table.paused == 1))


def resume(db: Database, ids: list[int], at: Millis) -> None:
    """These paused messages wait for a decision again, from now on."""
    table = tables.Message
    db.run(table.update(ai=PENDING, paused=0, resumed_at=at).where(table.id.in_(ids)))


def cut_off(db: Database, number: int) -> list[int]:
    """The customer's messages that a close has kept from being answered, oldest first."""
    rows = db.execute(
        "SELECT m.id FROM message m LEFT JOIN answer a ON a.id = m.answer_id"
        " LEFT JOIN draft d ON d.answer_id = a.id"
        " WHERE m.ticket_id = ? AND m.deleted_at IS NULL AND (m.ai = 'silent:not_open'"
        " OR m.ai = ? AND a.withdrawn = 'closed' OR m.ai = 'drafted' AND d.state = 'outdated')"
        " ORDER BY m.id",
        (number, ANSWERED),
    )
    return [row[0] for row in rows]


def edit(db: Database, old: Row, at: Millis, changes: dict[str, Any]) -> None:
    """Replace a message's content, keeping the former one."""
    if changes.get("content", old["content"]) != old["content"]:
        db.run(tables.MessageVersion.insert(message_id=old["id"], until=at, content=old["content"]))
    db.run(tables.Message.update(changes).where(tables.Message.id == old["id"]))


def delete(db: Database, message_id: int, at: Millis) -> None:
    """Mark a message as deleted; a question that is gone waits for no answer."""
    table = tables.Message
    gone = table.update(deleted_at=at, paused=0)
    db.run(gone.where(table.id == message_id, table.deleted_at.is_null()))


def versions(db: Database, number: int) -> dict[int, list[tuple[Millis, str]]]:
    """Former contents by message, oldest first."""
    rows = db.execute(
        "SELECT v.message_id, v.until, v.content FROM message_version v"
        " JOIN message m ON m.id = v.message_id WHERE m.ticket_id = ? ORDER BY v.id",
        (number,),
    )
    found: dict[int, list[tuple[Millis, str]]] = {}
    for message_id, until, content in rows:
        found.setdefault(message_id, []).append((until, content))
    return found


def set_files(db: Database, message_id: int, files: list[dict[str, Any]]) -> None:
    """Record where a message's attachments are kept."""
    text = json.dumps(files, ensure_ascii=False)
    db.run(tables.Message.update(files=text).where(tables.Message.id == message_id))

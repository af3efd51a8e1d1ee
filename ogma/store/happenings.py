"""What has happened in tickets and was not looked at yet by rules, alerts and webhooks.

Written with the change itself, taken away with what comes of it: a crash loses neither.
"""

from __future__ import annotations

from dataclasses import dataclass

from ogma.store.database import Database


@dataclass(frozen=True, slots=True)
class Happening:
    """Either an event of the ticket's history or a message of its customer."""

    id: int
    ticket_id: int
    event_id: int | None
    message_id: int | None
    by_rule: bool
    """A rule brought it about, so that it triggers none."""


def note_event(db: Database, number: int, event_id: int) -> None:
    """An event was written. Part of the caller's transaction."""
    db.execute("INSERT INTO happening (ticket_id, event_id) VALUES (?, ?)", (number, event_id))


def note_message(db: Database, number: int, message_id: int) -> None:
    """A customer's message was stored. Part of the caller's transaction."""
    db.execute("INSERT INTO happening (ticket_id, message_id) VALUES (?, ?)", (number, message_id))


def ready(db: Database, limit: int) -> list[Happening]:
    """The oldest, in the order in which they happened.

    Those of tickets that have no channel yet are not among them: while Discord makes none, they
    must not stand before all the others.
    """
    rows = db.execute(
        "SELECT h.id, h.ticket_id, h.event_id, h.message_id, h.by_rule FROM happening h"
        " JOIN ticket t ON t.id = h.ticket_id AND t.state <> 'opening' ORDER BY h.id LIMIT ?",
        (limit,),
    )
    return [Happening(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]


def newest_id(db: Database) -> int:
    """The highest id so far, 0 where there is none."""
    return int(db.execute("SELECT coalesce(max(id), 0) FROM happening")[0][0])


def done(db: Database, happening_id: int) -> bool:
    """It was looked at; False when somebody else did so before."""
    sql = "DELETE FROM happening WHERE id = ? RETURNING id"
    return bool(db.execute(sql, (happening_id,)))


def mark_by_rule(db: Database, after: int) -> None:
    """What has happened behind `after`, in this transaction, was a rule's doing."""
    db.execute("UPDATE happening SET by_rule = 1 WHERE id > ?", (after,))

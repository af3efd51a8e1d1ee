"""What a restored database must forget before a bot may work on it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ogma.domain.clock import Millis
from ogma.domain.effects import Kind, after_close_lane
from ogma.errors import StoreError
from ogma.store import records
from ogma.store.database import Database

RECEIPT = json.dumps({"dropped": "restored"})
_RESTORED_AT = "restored.at"

SILENCED: Final = (
    Kind.POST_TRANSCRIPT,
    Kind.CUSTOMER_TRANSCRIPT,
    Kind.CSAT_DM,
    Kind.FOLLOW_UP_DM,
    Kind.LEARN_TIP,
)
"""What follows a close, and must not follow it a second time."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the database went that is replaced: its numbers must not be given out again."""

    generation: int = 0
    sequences: dict[str, int] = field(default_factory=dict)


def reached(path: Path) -> Reached:
    """Look into the database that is replaced; nothing where it is gone or cannot be read."""
    if not path.exists():
        return Reached()
    database = Database(path)
    try:
        generation = database.execute("SELECT generation FROM knowledge")[0][0]
        found = database.execute("SELECT name, seq FROM sqlite_sequence")
        return Reached(int(generation), {str(row[0]): int(row[1]) for row in found})
    except StoreError:
        return Reached()
    finally:
        database.close()


def go_on_from(db: Database, before: Reached) -> None:
    """Number new tickets and generations behind those that were given out already."""
    for name, seq in before.sequences.items():
        db.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (seq, name))
        db.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT ?1, ?2"
            " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)"
            " AND EXISTS (SELECT 1 FROM sqlite_master WHERE name = ?1)",
            (name, seq),
        )
    db.execute("UPDATE knowledge SET generation = max(generation, ?)", (before.generation,))


def planned_answers(db: Database) -> list[tuple[int, int]]:
    """(ticket, answer) of the answers that were still to be sent."""
    rows = db.execute(
        "SELECT ticket_id, payload ->> '$.answer' FROM job"
        " WHERE kind = ? AND state IN ('todo', 'doing') ORDER BY id",
        (Kind.ANSWER,),
    )
    return [(int(row[0]), int(row[1])) for row in rows]


def cancel_jobs(db: Database, kept: Sequence[Kind], now: Millis) -> int:
    """Retire every waiting effect of another kind; gives how many."""
    rows = db.execute(
        "UPDATE job SET state = 'done', receipt = ?, done_at = ?, lease_until = NULL"
        " WHERE state IN ('todo', 'doing') AND kind NOT IN (SELECT value FROM json_each(?))"
        " RETURNING id",
        (RECEIPT, now, json.dumps(list(kept))),
    )
    return len(rows)


def look_first(db: Database) -> int:
    """Every effect that is left counts as tried once, so that it looks before it acts."""
    rows = db.execute(
        "UPDATE job SET state = 'todo', attempts = max(attempts, 1), lease_until = NULL"
        " WHERE state IN ('todo', 'doing') RETURNING id"
    )
    return len(rows)


def undecided(db: Database) -> dict[int, list[int]]:
    """By open ticket, the messages that wait for the AI, now or at the next opening."""
    rows = db.execute(
        "SELECT m.ticket_id, m.id FROM message m JOIN ticket t ON t.id = m.ticket_id"
        " WHERE t.state = 'open' AND (m.ai = 'pending' OR m.paused = 1) ORDER BY m.id"
    )
    found: dict[int, list[int]] = {}
    for ticket_id, message_id in rows:
        found.setdefault(int(ticket_id), []).append(int(message_id))
    return found


def end_announcements(db: Database, now: Millis) -> None:
    """What the passing of time would bring about at once has happened since, or is announced anew.

    A follow-up that is due counts as asked; warnings and requests to close begin again. What
    rules, webhooks and managers had not seen yet, they have seen since.
    """
    db.execute("DELETE FROM happening")
    db.execute("UPDATE alert SET sent_at = ? WHERE sent_at IS NULL", (now,))
    db.execute(
        "UPDATE ticket SET follow_up = 'asked' WHERE follow_up = 'planned' AND follow_up_at <= ?",
        (now,),
    )
    db.execute(
        "UPDATE ticket SET warned_at = NULL, close_request_at = NULL, close_request_due = NULL,"
        " close_request_by = NULL, close_request_reason = NULL WHERE state = 'open'"
    )


def silence_closing(db: Database, now: Millis) -> None:
    """Tickets that are being closed end without what customers and staff have got already."""
    for (number,) in db.execute("SELECT id FROM ticket WHERE state = 'closing'"):
        silence(db, int(number), now)


def silence(db: Database, number: int, now: Millis) -> None:
    """This ticket's close says nothing: the keys of those effects are taken."""
    for kind in SILENCED:
        db.execute(
            "INSERT OR IGNORE INTO job"
            " (kind, key, lane, ticket_id, state, created_at, run_at, done_at, receipt)"
            " VALUES (?1, ?1 || ':' || ?2, ?3, ?2, 'done', ?4, ?4, ?4, ?5)",
            (kind, number, after_close_lane(kind, number), now, RECEIPT),
        )


def note(db: Database, now: Millis) -> None:
    """Remember when this database was restored, by the machine's clock."""
    records.set_meta(db, _RESTORED_AT, str(now))


def unheard(db: Database, number: int) -> bool:
    """Whether this ticket comes from a backup and nothing of it was heard since the restore."""
    at = records.meta(db, _RESTORED_AT)
    if at is None:
        return False
    rows = db.execute(
        "SELECT EXISTS (SELECT 1 FROM ticket WHERE id = ?1 AND opened_at <= ?2)"
        " AND NOT EXISTS (SELECT 1 FROM message WHERE ticket_id = ?1 AND received_at > ?2)",
        (number, int(at)),
    )
    return bool(rows[0][0])

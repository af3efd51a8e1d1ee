"""Drafts and the verdicts on them."""

from __future__ import annotations

from typing import Any

from ogma.domain.clock import Millis
from ogma.domain.shadow import JUDGED, Agreement, Draft, DraftState
from ogma.store.database import Database, Row


def _draft(row: Row) -> Draft:
    return Draft(**{**row, "state": DraftState(row["state"])})


def add(db: Database, answer_id: int, number: int, type_id: str, revision: int, at: Millis) -> int:
    """Store a draft that waits for a verdict; gives its id."""
    rows = db.execute(
        "INSERT INTO draft (answer_id, ticket_id, type_id, revision, created_at)"
        " VALUES (?, ?, ?, ?, ?) RETURNING id",
        (answer_id, number, type_id, revision, at),
    )
    return int(rows[0][0])


def get(db: Database, draft_id: int) -> Draft | None:
    """One draft."""
    row = db.row(("SELECT * FROM draft WHERE id = ?", (draft_id,)))
    return _draft(row) if row else None


def of_answer(db: Database, answer_id: int) -> Draft | None:
    """The draft that holds this answer."""
    row = db.row(("SELECT * FROM draft WHERE answer_id = ?", (answer_id,)))
    return _draft(row) if row else None


def of_ticket(db: Database, number: int) -> list[Draft]:
    """A ticket's drafts, oldest first."""
    rows = db.rows(("SELECT * FROM draft WHERE ticket_id = ? ORDER BY id", (number,)))
    return [_draft(row) for row in rows]


def judged(db: Database, since: Millis | None = None) -> list[Draft]:
    """Drafts with a verdict, oldest verdict first."""
    rows = db.rows(
        (
            "SELECT * FROM draft WHERE judged_at >= ? AND state <> 'outdated'"
            " ORDER BY judged_at, id",
            (since or 0,),
        )
    )
    return [_draft(row) for row in rows]


def overtaken(db: Database) -> list[Draft]:
    """Open drafts whose ticket has moved on since."""
    rows = db.rows(
        (
            "SELECT d.* FROM draft AS d JOIN ticket AS t ON t.id = d.ticket_id"
            " WHERE d.state = 'open' AND (t.revision <> d.revision OR t.state <> 'open')"
            " ORDER BY d.id",
            (),
        )
    )
    return [_draft(row) for row in rows]


def update(db: Database, draft_id: int, **changes: Any) -> None:
    """Change a draft's columns."""
    settings = ", ".join(f"{name} = ?" for name in changes)
    db.execute(f"UPDATE draft SET {settings} WHERE id = ?", (*changes.values(), draft_id))


def agreement(db: Database, since: Millis, until: Millis) -> list[Agreement]:
    """By ticket type, the drafts made in this time and the verdicts on them."""
    counts = ", ".join(f"count(*) FILTER (WHERE state = '{state}')" for state in JUDGED)
    rows = db.execute(
        f"SELECT type_id, count(*), {counts} FROM draft"
        " WHERE created_at >= ? AND created_at < ? GROUP BY type_id ORDER BY type_id",
        (since, until),
    )
    return [Agreement(*row) for row in rows]

"""Tips and the tickets that taught them."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from ogma.domain.clock import Millis
from ogma.domain.tips import Tip, TipOrigin, TipState
from ogma.store.database import Database, Row

_TIPS = (
    "SELECT t.*, (SELECT json_group_array(ticket_id) FROM"
    " (SELECT ticket_id FROM tip_source WHERE tip_id = t.id ORDER BY at, ticket_id)) AS tickets"
    " FROM tip AS t"
)


def _tip(row: Row) -> Tip:
    return Tip(
        **{
            **row,
            "state": TipState(row["state"]),
            "origin": TipOrigin(row["origin"]),
            "types": frozenset(json.loads(row["types"])),
            "tickets": tuple(json.loads(row["tickets"])),
        }
    )


def get(db: Database, tip_id: int) -> Tip | None:
    """One tip."""
    row = db.row((f"{_TIPS} WHERE t.id = ?", (tip_id,)))
    return _tip(row) if row else None


def listed(db: Database, states: Collection[TipState] = ()) -> list[Tip]:
    """Tips, newest first; of these states if any are named."""
    wanted = [str(state) for state in states or TipState]
    sql = f"{_TIPS} WHERE t.state IN (SELECT value FROM json_each(?)) ORDER BY t.id DESC"
    return [_tip(row) for row in db.rows((sql, (json.dumps(wanted),)))]


def counts(db: Database) -> dict[str, int]:
    """How many tips are in which state."""
    found = dict(db.execute("SELECT state, count(*) FROM tip GROUP BY state"))
    return {str(state): found.get(str(state), 0) for state in TipState}


def taught_by(db: Database, number: int) -> int | None:
    """The tip that a ticket has taught."""
    rows = db.execute("SELECT tip_id FROM tip_source WHERE ticket_id = ?", (number,))
    return rows[0][0] if rows else None


def add(db: Database, values: dict[str, Any]) -> int:
    """Store a tip; gives its id. `types` as a collection."""
    stored = {**values, "types": _types(values.get("types", ()))}
    names = ", ".join(stored)
    places = ", ".join("?" for _ in stored)
    sql = f"INSERT INTO tip ({names}) VALUES ({places}) RETURNING id"
    return int(db.execute(sql, tuple(stored.values()))[0][0])


def update(db: Database, tip_id: int, **changes: Any) -> None:
    """Change a tip's columns."""
    if "types" in changes:
        changes["types"] = _types(changes["types"])
    settings = ", ".join(f"{name} = ?" for name in changes)
    sql = f"UPDATE tip SET {settings} WHERE id = ?"
    db.execute(sql, (*changes.values(), tip_id))


def delete(db: Database, tip_id: int) -> None:
    """Remove a tip for good; what was merged into it or resembles it stands alone."""
    for column in ("like_tip", "merged_into"):
        db.execute(f"UPDATE tip SET {column} = NULL WHERE {column} = ?", (tip_id,))
    db.execute("DELETE FROM tip WHERE id = ?", (tip_id,))


def _types(types: Collection[str]) -> str:
    return json.dumps(sorted(types))


def add_source(db: Database, tip_id: int, number: int, at: Millis) -> None:
    """Note which ticket taught a tip; the first tip of a ticket stays."""
    db.execute("INSERT OR IGNORE INTO tip_source VALUES (?, ?, ?)", (number, tip_id, at))


def move_sources(db: Database, from_tip: int, to_tip: int) -> None:
    """The tickets of one tip have taught another."""
    db.execute("UPDATE tip_source SET tip_id = ? WHERE tip_id = ?", (to_tip, from_tip))

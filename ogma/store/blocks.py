"""Members who may open nothing."""

from __future__ import annotations

from typing import Any

from ogma.domain.clock import Millis
from ogma.store import tables
from ogma.store.database import Database, Row


def put(db: Database, values: dict[str, Any]) -> None:
    """Block a member, or change the block that there is."""
    db.run(tables.Block.insert(values).on_conflict_replace())


def active(db: Database, user_id: int, now: Millis) -> Row | None:
    """A member's block that is in force."""
    table = tables.Block
    return db.row(table.select().where(table.user_id == user_id, _in_force(now)))


def listed(db: Database, now: Millis) -> list[Row]:
    """Blocks in force, newest first."""
    table = tables.Block
    return db.rows(table.select().where(_in_force(now)).order_by(table.at.desc(), table.user_id))


def remove(db: Database, user_id: int) -> bool:
    """Lift a block; False when there was none."""
    return bool(db.run(tables.Block.delete().where(tables.Block.user_id == user_id)))


def named(db: Database, name: str) -> dict[int, str]:
    """Customers and blocked members who go by this name, whatever its case: id -> name."""
    rows = db.execute(
        "SELECT customer_id, customer_name FROM ticket WHERE customer_name = :name COLLATE NOCASE"
        " UNION SELECT user_id, name FROM block WHERE name = :name COLLATE NOCASE",
        {"name": name},  # type: ignore[arg-type]
    )
    return dict(rows)


def name_of(db: Database, user_id: int) -> str | None:
    """What a member was called in the newest ticket."""
    rows = db.execute(
        "SELECT customer_name FROM ticket WHERE customer_id = ? ORDER BY id DESC LIMIT 1",
        (user_id,),
    )
    return rows[0][0] if rows else None


def _in_force(now: Millis) -> Any:
    return tables.Block.until.is_null() | (tables.Block.until > now)

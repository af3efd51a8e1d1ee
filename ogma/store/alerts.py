"""What managers are to be told: one row per cause, whether it has been told or waits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ogma.domain.clock import Millis
from ogma.store import tables
from ogma.store.database import Database


@dataclass(frozen=True, slots=True)
class Alert:
    """`text` is a key of the catalogue, `values` its placeholders."""

    id: int
    ticket_id: int | None
    at: Millis
    text: str
    values: Mapping[str, Any]


def add(db: Database, key: str, topic: str, at: Millis, alert: Mapping[str, Any]) -> None:
    """Note a cause once. `alert`: text, ticket_id and values."""
    db.run(
        tables.Alert.insert(
            key=key,
            topic=topic,
            at=at,
            ticket_id=alert["ticket_id"],
            text=alert["text"],
            params=json.dumps(alert["values"], ensure_ascii=False),
        ).on_conflict_ignore()
    )


def waiting(db: Database, limit: int) -> list[int]:
    """The ids of those that nobody was told of yet, oldest first."""
    rows = db.execute("SELECT id FROM alert WHERE sent_at IS NULL ORDER BY id LIMIT ?", (limit,))
    return [row[0] for row in rows]


def told(db: Database, ids: Sequence[int], at: Millis) -> None:
    """Their message is planned."""
    table = tables.Alert
    db.run(table.update(sent_at=at).where(table.id.in_(list(ids))))


def by_ids(db: Database, ids: Sequence[int]) -> list[Alert]:
    """These alerts, oldest first, but for those that were erased meanwhile."""
    table = tables.Alert
    query = table.select().where(table.id.in_(list(ids)), table.text != "").order_by(table.id)
    return [
        Alert(row["id"], row["ticket_id"], row["at"], row["text"], json.loads(row["params"]))
        for row in db.rows(query)
    ]

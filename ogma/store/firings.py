"""Which rules fired on which tickets, and what they did (Q6)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ogma.domain.clock import Millis
from ogma.store import tables
from ogma.store.database import Database, Row

Outcome = Mapping[str, str]
"""An action: `do`, `value`, and `outcome`, which is 'done' or says why not."""


def add(
    db: Database, number: int, at: Millis, rule: Mapping[str, Any], outcomes: Sequence[Outcome]
) -> None:
    """Note that a rule fired. `rule`: rule_id, rule_name, trigger and cause."""
    text = json.dumps(list(outcomes), ensure_ascii=False)
    db.run(tables.RuleFiring.insert(ticket_id=number, at=at, outcome=text, **rule))


def known(db: Database, rule_id: str, cause: str) -> bool:
    """Whether this rule has fired for this cause."""
    sql = "SELECT EXISTS (SELECT 1 FROM rule_firing WHERE rule_id = ? AND cause = ?)"
    return bool(db.execute(sql, (rule_id, cause))[0][0])


def of_ticket(db: Database, number: int) -> list[Row]:
    """What rules did with a ticket, oldest first."""
    table = tables.RuleFiring
    return [
        {**row, "outcome": json.loads(row["outcome"])}
        for row in db.rows(table.select().where(table.ticket_id == number).order_by(table.id))
    ]

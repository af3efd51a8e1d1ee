"""Queries on unanswered questions and what became of them."""

from __future__ import annotations

import json
from collections.abc import Iterable

from ogma.domain.clock import Millis
from ogma.domain.gaps import GAP_REASONS, Settled, Unanswered
from ogma.store.database import Database

_UNANSWERED = """
SELECT a.id, a.ticket_id, a.at, a.question, s.how
FROM answer AS a
LEFT JOIN gap_settled AS s ON s.answer_id = a.id
LEFT JOIN ticket AS t ON t.id = a.ticket_id
WHERE a.outcome = 'escalate' AND a.question <> '' AND a.withdrawn IS NULL AND a.at >= :since
  AND json_extract(a.record, '$.reason') IN (SELECT value FROM json_each(:reasons))
  AND (:locked OR t.locked_at IS NULL)
  AND coalesce(t.close_reason, '') <> 'out_of_scope'
  AND NOT EXISTS (
    SELECT 1 FROM escalation AS e WHERE e.ticket_id = a.ticket_id AND e.out_of_scope = 1
    AND a.at BETWEEN e.at - 60000 AND coalesce(e.ended_at, a.at)
  )
ORDER BY a.id DESC LIMIT :most
"""


def unanswered(db: Database, since: Millis, most: int, *, locked: bool) -> list[Unanswered]:
    """Questions that were handed over for want of knowledge, newest first, the settled included.

    What staff called out of scope in its ticket is left out (its record is written a moment before
    its review item); so are the questions of locked
    tickets, unless `locked`.
    """
    values = {
        "since": since,
        "reasons": json.dumps(sorted(GAP_REASONS)),
        "locked": int(locked),
        "most": most,
    }
    rows = db.rows((_UNANSWERED, values))
    return [
        Unanswered(
            row["id"],
            row["ticket_id"],
            row["at"],
            row["question"],
            Settled(row["how"]) if row["how"] else None,
        )
        for row in rows
    ]


def settle(db: Database, answer_ids: Iterable[int], how: Settled, now: Millis) -> None:
    """Note what became of questions."""
    for answer_id in answer_ids:
        db.execute("INSERT OR REPLACE INTO gap_settled VALUES (?, ?, ?)", (answer_id, how, now))

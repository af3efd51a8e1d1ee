"""The facts that figures are made from (I1). Each query reads its period alone, by an index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ogma.domain.clock import Millis
from ogma.domain.insights import Fact
from ogma.store.database import Database

_FACTS: Final = """
SELECT t.id, t.type_id, t.opened_at, t.closing_at, t.first_response_at, t.claimed_by_name,
  t.csat, t.close_reason, t.close_cause, t.follow_up,
  (SELECT count(*) FROM escalation e WHERE e.ticket_id = t.id),
  (SELECT count(*) FROM answer a
   WHERE a.ticket_id = t.id AND a.message_id IS NOT NULL AND a.withdrawn IS NULL),
  (SELECT count(*) FROM answer a
   WHERE a.ticket_id = t.id AND a.message_id IS NOT NULL AND a.withdrawn IS NULL
     AND a.feedback = 'helpful'),
  (SELECT (s.first_response_breached IS NOT NULL) + (s.resolution_breached IS NOT NULL)
   FROM sla s WHERE s.ticket_id = t.id)
FROM ticket t
"""


def opened(db: Database, since: Millis, until: Millis) -> list[Fact]:
    """The tickets opened from `since` to before `until`, but for openings that failed."""
    where = "WHERE t.opened_at >= ? AND t.opened_at < ? AND t.state <> 'failed'"
    return _facts(db.execute(f"{_FACTS} {where}", (since, until)))


def closed(db: Database, since: Millis, until: Millis) -> list[Fact]:
    """The tickets closed from `since` to before `until`."""
    where = "WHERE t.closing_at >= ? AND t.closing_at < ?"
    return _facts(db.execute(f"{_FACTS} {where}", (since, until)))


def _facts(rows: Sequence[tuple[Any, ...]]) -> list[Fact]:
    return [Fact._make((*row[:13], row[13] or 0)) for row in rows]


def outcomes(db: Database, since: Millis, until: Millis) -> dict[str, int]:
    """What became of questions to the AI."""
    sql = "SELECT outcome, count(*) FROM answer WHERE at >= ? AND at < ? GROUP BY outcome"
    return {row[0]: row[1] for row in db.execute(sql, (since, until))}


def questions(
    db: Database, since: Millis, until: Millis, outcome: str, limit: int
) -> list[tuple[str, int]]:
    """The questions that were asked most often and had this outcome."""
    rows = db.execute(
        "SELECT min(question), count(*) AS times FROM answer"
        " WHERE at >= ? AND at < ? AND outcome = ?"
        " GROUP BY lower(trim(question)) ORDER BY times DESC, min(question) LIMIT ?",
        (since, until, outcome, limit),
    )
    return [(row[0], row[1]) for row in rows]


def tips(db: Database, since: Millis, until: Millis) -> dict[str, int]:
    """Tips made in the period, by their state now."""
    sql = "SELECT state, count(*) FROM tip WHERE created_at >= ? AND created_at < ? GROUP BY state"
    return {row[0]: row[1] for row in db.execute(sql, (since, until))}


def open_flags(db: Database) -> dict[str, int]:
    """Flags that nobody has resolved, by kind."""
    sql = "SELECT kind, count(*) FROM flag WHERE resolved_at IS NULL GROUP BY kind ORDER BY kind"
    return {row[0]: row[1] for row in db.execute(sql)}

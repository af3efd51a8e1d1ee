"""Full text over all that was said in tickets (T3).

Newest first, the index is walked from its end and left as soon as there is enough: message ids
grow with time. So a search costs what it shows, however much is archived. Where only few tickets
may be shown, a common word would be walked to its beginning, with a look at the message and the
ticket of each place; there, the messages of those tickets are gathered first, and the walk looks
at nothing but their ids.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ogma.domain.clock import snowflake_at
from ogma.domain.search import END, START
from ogma.store.database import Database, Row
from ogma.store.queue import Filter

_EXCERPT_TOKENS = 24
FEW: Final = 3_000
"""Up to so many tickets, gathering their messages costs less than the walk that it shortens."""


@dataclass(frozen=True, slots=True)
class _Condition:
    sql: str
    values: tuple[Any, ...] = ()


def found(db: Database, expression: str, wanted: Filter, *, ranked: bool) -> list[Row]:
    """Messages with their tickets, newest first or best first, with an excerpt of each.

    Of the filter, type, times (of the message), limit, skip and what may be known of count.
    """
    tickets = _few(db, wanted)
    if tickets == []:
        return []
    return db.rows(query(expression, wanted, ranked=ranked, tickets=tickets))


def _few(db: Database, wanted: Filter) -> list[int] | None:
    """The tickets that a limit to types leaves; None where there is no such limit, or many."""
    if wanted.type_id is None and wanted.sight.types is None:
        return None
    conditions = _of_ticket(wanted)
    sql = f"SELECT t.id FROM ticket t WHERE {' AND '.join(one.sql for one in conditions)} LIMIT ?"
    values = [value for one in conditions for value in one.values]
    found = [row[0] for row in db.execute(sql, (*values, FEW + 1))]
    return found if len(found) <= FEW else None


def query(
    expression: str, wanted: Filter, *, ranked: bool, tickets: Sequence[int] | None = None
) -> tuple[str, tuple[Any, ...]]:
    """The SQL of `found` and its values. The joins are in this order so that nothing is sorted.

    `tickets`: the only ones that fit, where they are few.
    """
    conditions = [*_of_message(wanted), *_of_ticket(wanted)]
    if tickets is not None:
        conditions.append(_said_in(tickets))
    rank = "bm25(message_fts)," if ranked else ""
    sql = f"""
        SELECT m.id, m.ticket_id, m.at, m.side, m.author_id, m.author_name, m.origin,
          m.deleted_at, t.type_id, t.state, t.channel_id, t.customer_name, t.locked_at,
          snippet(message_fts, 0, ?, ?, '…', {_EXCERPT_TOKENS}) AS excerpt
        FROM message_fts
        CROSS JOIN message m ON m.id = message_fts.rowid
        CROSS JOIN ticket t ON t.id = m.ticket_id
        WHERE {" AND ".join(["message_fts MATCH ?", *(one.sql for one in conditions)])}
        ORDER BY {rank} message_fts.rowid DESC LIMIT ? OFFSET ?
    """
    values = [value for one in conditions for value in one.values]
    return sql, (START, END, expression, *values, wanted.limit, wanted.skip)


def _said_in(tickets: Sequence[int]) -> _Condition:
    """The plus sign keeps the index from being asked anew for every single message."""
    sql = (
        "+message_fts.rowid IN (SELECT id FROM message"
        " WHERE ticket_id IN (SELECT value FROM json_each(?)))"
    )
    return _Condition(sql, (json.dumps(tickets),))


def _of_message(wanted: Filter) -> list[_Condition]:
    made = []
    if wanted.since is not None:
        made.append(_Condition("message_fts.rowid >= ?", (snowflake_at(wanted.since),)))
    if wanted.until is not None:
        made.append(_Condition("message_fts.rowid < ?", (snowflake_at(wanted.until),)))
    return made


def _of_ticket(wanted: Filter) -> list[_Condition]:
    sight = wanted.sight
    made = []
    if wanted.type_id is not None:
        made.append(_Condition("t.type_id = ?", (wanted.type_id,)))
    if not (wanted.restricted and sight.locked):
        made.append(_Condition("t.locked_at IS NULL"))
    if sight.types is not None:
        marks = ", ".join("?" * len(sight.types))
        made.append(_Condition(f"t.type_id IN ({marks})", tuple(sorted(sight.types))))
    if sight.outsider_to is not None:
        beside = (
            "t.customer_id <> ? AND NOT EXISTS (SELECT 1 FROM participant p"
            " WHERE p.ticket_id = t.id AND p.user_id = ? AND p.removed_at IS NULL)"
        )
        made.append(_Condition(beside, (sight.outsider_to, sight.outsider_to)))
    return made

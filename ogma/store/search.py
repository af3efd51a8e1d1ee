"""Full text over all that was said in tickets (T3).

Newest first, the index is walked from its end and left as soon as there is enough: message ids
grow with time. So a search costs what it shows, however much is archived. The type of a message's
ticket stands in the index beside its words, so that a search within a type does not walk past
what was said in all the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ogma.domain.clock import snowflake_at
from ogma.domain.search import END, START
from ogma.store.database import Database, Row
from ogma.store.queue import Filter

_EXCERPT_TOKENS = 24


@dataclass(frozen=True, slots=True)
class _Condition:
    sql: str
    values: tuple[Any, ...] = ()


def found(db: Database, expression: str, wanted: Filter, *, ranked: bool) -> list[Row]:
    """Messages with their tickets, newest first or best first, with an excerpt of each.

    Of the filter, type, times (of the message), limit, skip and what may be known of count.
    """
    if wanted.sight.types is not None and not wanted.sight.types:
        return []
    return db.rows(query(expression, wanted, ranked=ranked))


def query(expression: str, wanted: Filter, *, ranked: bool) -> tuple[str, tuple[Any, ...]]:
    """The SQL of `found` and its values. The joins are in this order so that nothing is sorted."""
    conditions = [*_of_message(wanted), *_of_ticket(wanted)]
    rank = "bm25(message_fts, 1.0, 0.0)," if ranked else ""
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
    return sql, (START, END, _match(expression, wanted), *values, wanted.limit, wanted.skip)


def _match(expression: str, wanted: Filter) -> str:
    """The words, and the types where there is a limit to some.

    The index takes a type's name apart as it does with words, so it may let one more through that
    is named alike: the conditions on the ticket decide.
    """
    match = f"content : ({expression})"
    for types in ([wanted.type_id] if wanted.type_id is not None else None, wanted.sight.types):
        if types:
            named = " OR ".join(f'"{one}"' for one in sorted(types))
            match = f"{match} AND scope : ({named})"
    return match


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

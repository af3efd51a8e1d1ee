"""Searching all that was said in tickets, live and archived, by those who may see it (T3, Q4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ogma.domain.access import Actor, Denial
from ogma.domain.clock import Millis, rfc3339
from ogma.domain.queue import sight
from ogma.domain.search import END, START, match_expression
from ogma.services.desk import Desk
from ogma.store import search
from ogma.store.queue import Filter

PAGE = 8


@dataclass(frozen=True, slots=True)
class Found:
    """One message. In `excerpt`, what was found stands between START and END."""

    id: int
    ticket_id: int
    at: Millis
    side: str
    author_id: int
    author_name: str
    origin: str
    deleted_at: Millis | None
    type_id: str
    state: str
    channel_id: int | None
    customer_name: str
    locked_at: Millis | None
    excerpt: str


@dataclass(frozen=True, slots=True)
class Page:
    """`number` counts from 1; `more`: whether there is another one behind it."""

    number: int
    found: Sequence[Found]
    more: bool


def find(desk: Desk, query: str, wanted: Filter, *, ranked: bool = False) -> list[Found]:
    """Messages, newest first or best first. Raises UsageError for a query without a word."""
    rows = search.found(desk.db, match_expression(query), wanted, ranked=ranked)
    return [Found(**row) for row in rows]


def page(
    desk: Desk, actor: Actor, query: str, number: int = 1, *, ranked: bool = False
) -> Denial | Page:
    """A page of what a member of the team may find. Raises UsageError as `find` does."""
    seen = sight(actor, desk.settings())
    if isinstance(seen, Denial):
        return seen
    wanted = Filter(limit=PAGE + 1, skip=(number - 1) * PAGE, sight=seen)
    found = find(desk, query, wanted, ranked=ranked)
    if not found and number > 1:
        found = find(desk, query, replace(wanted, skip=0), ranked=ranked)
        number = 1
    return Page(number, found[:PAGE], len(found) > PAGE)


def document(one: Found) -> dict[str, Any]:
    """A found message as in JSON; in its excerpt nothing is marked."""
    return {
        "ticket": one.ticket_id,
        "type": one.type_id,
        "state": one.state,
        "customer": one.customer_name,
        "message": str(one.id),
        "origin": one.origin,
        "author": {"id": str(one.author_id), "name": one.author_name},
        "side": one.side,
        "at": rfc3339(one.at),
        "deleted": one.deleted_at is not None,
        "excerpt": one.excerpt.replace(START, "").replace(END, ""),
    }

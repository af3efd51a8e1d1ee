"""The queue as one member of the team sees it, page by page (Q2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ogma.domain.access import Actor, Denial
from ogma.domain.queue import Queue, sight
from ogma.domain.tickets import Ticket
from ogma.services.desk import Desk
from ogma.store import queue
from ogma.store.queue import Filter

PAGE = 8


@dataclass(frozen=True, slots=True)
class Page:
    """`number` counts from 1; `more`: whether there is another one behind it."""

    queue: Queue
    number: int
    counters: dict[str, int]
    tickets: Sequence[Ticket]
    more: bool


def page(desk: Desk, actor: Actor, which: Queue, number: int = 1) -> Denial | Page:
    """A page of the queue; a page that does not exist is the last one that does."""
    seen = sight(actor, desk.settings())
    if isinstance(seen, Denial):
        return seen
    number = max(1, number)
    while True:
        skip = (number - 1) * PAGE
        wanted = Filter(queue=which, assignee=actor.id, limit=PAGE + 1, skip=skip, sight=seen)
        found = queue.listed(desk.db, wanted)
        if found or number == 1:
            counters = queue.counters(desk.db, wanted)
            return Page(which, number, counters, found[:PAGE], len(found) > PAGE)
        number -= 1

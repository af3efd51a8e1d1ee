"""Quality flags: listed and resolved by those who may see their tickets (E3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ogma.domain.access import Action, Actor, Denial, denial
from ogma.domain.clock import Millis, rfc3339
from ogma.domain.queue import sight
from ogma.errors import NotFound
from ogma.services.desk import Desk
from ogma.store import flags, tickets
from ogma.store.queue import Filter

PAGE = 5


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag. `kind` is one of `flags.FlagKind`."""

    id: int
    ticket_id: int
    at: Millis
    kind: str
    detail: str
    resolved_at: Millis | None
    resolved_by: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """`number` counts from 1; `more`: whether there is another one behind it."""

    number: int
    flags: Sequence[Flag]
    more: bool


def listed(
    desk: Desk, wanted: Filter, *, open_only: bool = True, kinds: Sequence[str] = ()
) -> list[Flag]:
    """Flags of the tickets that the filter leaves, newest first."""
    rows = flags.of_those(desk.db, wanted, open_only=open_only, kinds=kinds)
    return [Flag(**row) for row in rows]


def page(desk: Desk, actor: Actor, number: int = 1) -> Denial | Page:
    """A page of the open flags; a page that does not exist is the last one that does."""
    seen = sight(actor, desk.settings())
    if isinstance(seen, Denial):
        return seen
    number = max(1, number)
    while True:
        wanted = Filter(limit=PAGE + 1, skip=(number - 1) * PAGE, sight=seen)
        found = listed(desk, wanted)
        if found or number == 1:
            return Page(number, found[:PAGE], len(found) > PAGE)
        number -= 1


def resolve(desk: Desk, actor: Actor, flag_id: int) -> Denial | bool:
    """Somebody has looked at it; False when it is resolved already. Raises NotFound."""
    with desk.db.write():
        row = flags.get(desk.db, flag_id)
        if row is None:
            raise NotFound(f"There is no flag {flag_id}; `ogma flags list` shows which there are.")
        ticket = desk.ticket(row["ticket_id"])
        refused = denial(actor, Action.SEE, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        now = desk.now()
        if not flags.resolve(desk.db, flag_id, now, actor.name):
            return False
        who = (actor.id, actor.name)
        tickets.add_event(
            desk.db, ticket.id, now, "flag_resolved", who, row["kind"], staff_only=True
        )
        return True


def document(flag: Flag) -> dict[str, Any]:
    """A flag as in JSON."""
    return {
        "id": str(flag.id),
        "ticket": flag.ticket_id,
        "kind": flag.kind,
        "detail": flag.detail,
        "at": rfc3339(flag.at),
        "resolved_at": rfc3339(flag.resolved_at),
        "resolved_by": flag.resolved_by,
    }

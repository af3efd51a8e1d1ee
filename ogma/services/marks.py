"""Tags and priority of a ticket (Q3)."""

from __future__ import annotations

from ogma.domain.access import Action, Actor, Denial, denial
from ogma.domain.marks import TAGS_MAX, Priority, tag_name
from ogma.domain.tickets import Ticket
from ogma.errors import UsageError
from ogma.services.desk import Desk
from ogma.services.staff import Who
from ogma.store import marks, tickets


def tag(desk: Desk, actor: Actor, number: int, text: str) -> Denial | str | None:
    """Hang a tag on a ticket; gives its name, None when it was there. Raises UsageError."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.TAG, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        return add_tag(desk, ticket, text, (actor.id, actor.name))


def add_tag(desk: Desk, ticket: Ticket, text: str, by: Who) -> str | None:
    """As `tag`, without the gate. Part of the caller's transaction."""
    name, there = tag_name(text), marks.of_ticket(desk.db, ticket.id)
    if name in there:
        return None
    if len(there) >= TAGS_MAX:
        raise UsageError(f"Ticket {ticket.id} has {TAGS_MAX} tags already; remove one first.")
    now = desk.now()
    marks.add(desk.db, ticket.id, name, now, by[1])
    tickets.add_event(desk.db, ticket.id, now, "tagged", by, name, staff_only=True)
    return name


def untag(desk: Desk, actor: Actor, number: int, text: str) -> Denial | str | None:
    """Take a tag off a ticket; gives its name, None when it was not there. Raises UsageError."""
    name = tag_name(text)
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.TAG, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        if not marks.remove(desk.db, number, name):
            return None
        who, now = (actor.id, actor.name), desk.now()
        tickets.add_event(desk.db, number, now, "untagged", who, name, staff_only=True)
        return name


def prioritise(desk: Desk, actor: Actor, number: int, priority: Priority) -> Denial | bool:
    """Set a ticket's priority; False when it has it already."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.PRIORITISE, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        return set_priority(desk, ticket, priority, (actor.id, actor.name))


def set_priority(desk: Desk, ticket: Ticket, priority: Priority, by: Who) -> bool:
    """As `prioritise`, without the gate. Part of the caller's transaction."""
    if ticket.priority == priority:
        return False
    tickets.update(desk.db, ticket.id, priority=priority)
    tickets.add_event(desk.db, ticket.id, desk.now(), "prioritised", by, priority, staff_only=True)
    return True


def tags_like(desk: Desk, beginning: str, limit: int = 25) -> list[str]:
    """Tags that are in use and begin so, the most used first."""
    return marks.in_use(desk.db, beginning.lower(), limit)

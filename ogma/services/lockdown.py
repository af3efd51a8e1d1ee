"""Lockdown: management and the customer only, and the exact way back (Q4)."""

from __future__ import annotations

import secrets

from ogma.domain.access import Action, Actor, Denial, denial
from ogma.domain.effects import Effect, Kind, ticket_lane
from ogma.domain.events import EventKind
from ogma.services import drafts, escalation
from ogma.services.desk import Desk
from ogma.store import outbox, people, tickets

PURPOSE = "lockdown"


def lock(desk: Desk, actor: Actor, number: int) -> Denial | bool:
    """Shut regular staff out; False when it is locked already."""
    return _set(desk, actor, number, Action.LOCKDOWN, Kind.LOCKDOWN)


def unlock(desk: Desk, actor: Actor, number: int) -> Denial | bool:
    """Let regular staff in again, with the overwrites as they were; False when it is not locked."""
    return _set(desk, actor, number, Action.UNLOCK, Kind.UNLOCK)


def _set(desk: Desk, actor: Actor, number: int, action: Action, kind: Kind) -> Denial | bool:
    locking = kind is Kind.LOCKDOWN
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, action, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        if ticket.locked == locking:
            return False
        now = desk.now()
        changes = {"locked_at": now if locking else None}
        tickets.update(desk.db, number, stop_answers=True, **changes)
        what: EventKind = "locked" if locking else "unlocked"
        who = (actor.id, actor.name)
        tickets.add_event(desk.db, number, now, what, who, staff_only=True)
        key = f"{kind}:{number}:{secrets.token_hex(4)}"
        outbox.put(desk.db, [Effect(kind, key, ticket_lane(number), number)], now)
        escalation.show(desk, ticket)
        drafts.show(desk, ticket)
        return True


def keep_overwrites(desk: Desk, number: int, overwrites: list[object], purpose: str) -> None:
    """Remember the channel's overwrites before they are changed; the first ones kept stay."""
    with desk.db.write():
        people.keep_snapshot(desk.db, number, purpose, overwrites, desk.now())


def kept_overwrites(desk: Desk, number: int, purpose: str) -> list[dict[str, object]] | None:
    """The overwrites as they were before."""
    return people.snapshot(desk.db, number, purpose)

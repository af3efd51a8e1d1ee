"""What staff do to a ticket: claim it, give it up (Q1)."""

from __future__ import annotations

from dataclasses import dataclass

from ogma.domain.access import Action, Actor, Denial, denial
from ogma.domain.escalation import ReviewState
from ogma.domain.tickets import Ticket
from ogma.services import escalation
from ogma.services import outbox as build
from ogma.services.desk import Desk
from ogma.store import outbox, tickets


@dataclass(frozen=True, slots=True)
class TakenBy:
    """Somebody else holds the claim."""

    name: str


def claim(desk: Desk, actor: Actor, number: int) -> Denial | TakenBy | Ticket:
    """Take the ticket; claiming one's own again changes nothing."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.CLAIM, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        if ticket.claimed_by == actor.id:
            return ticket
        if ticket.claimed_by is not None:
            return TakenBy(ticket.claimed_by_name or str(ticket.claimed_by))
        _set_claim(desk, ticket, actor)
        return desk.ticket(number)


def _set_claim(desk: Desk, ticket: Ticket, actor: Actor) -> None:
    now = desk.now()
    tickets.update(
        desk.db, ticket.id, claimed_by=actor.id, claimed_by_name=actor.name, claimed_at=now
    )
    tickets.add_event(desk.db, ticket.id, now, "claimed", (actor.id, actor.name))
    outbox.put(desk.db, [build.say(ticket.id, build.Notice.CLAIMED, staff=actor.name)], now)
    escalation.move(desk, ticket, ReviewState.CLAIMED, actor.name)


def unclaim(desk: Desk, actor: Actor, number: int) -> Denial | Ticket:
    """Give the ticket back to the queue."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.UNCLAIM, ticket, desk.rank(ticket))
        if refused is not None or ticket.claimed_by is None:
            return refused or ticket
        now = desk.now()
        tickets.update(desk.db, number, claimed_by=None, claimed_by_name=None, claimed_at=None)
        tickets.add_event(desk.db, number, now, "unclaimed", (actor.id, actor.name))
        outbox.put(desk.db, [build.say(number, build.Notice.RELEASED, staff=actor.name)], now)
        escalation.move(desk, ticket, ReviewState.OPEN, "")
        return desk.ticket(number)

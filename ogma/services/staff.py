"""What staff do to a ticket: claim it, give it up, give it to somebody (Q1)."""

from __future__ import annotations

from dataclasses import dataclass

from ogma.domain.access import Action, Actor, Denial, denial
from ogma.domain.assignment import Teammate
from ogma.domain.escalation import ReviewState
from ogma.domain.tickets import Ticket
from ogma.services import escalation
from ogma.services import outbox as build
from ogma.services.desk import Desk
from ogma.store import outbox, people, team, tickets

Who = tuple[int | None, str]
"""An id, None for Ogma itself, and a name."""

OGMA: Who = (None, "Ogma")


@dataclass(frozen=True, slots=True)
class TakenBy:
    """Somebody else holds the claim."""

    name: str


@dataclass(frozen=True, slots=True)
class NotEligible:
    """The one who was to get the ticket is not staff of it, or is away."""

    name: str
    away: bool = False


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
        give(desk, ticket, actor.id, actor.name)
        return desk.ticket(number)


def give(desk: Desk, ticket: Ticket, user_id: int, name: str, how: str = "") -> None:
    """The ticket is this teammate's from now on. Part of the caller's transaction.

    `how`: who or what gave it, for the history; "" where they took it themselves.
    """
    now = desk.now()
    tickets.update(
        desk.db,
        ticket.id,
        claimed_by=user_id,
        claimed_by_name=name,
        claimed_at=now,
        assigning=None,
    )
    tickets.add_event(desk.db, ticket.id, now, "claimed", (user_id, name), how)
    outbox.put(desk.db, [build.say(ticket.id, build.Notice.CLAIMED, staff=name)], now)
    escalation.move(desk, ticket, ReviewState.CLAIMED, name)


def unclaim(desk: Desk, actor: Actor, number: int) -> Denial | Ticket:
    """Give the ticket back to the queue."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.UNCLAIM, ticket, desk.rank(ticket))
        if refused is not None or ticket.claimed_by is None:
            return refused or ticket
        give_up(desk, ticket, (actor.id, actor.name), actor.name)
        return desk.ticket(number)


def give_up(desk: Desk, ticket: Ticket, by: Who, name: str, why: str = "") -> None:
    """Nobody looks after the ticket any more. Part of the caller's transaction.

    `name`: who is said to have released it.
    """
    now = desk.now()
    tickets.update(
        desk.db, ticket.id, claimed_by=None, claimed_by_name=None, claimed_at=None, assigning=None
    )
    tickets.add_event(desk.db, ticket.id, now, "unclaimed", by, why)
    outbox.put(desk.db, [build.say(ticket.id, build.Notice.RELEASED, staff=name)], now)
    escalation.move(desk, ticket, ReviewState.OPEN, "")


def assign(desk: Desk, actor: Actor, number: int, whom: Teammate) -> Denial | NotEligible | Ticket:
    """Give the ticket to a teammate whose roles are those of this moment."""
    with desk.db.write():
        ticket = desk.ticket(number)
        rank = desk.rank(ticket)
        refused = denial(actor, Action.ASSIGN, ticket, rank)
        if refused is not None:
            return refused
        known = team.get(desk.db, whom.id)
        if not rank.is_staff(Actor(whom.id, whom.name, whom.roles), ticket):
            return NotEligible(whom.name)
        if known is not None and known.away_at is not None and whom.id != actor.id:
            return NotEligible(whom.name, away=True)
        if ticket.claimed_by != whom.id:
            by = "" if whom.id == actor.id else f"by {actor.name}"
            give(desk, ticket, whom.id, whom.name, by)
        return desk.ticket(number)


def outsiders(desk: Desk, ticket: Ticket) -> frozenset[int]:
    """Those on the customer's side, who are never the ticket's staff."""
    return people.added(desk.db, ticket.id) | {ticket.customer_id}

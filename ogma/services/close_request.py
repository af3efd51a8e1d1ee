"""/close-request: the customer confirms, or it closes after a delay (C1)."""

from __future__ import annotations

from ogma.domain.access import Action, Actor, Denial, denial
from ogma.domain.clock import HOUR
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.tickets import Ticket
from ogma.services import closing
from ogma.services import outbox as build
from ogma.services.closing import Closure
from ogma.services.desk import Desk
from ogma.store import outbox, tickets


def ask(desk: Desk, actor: Actor, number: int, reason: CloseReason) -> Denial | bool:
    """Ask the customer whether the ticket can be closed; False when that was asked already."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.REQUEST_CLOSE, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        if ticket.close_request_at is not None:
            return False
        now, hours = desk.now(), desk.settings().closing.request_hours
        due = now + hours * HOUR if hours else None
        tickets.update(
            desk.db,
            number,
            close_request_at=now,
            close_request_by=actor.name,
            close_request_reason=reason,
            close_request_due=due,
        )
        who = (actor.id, actor.name)
        tickets.add_event(desk.db, number, now, "close_requested", who, reason)
        notice = build.say(number, build.Notice.CLOSE_REQUEST, staff=actor.name, due=due)
        outbox.put(desk.db, [notice], now)
        return True


def confirm(desk: Desk, actor: Actor, number: int) -> Denial | bool:
    """The customer agrees: it closes; False when there is no request any more."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.ANSWER_REQUEST, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        if ticket.close_request_at is None:
            return False
        reason = CloseReason(ticket.close_request_reason or CloseReason.RESOLVED)
        closing.close_by_itself(desk, ticket, actor, Closure(reason, CloseCause.CONFIRMED))
        return True


def decline(desk: Desk, actor: Actor, number: int) -> Denial | bool:
    """The customer wants it to stay open; False when there is no request any more."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.ANSWER_REQUEST, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        if ticket.close_request_at is None:
            return False
        withdraw(desk, ticket)
        who = (actor.id, actor.name)
        tickets.add_event(desk.db, number, desk.now(), "close_declined", who)
        return True


def withdraw(desk: Desk, ticket: Ticket) -> None:
    """The request is over: the customer wrote, or said no. Part of the caller's transaction."""
    tickets.update(
        desk.db,
        ticket.id,
        close_request_at=None,
        close_request_by=None,
        close_request_reason=None,
        close_request_due=None,
    )

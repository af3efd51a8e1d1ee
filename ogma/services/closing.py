"""Closing a ticket, and what its customer says afterwards (C1 to C3, C6)."""

from __future__ import annotations

from dataclasses import dataclass

from ogma.domain.access import Action, Actor, Denial, denial
from ogma.domain.closing import NOTE_MAX, Afterwards, CloseCause, CloseReason, plan_close
from ogma.domain.effects import Kind, ticket_lane
from ogma.domain.escalation import ReviewState
from ogma.domain.tickets import Move, State, Ticket, after
from ogma.errors import UsageError
from ogma.services import escalation
from ogma.services.desk import Desk
from ogma.store import messages, outbox, tickets

_SENSELESS_WHEN_CLOSING = [Kind.SAY, Kind.ANSWER, Kind.PIN_GREETING, Kind.DELETE_MESSAGE]


@dataclass(frozen=True, slots=True)
class Closure:
    """Why a ticket is closed."""

    reason: CloseReason
    cause: CloseCause
    note: str = ""


def close(desk: Desk, actor: Actor, number: int, closure: Closure) -> Denial | Ticket:
    """Start closing; the outbox does the rest and survives a crash at every step."""
    if len(closure.note) > NOTE_MAX:
        raise UsageError(
            f"The note has {len(closure.note)} characters; at most {NOTE_MAX} are allowed."
        )
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.CLOSE, ticket, desk.rank(ticket.type_id))
        if refused is not None:
            return refused
        _close(desk, ticket, actor, closure)
        return desk.ticket(number)


def channel_deleted(desk: Desk, channel_id: int) -> int | None:
    """Somebody deleted the channel by hand: the ticket is closed from what is stored (C6, P16)."""
    ticket = tickets.by_channel(desk.db, channel_id)
    if ticket is None or ticket.state is not State.OPEN:
        return None
    with desk.db.write():
        ticket = desk.ticket(ticket.id)
        if ticket.state is State.OPEN:
            closure = Closure(CloseReason.OTHER, CloseCause.CHANNEL_DELETED)
            nobody = Actor(id=0, name="Discord", owner=True)
            _close(desk, ticket, nobody, closure, channel_exists=False)
    return ticket.id


def _close(
    desk: Desk, ticket: Ticket, actor: Actor, closure: Closure, *, channel_exists: bool = True
) -> None:
    now = desk.now()
    tickets.update(
        desk.db,
        ticket.id,
        stop_answers=True,
        state=after(ticket.state, Move.CLOSE),
        closing_at=now,
        close_reason=closure.reason,
        close_cause=closure.cause,
        close_note=closure.note or None,
        closed_by=actor.id or None,
        closed_by_name=actor.name,
    )
    waiting = [row["id"] for row in messages.pending(desk.db, ticket.id)]
    messages.decide(desk.db, waiting, "silent:not_open")
    escalation.move(desk, ticket, ReviewState.CLOSED, actor.name)
    tickets.add_event(desk.db, ticket.id, now, "closed", (actor.id, actor.name), closure.reason)
    lane = ticket_lane(ticket.id)
    outbox.drop_lane(desk.db, lane, _SENSELESS_WHEN_CLOSING, "closing", now)
    policy = desk.settings().tickets
    wanted = Afterwards(policy.csat, policy.send_transcript_to_customer)
    outbox.put(desk.db, plan_close(ticket, wanted, channel_exists=channel_exists), now)


def channel_gone(desk: Desk, number: int) -> None:
    """The channel is deleted: the ticket is closed and its slot is free."""
    ticket = desk.ticket(number)
    if ticket.state is State.CLOSING:
        tickets.update(
            desk.db, number, state=after(ticket.state, Move.CHANNEL_GONE), closed_at=desk.now()
        )


RATINGS = ("helpful", "unhelpful", "skipped")


def rate(desk: Desk, actor: Actor, number: int, rating: str) -> Denial | str:
    """The customer's rating, once; gives the one that counts: the first."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.RATE, ticket, desk.rank(ticket.type_id))
        if refused is not None:
            return refused
        if ticket.csat in RATINGS:
            return str(ticket.csat)
        tickets.update(desk.db, number, csat=rating)
        tickets.add_event(desk.db, number, desk.now(), "rated", (actor.id, actor.name), rating)
        return rating


def comment(desk: Desk, actor: Actor, number: int, text: str) -> Denial | None:
    """What the customer adds to a bad rating; the first comment counts."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.RATE, ticket, desk.rank(ticket.type_id))
        if refused is None and ticket.csat_comment is None:
            tickets.update(desk.db, number, csat_comment=text)
            who = (actor.id, actor.name)
            tickets.add_event(desk.db, number, desk.now(), "commented", who, text)
        return refused


def rating_undelivered(desk: Desk, number: int) -> None:
    """The customer takes no DMs: recorded, never an error (C3, P20)."""
    if desk.ticket(number).csat is None:
        tickets.update(desk.db, number, csat="undelivered")

"""Closing a ticket, and what its customer says afterwards (C1 to C3, C6)."""

from __future__ import annotations

from dataclasses import dataclass

from ogma.domain.access import Action, Actor, Denial, denial
from ogma.domain.automation_policies import Topic
from ogma.domain.clock import HOUR, MINUTE
from ogma.domain.closing import (
    NOTE_MAX,
    Afterwards,
    CloseCause,
    CloseReason,
    follows_up,
    plan_close,
    plan_grace,
)
from ogma.domain.effects import Effect, Kind, ticket_lane
from ogma.domain.escalation import ReviewState
from ogma.domain.tickets import Move, State, Ticket, after
from ogma.errors import UsageError
from ogma.services import escalation, reopening, shield
from ogma.services import outbox as build
from ogma.services.automation.alerts import alert
from ogma.services.desk import Desk
from ogma.store import flags, messages, outbox, records, restoring, tickets

_DISCORD = Actor(id=0, name="Discord", owner=True)
_REOPENABLE = frozenset(
    {CloseCause.COMMAND, CloseCause.CLI, CloseCause.CONFIRMED, CloseCause.INACTIVITY}
)
_CLOSE_FACTS = (
    "closing_at",
    "close_reason",
    "close_cause",
    "close_note",
    "closed_by",
    "closed_by_name",
    "grace_until",
    "follow_up",
    "follow_up_at",
)
_SENSELESS_WHEN_CLOSING = [Kind.SAY, Kind.ANSWER, Kind.PIN_GREETING, Kind.DELETE_MESSAGE]


@dataclass(frozen=True, slots=True)
class Closure:
    """Why a ticket is closed."""

    reason: CloseReason
    cause: CloseCause
    note: str = ""


def refused(desk: Desk, actor: Actor, ticket: Ticket) -> Denial | None:
    """Would closing be refused now? A read; the write below checks again."""
    return denial(actor, Action.CLOSE, ticket, desk.rank(ticket))


def close(desk: Desk, actor: Actor, number: int, closure: Closure) -> Denial | Ticket:
    """Start closing; the outbox does the rest and survives a crash at every step."""
    if len(closure.note) > NOTE_MAX:
        raise UsageError(
            f"The note has {len(closure.note)} characters; at most {NOTE_MAX} are allowed."
        )
    with desk.db.write():
        ticket = desk.ticket(number)
        why = refused(desk, actor, ticket)
        if why is not None:
            return why
        _close(desk, ticket, actor, closure)
        return desk.ticket(number)


def close_by_itself(desk: Desk, ticket: Ticket, actor: Actor, closure: Closure) -> None:
    """Close for a cause that the gate has nothing to do with. Part of the caller's transaction."""
    if ticket.state is State.OPEN:
        _close(desk, ticket, actor, closure)


def channel_deleted(desk: Desk, channel_id: int) -> int | None:
    """Somebody deleted the channel by hand: the ticket is closed from what is stored (C6, P16)."""
    ticket = tickets.by_channel(desk.db, channel_id)
    return channel_lost(desk, ticket.id) if ticket else None


def channel_lost(desk: Desk, number: int) -> int | None:
    """A ticket's channel is not there any more; gives the number of a ticket that this closes."""
    return _lost(desk, number, CloseCause.CHANNEL_DELETED, channel_exists=False)


def customer_left(desk: Desk, user_id: int) -> list[int]:
    """The customer has left the server: their open tickets are closed (C6, P19)."""
    mine = [ticket.id for ticket in tickets.live(desk.db) if ticket.customer_id == user_id]
    left = CloseCause.CUSTOMER_LEFT
    return [number for number in mine if _lost(desk, number, left, channel_exists=True)]


def _lost(desk: Desk, number: int, cause: CloseCause, *, channel_exists: bool) -> int | None:
    with desk.db.write():
        ticket = desk.ticket(number)
        in_grace = ticket.state is State.CLOSING and ticket.grace_until is not None
        if in_grace:
            end_grace(desk, ticket)
        elif ticket.state is State.OPEN:
            closure = Closure(CloseReason.OTHER, cause)
            _close(desk, ticket, _DISCORD, closure, channel_exists=channel_exists)
        else:
            return None
    return number


def _close(
    desk: Desk, ticket: Ticket, actor: Actor, closure: Closure, *, channel_exists: bool = True
) -> None:
    now, policy = desk.now(), desk.settings().closing
    grace = channel_exists and policy.grace_minutes and closure.cause in _REOPENABLE
    asks_later = policy.follow_up_hours and follows_up(ticket, closure.cause)
    tickets.update(
        desk.db,
        ticket.id,
        stop_answers=True,
        state=after(ticket.state, Move.CLOSE),
        closing_at=now,
        close_reason=closure.reason,
        close_cause=closure.cause,
        close_note=shield.masked(closure.note) or None,
        closed_by=actor.id or None,
        closed_by_name=actor.name,
        grace_until=now + policy.grace_minutes * MINUTE if grace else None,
        follow_up="planned" if asks_later else None,
        follow_up_at=now + policy.follow_up_hours * HOUR if asks_later else None,
        close_request_at=None,
        close_request_due=None,
    )
    waiting = [row["id"] for row in messages.pending(desk.db, ticket.id)]
    messages.decide(desk.db, waiting, "silent:not_open")
    escalation.move(desk, ticket, ReviewState.CLOSED, actor.name)
    tickets.add_event(desk.db, ticket.id, now, "closed", (actor.id, actor.name), closure.reason)
    lane = ticket_lane(ticket.id)
    for answer_id in outbox.planned_answers(desk.db, lane):
        records.update_answer(desk.db, answer_id, withdrawn="closed")
    outbox.drop_lane(desk.db, lane, _SENSELESS_WHEN_CLOSING, "closing", now)
    if closure.cause is CloseCause.CHANNEL_DELETED and restoring.unheard(desk.db, ticket.id):
        restoring.silence(desk.db, ticket.id, now)  # closed since the backup, with all it brings
    if grace:
        _begin_grace(desk, ticket, actor, closure)
    else:
        outbox.put(desk.db, plan_close(ticket, _wanted(desk), lock=channel_exists), now)


def _wanted(desk: Desk) -> Afterwards:
    policy = desk.settings().tickets
    learns = desk.settings().learning.auto
    return Afterwards(policy.csat, policy.send_transcript_to_customer, learns)


def _begin_grace(desk: Desk, ticket: Ticket, actor: Actor, closure: Closure) -> None:
    """Lock the channel and offer to reopen it; the sweep goes on when the time is over."""
    until = desk.ticket(ticket.id).grace_until
    notice = build.say(
        ticket.id, build.Notice.GRACE, staff=actor.name, reason=closure.reason, until=until
    )
    outbox.put(desk.db, [*plan_grace(ticket), notice], desk.now())


def end_grace(desk: Desk, ticket: Ticket) -> None:
    """Nobody reopened it: archive and delete. Part of the caller's transaction."""
    tickets.update(desk.db, ticket.id, grace_until=None)
    outbox.put(desk.db, plan_close(ticket, _wanted(desk), lock=False), desk.now())


def reopen(desk: Desk, actor: Actor, number: int) -> Denial | Ticket:
    """Undo a hasty close during the grace period."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.REOPEN, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        now = desk.now()
        undone = dict.fromkeys(_CLOSE_FACTS)
        state = after(ticket.state, Move.REOPEN)
        tickets.update(desk.db, number, stop_answers=True, state=state, **undone)
        tickets.add_event(desk.db, number, now, "reopened", (actor.id, actor.name))
        key = f"reopen:{number}:{ticket.revision}"
        effect = Effect(Kind.REOPEN_CHANNEL, key, ticket_lane(number), number)
        notice = build.say(number, build.Notice.REOPENED, staff=actor.name)
        outbox.put(desk.db, [effect, notice], now)
        reopening.take_up(desk, number)
        return desk.ticket(number)


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
        refused = denial(actor, Action.RATE, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        if ticket.csat in RATINGS:
            return str(ticket.csat)
        tickets.update(desk.db, number, csat=rating)
        tickets.add_event(desk.db, number, desk.now(), "rated", (actor.id, actor.name), rating)
        if rating == "unhelpful":
            flags.add(desk.db, number, desk.now(), "negative_csat")
            alert(desk, Topic.RATING, f"rating:{number}", "alert.rating", number=number)
        return rating


def comment(desk: Desk, actor: Actor, number: int, text: str) -> Denial | None:
    """What the customer adds to a bad rating; the first comment counts."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.RATE, ticket, desk.rank(ticket))
        if refused is None and ticket.csat_comment is None:
            text = shield.masked(text)
            tickets.update(desk.db, number, csat_comment=text)
            who = (actor.id, actor.name)
            tickets.add_event(desk.db, number, desk.now(), "commented", who, text)
        return refused


def rating_undelivered(desk: Desk, number: int) -> None:
    """The customer takes no DMs: recorded, never an error (C3, P20)."""
    if desk.ticket(number).csat is None:
        tickets.update(desk.db, number, csat="undelivered")

"""What becomes due with time, recomputed from stored facts at every sweep (C4, C5, C7).

Nothing in the future is stored as a job: after any downtime the first sweep finds what is due, and
what was to be announced first is announced first.
"""

from __future__ import annotations

from ogma.domain import inactivity
from ogma.domain.access import OWNER, Actor
from ogma.domain.clock import Millis
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.tickets import State, Ticket
from ogma.services import after_hours, closing, follow_up
from ogma.services import outbox as build
from ogma.services.assignment import release_absent
from ogma.services.automation.automation import sweep as sweep_automation
from ogma.services.closing import Closure
from ogma.services.data import erasure
from ogma.services.desk import Desk
from ogma.services.shadow import expire_overtaken
from ogma.store import outbox, tickets

_CLOCK = Actor(id=0, name="Ogma", owner=OWNER.owner)


def sweep(desk: Desk) -> int:
    """Do what is due now; gives how many tickets were touched."""
    release_absent(desk)
    expire_overtaken(desk)
    now = desk.now()
    live = tickets.live(desk.db)
    sweep_automation(desk, live)
    touched = [ticket for ticket in live if _is_due(desk, ticket, now)]
    for ticket in touched:
        with desk.db.write():
            # Read again: the world may have moved between the look and the write.
            _act(desk, desk.ticket(ticket.id), now)
    return (
        len(touched)
        + follow_up.ask_due(desk)
        + after_hours.answer_due(desk)
        + erasure.purge_due(desk)
    )


def _is_due(desk: Desk, ticket: Ticket, now: Millis) -> bool:
    if ticket.state is State.CLOSING:
        return ticket.grace_until is not None and now >= ticket.grace_until
    if ticket.state is not State.OPEN:
        return False
    if ticket.close_request_due is not None and now >= ticket.close_request_due:
        return True
    step = inactivity.due(ticket, desk.settings().inactivity, now)
    return step is not None and not (
        isinstance(step, inactivity.Warn) and outbox.warning_waits(desk.db, ticket.id)
    )


def _act(desk: Desk, ticket: Ticket, now: Millis) -> None:
    if not _is_due(desk, ticket, now):
        return
    if ticket.state is State.CLOSING:
        closing.end_grace(desk, ticket)
        return
    if ticket.close_request_due is not None and now >= ticket.close_request_due:
        reason = CloseReason(ticket.close_request_reason or CloseReason.UNRESPONSIVE)
        closing.close_by_itself(desk, ticket, _CLOCK, Closure(reason, CloseCause.INACTIVITY))
        return
    match inactivity.due(ticket, desk.settings().inactivity, now):
        case inactivity.Warn(closes_at):
            warning = build.say(ticket.id, build.Notice.INACTIVE, closes_at=closes_at)
            outbox.put(desk.db, [warning], now)
        case inactivity.Close():
            closure = Closure(CloseReason.UNRESPONSIVE, CloseCause.INACTIVITY)
            closing.close_by_itself(desk, ticket, _CLOCK, closure)

"""Service levels kept in view (Q5): each warning and each breach once, whatever comes between.

The dates are recomputed when the facts change that they rest on; a look costs nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ogma.domain import sla
from ogma.domain.automation_policies import Topic
from ogma.domain.business_hours import hours_of
from ogma.domain.clock import Millis, rfc3339
from ogma.domain.events import EventKind
from ogma.domain.policies import Settings
from ogma.domain.sla import Goal, Term
from ogma.domain.tickets import State, Ticket
from ogma.services.automation.alerts import alert
from ogma.services.desk import Desk
from ogma.store import flags, tickets
from ogma.store import sla as store

WARNED: Final = "sla_warning"
BREACHED: Final = "sla_breached"
FLAG: Final = "sla_breach"

_AT_ONCE: Final = 200
"""Tickets computed in one sweep: a new config changes the dates of thousands."""

_OGMA: Final = (None, "Ogma")
_KEPT: Final = (State.OPEN, State.CLOSING)


def sweep(desk: Desk, live: Sequence[Ticket]) -> int:
    """Note what is about to be missed or was; gives how many tickets were looked at."""
    settings, now = desk.settings(), desk.now()
    if not settings.sla.targets:
        return 0
    known, stamp = store.kept(desk.db), _stamp(settings)
    stale = [
        ticket.id
        for ticket in live
        if ticket.state in _KEPT and _needs_look(ticket, known.get(ticket.id), stamp, now)
    ][:_AT_ONCE]
    if stale:
        with desk.db.write():
            for number in stale:
                # Read again: the world may have moved between the look and the write.
                _look(desk, desk.ticket(number), stamp, now)
    return len(stale)


def _needs_look(ticket: Ticket, kept: store.Kept | None, stamp: str, now: Millis) -> bool:
    if kept is None or kept.basis != _basis(ticket, stamp):
        return True
    return kept.next_at is not None and kept.next_at <= now


def settle(desk: Desk, number: int) -> None:
    """A last look at a ticket that is closing. Part of the caller's transaction."""
    settings = desk.settings()
    if settings.sla.targets:
        _look(desk, desk.ticket(number), _stamp(settings), desk.now())


def _look(desk: Desk, ticket: Ticket, stamp: str, now: Millis) -> None:
    settings = desk.settings()
    policy = settings.sla
    turns = store.turns(desk.db, ticket.id) if policy.pause_awaiting_customer else ()
    found = sla.terms(ticket, policy, hours_of(settings.hours), turns)
    before = store.of_ticket(desk.db, ticket.id) or {}
    values: dict[str, Any] = {
        "basis": _basis(ticket, stamp),
        "next_at": min((at for term in found if (at := term.next_at(now))), default=None),
    }
    for goal in Goal:
        term = next((one for one in found if one.goal is goal), None)
        values |= _state_of(desk, ticket, goal, term or _answered(ticket, goal, before), before)
    store.keep(desk.db, ticket.id, **values)


def _answered(ticket: Ticket, goal: Goal, before: Mapping[str, Any]) -> Term | None:
    """A reply ends the hand-over that its time was counted from; what was due then still counts."""
    due = before.get(store.due_column(goal))
    if goal is Goal.RESOLUTION or ticket.first_response_at is None or due is None:
        return None
    return Term(goal, due, None, sla.responded_at(ticket))


def _state_of(
    desk: Desk, ticket: Ticket, goal: Goal, term: Term | None, before: Mapping[str, Any]
) -> dict[str, Any]:
    """The columns of a goal; what has just been missed is told of."""
    now = desk.now()
    warned, breached = before.get(f"{goal}_warned"), before.get(f"{goal}_breached")
    if term is not None and breached is None and term.breached(now):
        breached = now
        flags.add(desk.db, ticket.id, now, FLAG, goal)
        _tell(desk, ticket, BREACHED, term)
    elif term is not None and warned is None and breached is None and term.warned(now):
        warned = now
        _tell(desk, ticket, WARNED, term)
    due = term.due_at if term is not None and term.met_at is None else None
    return {f"{goal}_due": due, f"{goal}_warned": warned, f"{goal}_breached": breached}


def _tell(desk: Desk, ticket: Ticket, kind: EventKind, term: Term) -> None:
    goal, number = term.goal.value, ticket.id
    tickets.add_event(desk.db, number, desk.now(), kind, _OGMA, goal, staff_only=True)
    key, text = f"{kind}:{number}:{goal}", f"alert.{kind}"
    alert(desk, Topic.SLA, key, text, number=number, goal=goal, due=term.due_at)


def _stamp(settings: Settings) -> str:
    """Stands for the owner's decisions that the dates rest on."""
    parts = [settings.sla.model_dump_json()]
    if settings.sla.business_time:
        parts.append(settings.hours.model_dump_json())
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:12] + (
        "p" if settings.sla.pause_awaiting_customer else ""
    )


def _basis(ticket: Ticket, stamp: str) -> str:
    """Stands for the facts that a ticket's dates rest on; it changes when one of them does."""
    facts = [ticket.type_id, ticket.priority, ticket.escalated_at, ticket.first_response_at]
    facts.append(ticket.closing_at)
    if stamp.endswith("p"):
        facts += [ticket.last_customer_at, ticket.last_staff_at]
    return f"{stamp}:{':'.join(map(str, facts))}"


def due_next(desk: Desk, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What is due next in these tickets, as in every listing; one without a date is left out."""
    found = {}
    for number, row in store.of_tickets(desk.db, numbers).items():
        dates = [(row[store.due_column(goal)], goal) for goal in Goal]
        at, goal = min(((at, goal) for at, goal in dates if at is not None), default=(None, None))
        if goal is not None:
            breached = row[f"{goal}_breached"] is not None
            found[number] = {"goal": goal.value, "at": rfc3339(at), "breached": breached}
    return found


def overdue(desk: Desk, limit: int) -> list[int]:
    """Open tickets that have missed a date and still owe what was due, the oldest first."""
    return store.overdue(desk.db, desk.now(), limit)

"""Giving a ticket to another type: its staff, its category, its rules, in one go (Q3)."""

from __future__ import annotations

import secrets
from enum import StrEnum

from ogma.domain import opening as slots
from ogma.domain.access import Action, Actor, Denial, denial
from ogma.domain.effects import Effect, Kind, ticket_lane
from ogma.domain.policies import TypePolicy
from ogma.domain.tickets import Ticket
from ogma.services import assignment, escalation, people, staff
from ogma.services import outbox as build
from ogma.services.desk import Desk
from ogma.store import outbox, team, tickets


class Unfit(StrEnum):
    """Why a ticket cannot go to a type; each is a text below 'transfer.'."""

    UNKNOWN = "unknown"
    SAME = "same"


def transfer(desk: Desk, actor: Actor, number: int, type_id: str) -> Denial | Unfit | Ticket:
    """Change the type; the bot moves the channel and lets the other staff in, in one request."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.TRANSFER, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        kind = desk.settings().type_named(type_id)
        if kind is None or not kind.enabled:
            return Unfit.UNKNOWN
        if kind.id == ticket.type_id:
            return Unfit.SAME
        _move(desk, ticket, actor, kind)
        return desk.ticket(number)


def _move(desk: Desk, ticket: Ticket, actor: Actor, kind: TypePolicy) -> None:
    number, now, settings = ticket.id, desk.now(), desk.settings()
    gone = settings.staff_roles(ticket.type_id) - settings.staff_roles(kind.id)
    slot = _slot(desk, ticket, kind)
    tickets.update(desk.db, number, stop_answers=True, type_id=kind.id, slot=slot, assigning=None)
    says_type = len(people.renames(desk, number)) < people.RENAMES
    who = (actor.id, actor.name)
    tickets.add_event(desk.db, number, now, "transferred", who, f"{ticket.type_id} → {kind.id}")
    token = secrets.token_hex(4)
    move = Effect(
        Kind.MOVE_CHANNEL,
        f"move:{number}:{token}",
        ticket_lane(number),
        number,
        {"gone": sorted(gone)},
    )
    topic = Effect(Kind.RENAME_CHANNEL, f"topic:{number}:{token}", f"rename:{number}", number)
    notice = build.say(number, build.Notice.TRANSFERRED, staff=actor.name, type=kind.label)
    outbox.put(desk.db, [move, notice, *([topic] if says_type else [])], now)
    escalation.show(desk, ticket)
    _reassign(desk, desk.ticket(number))


def _slot(desk: Desk, ticket: Ticket, kind: TypePolicy) -> int | None:
    """A place among the customer's tickets of that type, also beyond the limit: staff decided."""
    held = tickets.holding_slots(desk.db, ticket.guild_id, ticket.customer_id, kind.id)
    taken = {one.slot for one in held if one.slot is not None}
    return slots.free_slot(len(taken) + 1, taken) if kind.max_open else None


def _reassign(desk: Desk, ticket: Ticket) -> None:
    """Whoever looks after it keeps it as long as they are staff of the new type."""
    if ticket.claimed_by is not None:
        one = team.get(desk.db, ticket.claimed_by)
        if one is None or assignment.fits(desk, ticket.id, one):
            return
        staff.give_up(desk, ticket, staff.OGMA, one.name, "transferred")
    assignment.begin(desk, desk.ticket(ticket.id))

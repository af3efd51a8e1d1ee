"""Who takes part in a ticket beside its customer, and what its channel is called (Q3)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum

from ogma.domain.access import Action, Actor, Denial, denial
from ogma.domain.clock import MINUTE, Millis
from ogma.domain.effects import Effect, Kind, ticket_lane
from ogma.domain.tickets import Ticket
from ogma.services import outbox as build
from ogma.services import shield
from ogma.services.desk import Desk
from ogma.store import outbox, people, tickets

RENAMES = 2
RENAME_WINDOW: Millis = 10 * MINUTE
"""Discord takes two renames of a channel in ten minutes and then waits without saying so."""
NAME_MAX = 100


class Misfit(StrEnum):
    """Why a member cannot be added or removed; each is a text below 'people.'."""

    ALREADY_THERE = "already_there"
    NOT_THERE = "not_there"
    CUSTOMER = "customer"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class TooSoon:
    """Discord would not take another rename before this instant."""

    until: Millis


@dataclass(frozen=True, slots=True)
class Member:
    """Whom it is about."""

    id: int
    name: str
    machine: bool = False
    staff: bool = False


def add(desk: Desk, actor: Actor, number: int, member: Member) -> Denial | Misfit | None:
    """Let another member see and write; their messages are the customer's side from then on."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.ADD, ticket, desk.rank(ticket))
        misfit = refused or _add_misfit(desk, ticket, member)
        if misfit is not None:
            return misfit
        now = desk.now()
        people.add(desk.db, number, member.id, member.name, now, actor.name)
        who = (actor.id, actor.name)
        tickets.add_event(desk.db, number, now, "member_added", who, member.name)
        notice = build.say(number, build.Notice.ADDED, staff=actor.name, member=member.name)
        outbox.put(desk.db, [_access(number, member.id, there=True), notice], now)
        return None


def _add_misfit(desk: Desk, ticket: Ticket, member: Member) -> Misfit | None:
    if member.machine:
        return Misfit.MACHINE
    there = member.id == ticket.customer_id or member.staff
    if there or member.id in people.added(desk.db, ticket.id):
        return Misfit.ALREADY_THERE
    return None


def remove(desk: Desk, actor: Actor, number: int, member: Member) -> Denial | Misfit | None:
    """Take an added member out again; the customer stays."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.REMOVE, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        if member.id == ticket.customer_id:
            return Misfit.CUSTOMER
        if member.id not in people.added(desk.db, number):
            return Misfit.NOT_THERE
        now = desk.now()
        people.remove(desk.db, number, member.id, now)
        who = (actor.id, actor.name)
        tickets.add_event(desk.db, number, now, "member_removed", who, member.name)
        notice = build.say(number, build.Notice.REMOVED, staff=actor.name, member=member.name)
        outbox.put(desk.db, [_access(number, member.id, there=False), notice], now)
        return None


def _access(number: int, user_id: int, *, there: bool) -> Effect:
    key = f"member:{number}:{user_id}:{secrets.token_hex(4)}"
    payload = {"member": user_id, "there": there}
    return Effect(Kind.SET_MEMBER, key, ticket_lane(number), number, payload)


def rename(desk: Desk, actor: Actor, number: int, name: str) -> Denial | TooSoon | None:
    """Give the channel another name, as often as Discord lets."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.RENAME, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        name = shield.masked(name)
        now = desk.now()
        before = renames(desk, number)
        if len(before) >= RENAMES:
            return TooSoon(before[-RENAMES] + RENAME_WINDOW)
        tickets.add_event(desk.db, number, now, "renamed", (actor.id, actor.name), name)
        key = f"rename:{number}:{secrets.token_hex(4)}"
        effect = Effect(Kind.RENAME_CHANNEL, key, f"rename:{number}", number, {"name": name})
        outbox.put(desk.db, [effect], now)
        return None


def renames(desk: Desk, number: int) -> list[Millis]:
    """When the channel's name or topic was changed of late, oldest first: both count for Discord.

    What is beyond its limit would hold back every other change of the channel, a lockdown too.
    """
    since = desk.now() - RENAME_WINDOW
    return [
        event["at"]
        for event in tickets.events(desk.db, number)
        if event["kind"] in ("renamed", "transferred") and event["at"] > since
    ]

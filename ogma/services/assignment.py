"""Tickets that go to somebody by themselves: round robin, load balanced, reassigned (Q1).

Who is next is decided from the database. That they still hold a staff role is asked of Discord
when the effect is performed, so what the database says of roles may be old.
"""

from __future__ import annotations

import secrets

from ogma.domain import assignment as rules
from ogma.domain.access import Actor
from ogma.domain.assignment import Candidate, Method, Teammate
from ogma.domain.effects import ASSIGNING_LANE, Effect, Kind
from ogma.domain.tickets import State, Ticket
from ogma.services import staff
from ogma.services.desk import Desk
from ogma.store import outbox, team, tickets


def begin(desk: Desk, ticket: Ticket) -> None:
    """A ticket is open, or free again: assign it as its type says.

    Part of the caller's transaction.
    """
    kind = desk.settings().type_named(ticket.type_id)
    if kind is not None and kind.assignment is not Method.MANUAL:
        ask(desk, ticket, kind.assignment)


def ask(desk: Desk, ticket: Ticket, method: Method) -> None:
    """Let a ticket that nobody looks after go to somebody. Part of the caller's transaction."""
    if ticket.claimed_by is not None or ticket.state not in (State.OPENING, State.OPEN):
        return
    tickets.update(desk.db, ticket.id, assigning=method)
    key = f"assign:{ticket.id}:{secrets.token_hex(4)}"
    outbox.put(desk.db, [Effect(Kind.ASSIGN, key, ASSIGNING_LANE, ticket.id)], desk.now())


def candidates(desk: Desk, number: int) -> list[Teammate]:
    """Who may get the ticket by what is known of them, whoever is first in front.

    Nobody where it is not to be assigned any more.
    """
    ticket = desk.ticket(number)
    if ticket.assigning is None or ticket.claimed_by is not None:
        return []
    known = {one.id: one for one in team.everybody(desk.db)}
    roles = desk.settings().staff_roles(ticket.type_id)
    able = rules.eligible(known.values(), roles, staff.outsiders(desk, ticket))
    turns, loads = team.turns(desk.db, ticket.type_id), team.loads(desk.db)
    found = [Candidate(known[one], turns.get(one, 0), loads.get(one, 0)) for one in able]
    return rules.in_order(Method(ticket.assigning), found)


def fits(desk: Desk, number: int, one: Teammate) -> bool:
    """Whether a member with the roles of this moment is staff of the ticket."""
    ticket = desk.ticket(number)
    return desk.rank(ticket).is_staff(Actor(one.id, one.name, one.roles), ticket)


def assigned(desk: Desk, number: int, user_id: int) -> None:
    """The teammate was found to be staff a moment ago. Part of the caller's transaction.

    Somebody who has gone /away meanwhile does not get it; then it is looked for again.
    """
    ticket, one = desk.ticket(number), team.get(desk.db, user_id)
    if ticket.state is not State.OPEN or ticket.claimed_by is not None or ticket.assigning is None:
        return
    method = Method(ticket.assigning)
    if one is None or one.away_at is not None:
        ask(desk, ticket, method)
        return
    team.take_turn(desk.db, ticket.type_id, user_id)
    staff.give(desk, ticket, user_id, one.name, method)


def ask_again(desk: Desk) -> None:
    """Somebody may be eligible now for what nobody was. Part of the caller's transaction."""
    for number in team.unassigned(desk.db):
        ticket = desk.ticket(number)
        if ticket.assigning is not None and not outbox.assignment_waits(desk.db, number):
            ask(desk, ticket, Method(ticket.assigning))


def take_away(desk: Desk, one: Teammate, why: str) -> list[int]:
    """All that this teammate looks after goes to others, or to the queue.

    Part of the caller's transaction; gives the numbers.
    """
    numbers = team.claims(desk.db, one.id)
    for number in numbers:
        _release(desk, desk.ticket(number), one, why)
    return numbers


def take_away_unfit(desk: Desk, one: Teammate) -> list[int]:
    """What this teammate looks after without being its staff any more goes to others.

    Part of the caller's transaction; gives the numbers.
    """
    claimed = [desk.ticket(number) for number in team.claims(desk.db, one.id)]
    unfit = [
        ticket for ticket in claimed if not one.roles & desk.settings().staff_roles(ticket.type_id)
    ]
    for ticket in unfit:
        _release(desk, ticket, one, "left")
    return [ticket.id for ticket in unfit]


def _release(desk: Desk, ticket: Ticket, one: Teammate, why: str) -> None:
    staff.give_up(desk, ticket, staff.OGMA, one.name, why)
    begin(desk, desk.ticket(ticket.id))


def release_absent(desk: Desk) -> int:
    """What teammates who are away for too long look after goes to others; gives how much."""
    policy = desk.settings().assignment
    if not policy.reassign_away_hours:
        return 0
    now, released = desk.now(), 0
    for one in team.everybody(desk.db):
        if rules.too_long_away(one, policy, now) and team.claims(desk.db, one.id):
            with desk.db.write():
                released += len(take_away(desk, one, "away"))
    return released

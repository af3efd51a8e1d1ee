"""Some time after the close: was it really solved? (C4)"""

from __future__ import annotations

from ogma.domain.access import Action, Actor, Denial, denial
from ogma.domain.effects import Effect, Kind, after_close_lane
from ogma.services.desk import Desk
from ogma.store import flags, outbox, tickets

SOLVED, UNSOLVED = "solved", "unsolved"


def ask_due(desk: Desk) -> int:
    """Plan the DMs that are due; gives how many."""
    due = tickets.follow_ups_due(desk.db, desk.now())
    for number in due:
        kind = Kind.FOLLOW_UP_DM
        effect = Effect(kind, f"{kind}:{number}", after_close_lane(kind, number), number)
        with desk.db.write():
            tickets.update(desk.db, number, follow_up="asked")
            outbox.put(desk.db, [effect], desk.now())
    return len(due)


def answer(desk: Desk, actor: Actor, number: int, said: str) -> Denial | str:
    """The customer's answer, once; gives the one that counts. "No" makes a flag."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.FOLLOW_UP, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        if ticket.follow_up in (SOLVED, UNSOLVED):
            return str(ticket.follow_up)
        tickets.update(desk.db, number, follow_up=said)
        who = (actor.id, actor.name)
        tickets.add_event(desk.db, number, desk.now(), "followed_up", who, said)
        if said == UNSOLVED:
            flags.add(desk.db, number, desk.now(), "not_solved")
        return said


def undelivered(desk: Desk, number: int) -> None:
    """The customer takes no DMs: recorded, never an error. Part of the caller's transaction."""
    tickets.update(desk.db, number, follow_up="undelivered")

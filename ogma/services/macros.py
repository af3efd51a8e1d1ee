"""Prepared replies: offered, shown first, and sent in the name of whoever chose them (Q3)."""

from __future__ import annotations

from collections.abc import Callable

from ogma.domain.access import Action, Actor, Denial, denial
from ogma.domain.macros import Filling, MacroPolicy, filled, offered
from ogma.domain.tickets import Ticket
from ogma.services import conversation
from ogma.services import outbox as build
from ogma.services.desk import Desk
from ogma.store import outbox, tickets

Fill = Callable[[Ticket], Filling]
"""What the placeholders stand for in this ticket."""


def known(desk: Desk, actor: Actor, ticket: Ticket, beginning: str) -> list[str]:
    """The ids of the macros that this member may send in the ticket, for autocompletion."""
    if denial(actor, Action.MACRO, ticket, desk.rank(ticket)) is not None:
        return []
    found = offered(desk.settings().macros, ticket.type_id)
    return [one.id for one in found if beginning.strip().lower() in one.id]


def prepared(
    desk: Desk, actor: Actor, number: int, macro_id: str, fill: Fill
) -> Denial | str | None:
    """The text that would be sent; None where there is no such macro for this ticket."""
    ticket = desk.ticket(number)
    refused = denial(actor, Action.MACRO, ticket, desk.rank(ticket))
    if refused is not None:
        return refused
    macro = _named(desk, ticket, macro_id)
    return filled(macro.text, fill(ticket)) if macro else None


def send(desk: Desk, actor: Actor, number: int, macro_id: str, fill: Fill) -> Denial | bool:
    """Post it; it counts as a reply of the team. False where there is no such macro any more."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.MACRO, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        macro = _named(desk, ticket, macro_id)
        if macro is None:
            return False
        now = desk.now()
        text = filled(macro.text, fill(ticket))
        outbox.put(desk.db, [build.say(number, build.Notice.MACRO, text=text)], now)
        tickets.add_event(desk.db, number, now, "macro", (actor.id, actor.name), macro.id)
        conversation.staff_spoke(desk, ticket, now, actor.name)
        return True


def _named(desk: Desk, ticket: Ticket, macro_id: str) -> MacroPolicy | None:
    found = offered(desk.settings().macros, ticket.type_id)
    return next((one for one in found if one.id == macro_id), None)

"""Notes of the team: in the ticket's history, for staff only, in no prompt (Q3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ogma.domain.access import Action, Actor, Denial, denial
from ogma.domain.clock import Millis
from ogma.errors import UsageError
from ogma.services import shield
from ogma.services.desk import Desk
from ogma.store import tickets

NOTE_MAX: Final = 2000
KIND: Final = "note"


@dataclass(frozen=True, slots=True)
class Note:
    """Who noted what, and when."""

    at: Millis
    author: str
    text: str


def add(desk: Desk, actor: Actor, number: int, text: str) -> Denial | None:
    """Note something about a ticket. Raises UsageError for nothing, or for too much."""
    said = shield.masked(text.strip())
    if not 1 <= len(said) <= NOTE_MAX:
        raise UsageError(f"A note has 1 to {NOTE_MAX} characters; this one has {len(said)}.")
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.NOTE, ticket, desk.rank(ticket))
        if refused is None:
            who = (actor.id, actor.name)
            tickets.add_event(desk.db, number, desk.now(), KIND, who, said, staff_only=True)
        return refused


def of_ticket(desk: Desk, actor: Actor, number: int) -> Denial | list[Note]:
    """A ticket's notes, oldest first, for those who may see the ticket."""
    ticket = desk.ticket(number)
    refused = denial(actor, Action.SEE, ticket, desk.rank(ticket))
    if refused is not None:
        return refused
    return [
        Note(event["at"], event["actor"], event["detail"])
        for event in tickets.events(desk.db, number)
        if event["kind"] == KIND
    ]

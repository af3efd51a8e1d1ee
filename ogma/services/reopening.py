"""What a close has cut off goes on when it is undone: questions and a hand-over (C1)."""

from __future__ import annotations

from ogma.domain.escalation import ReviewState
from ogma.services import escalation, replies
from ogma.services.desk import Desk
from ogma.store import messages


def take_up(desk: Desk, number: int) -> None:
    """Questions wait for a decision again, and an open hand-over is shown as open again.

    Where the AI must be silent by now, a person has taken over, or will. Part of the caller's
    transaction.
    """
    ticket = desk.ticket(number)
    if ticket.escalated:
        state = ReviewState.OPEN if ticket.claimed_by is None else ReviewState.CLAIMED
        escalation.revive(desk, ticket, state, ticket.claimed_by_name or "")
    cut_off = messages.cut_off(desk.db, number)
    silent = replies.silence_now(desk, ticket)
    if silent is None:
        messages.resume(desk.db, cut_off, desk.now())
    else:
        messages.decide(desk.db, cut_off, f"silent:{silent}")

"""When staff are back, what the hours have kept the AI from answering is answered once (H2)."""

from __future__ import annotations

from ogma.domain.replies import Silence, newest_question
from ogma.services import replies
from ogma.services.desk import Desk
from ogma.store import messages


def answer_due(desk: Desk) -> int:
    """Take up the newest question of each ticket that nobody has replied to; gives how many.

    Older ones stay unanswered, and so does everything where the AI must be silent by now for
    another reason.
    """
    waiting = messages.paused(desk.db)
    due = [number for number in waiting if not _still_paused(desk, number)]
    for number in due:
        with desk.db.write():
            # Read again: the world may have moved between the look and the write.
            rows = messages.paused(desk.db).get(number, [])
            messages.end_pause(desk.db, number)
            if _may_answer(desk, number):
                count = newest_question([row["at"] for row in rows], desk.settings().ai)
                newest = [row["id"] for row in rows[len(rows) - count :]]
                messages.resume(desk.db, newest, desk.now())
    return len(due)


def _still_paused(desk: Desk, number: int) -> bool:
    return replies.silence_now(desk, desk.ticket(number)) is Silence.OUTSIDE_HOURS


def _may_answer(desk: Desk, number: int) -> bool:
    """Not where a newer question is about to be answered anyway, with the older as its context."""
    silent = replies.silence_now(desk, desk.ticket(number)) is not None
    return not silent and not messages.pending(desk.db, number)

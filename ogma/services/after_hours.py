"""When staff are back, what the hours have kept the AI from answering is answered once (H2)."""

from __future__ import annotations

from ogma.domain.replies import newest_question
from ogma.services import replies
from ogma.services.desk import Desk
from ogma.store import messages


def answer_due(desk: Desk) -> int:
    """Take up the newest question of each ticket that nobody has replied to; gives how many.

    Older ones stay unanswered, and so does whatever another silence has met by now.
    """
    waiting = messages.paused(desk.db)
    due = [number for number in waiting if replies.silence_now(desk, desk.ticket(number)) is None]
    for number in due:
        with desk.db.write():
            rows = messages.paused(desk.db).get(number, [])
            count = newest_question([row["at"] for row in rows], desk.settings().ai)
            messages.end_pause(desk.db, number)
            if not _asked_since(desk, number):
                newest = [row["id"] for row in rows[len(rows) - count :]]
                messages.resume(desk.db, newest, desk.now())
    return len(due)


def _asked_since(desk: Desk, number: int) -> bool:
    """Whether a newer question is being answered anyway, with the older one as its context."""
    return bool(messages.pending(desk.db, number))

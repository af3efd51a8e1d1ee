"""What was said while nobody listened: where to read on, and what has changed meanwhile (P9).

Where to read on is not simply behind a ticket's newest stored message: after a start, or in a new
session, live messages arrive before the missed ones are fetched. It is the newest message that was
stored while nothing could be missed. Only Discord's ids are compared, so no clock is trusted.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Final

from ogma.domain.clock import MINUTE, Millis
from ogma.services import conversation
from ogma.services.desk import Desk
from ogma.store import messages, records, tickets

_HEARD: Final = "history.heard"
_MARGIN: Final = MINUTE << 22
"""Events of different channels may overtake each other; what is known already is skipped."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A channel to be read from behind message `after`; `newest` is what is stored of it."""

    ticket_id: int
    channel_id: int
    after: int
    newest: int


def listened(desk: Desk) -> None:
    """Nothing has been missed until now: a later reading may start here."""
    newest = str(messages.newest(desk.db))
    if newest != records.meta(desk.db, _HEARD):
        with desk.db.write():
            records.set_meta(desk.db, _HEARD, newest)


def to_catch_up(desk: Desk) -> list[Missed]:
    """Every live ticket's channel."""
    heard = max(0, int(records.meta(desk.db, _HEARD) or 0) - _MARGIN)
    found = []
    for ticket in tickets.live(desk.db):
        if ticket.channel_id is not None:
            newest = messages.cursor(desk.db, ticket.id) or 0
            found.append(Missed(ticket.id, ticket.channel_id, min(newest, heard), newest))
    return found


def customers(desk: Desk) -> list[int]:
    """Whose tickets are not over, each once."""
    return sorted({ticket.customer_id for ticket in tickets.live(desk.db)})


def known(desk: Desk, ids: Sequence[int]) -> dict[int, Millis | None]:
    """Which of these messages are stored, and when each was last edited."""
    return messages.edited(desk.db, ids)


def vanished(desk: Desk, missed: Missed, there: Set[int]) -> None:
    """What was stored before the reading and is not `there` any more has been deleted."""
    stored = messages.standing(desk.db, missed.ticket_id, missed.after, missed.newest)
    for message_id in stored:
        if message_id not in there:
            conversation.record_deletion(desk, message_id, desk.now())

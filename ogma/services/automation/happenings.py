"""What has happened in tickets, given once to the rules and the webhooks (Q6, Q8).

What comes of it is written in the transaction that takes it off the list, so that a crash between
two of them neither loses nor repeats anything.
"""

from __future__ import annotations

from typing import Final

from ogma import crash
from ogma.domain.tickets import Ticket
from ogma.services.automation import rules, sla, webhooks
from ogma.services.desk import Desk
from ogma.store import happenings, messages, tickets
from ogma.store.happenings import Happening

_AT_ONCE: Final = 100
"""In one transaction: the writer must be free for others in between."""


def look(desk: Desk) -> int:
    """Look at what has happened since the last time; gives how much."""
    waiting = happenings.ready(desk.db, _AT_ONCE)
    if not waiting:
        return 0
    with desk.db.write():
        looked = sum(_look(desk, one) for one in waiting)
        crash.point("happenings.planned")
    return looked


def _look(desk: Desk, one: Happening) -> bool:
    """True when it was dealt with now."""
    if not happenings.done(desk.db, one.id):
        return False
    ticket = desk.ticket(one.ticket_id)
    if one.event_id is not None:
        _event(desk, ticket, one, one.event_id)
    elif one.message_id is not None and not one.by_rule:
        message = messages.get(desk.db, one.message_id)
        if message is not None and message["deleted_at"] is None:
            rules.on_message(desk, ticket, message, str(one.id))
    return True


def _event(desk: Desk, ticket: Ticket, one: Happening, event_id: int) -> None:
    event = tickets.event(desk.db, event_id)
    if event is None:
        return
    if event["kind"] == "closed":
        sla.settle(desk, ticket.id)
    webhooks.tell(desk, ticket, event, one.id)
    if not one.by_rule:
        rules.on_event(desk, ticket, event, str(one.id))

"""When somebody is reminded that it is their turn (Q7)."""

from __future__ import annotations

from dataclasses import dataclass

from ogma.domain.archive import Side
from ogma.domain.automation_policies import NudgesPolicy
from ogma.domain.clock import HOUR, Millis
from ogma.domain.tickets import State, Ticket


@dataclass(frozen=True, slots=True)
class Nudge:
    """Remind this side; it is its turn since then."""

    side: Side
    since: Millis


def nudge_due(ticket: Ticket, policy: NudgesPolicy, now: Millis) -> Nudge | None:
    """The reminder that an open ticket needs now, once for each time that the turn changes."""
    if ticket.state is not State.OPEN:
        return None
    side = Side(ticket.waiting_on)
    if side is Side.STAFF:
        hours, since = policy.staff_after_hours, ticket.last_customer_at or ticket.opened_at
    else:
        hours, since = policy.customer_after_hours, ticket.last_staff_at or ticket.opened_at
    if not hours or now < since + hours * HOUR:
        return None
    if ticket.nudged_at is not None and ticket.nudged_at >= since:
        return None
    return Nudge(side, since)

"""Reminders in a ticket that has waited too long for the side whose turn it is (Q7)."""

from __future__ import annotations

from collections.abc import Sequence

from ogma.domain.archive import Side
from ogma.domain.nudges import nudge_due
from ogma.domain.tickets import Ticket
from ogma.services import outbox as build
from ogma.services.automation import alerts
from ogma.services.desk import Desk
from ogma.store import outbox, tickets


def post_due(desk: Desk, live: Sequence[Ticket]) -> int:
    """Plan the reminders that are due now; gives how many. Outside the hours they wait."""
    policy, now = desk.settings().nudges, desk.now()
    if not (policy.staff_after_hours or policy.customer_after_hours):
        return 0
    due = [ticket.id for ticket in live if nudge_due(ticket, policy, now)]
    if not due or alerts.quiet(desk):
        return 0
    with desk.db.write():
        for number in due:
            # Read again: the world may have moved between the look and the write.
            ticket = desk.ticket(number)
            nudge = nudge_due(ticket, policy, now)
            if nudge is not None:
                tickets.update(desk.db, number, nudged_at=now)
                of_staff = nudge.side is Side.STAFF
                member = ticket.claimed_by if of_staff else ticket.customer_id
                notice = build.say(
                    number, build.Notice.NUDGE, side=nudge.side, since=nudge.since, member=member
                )
                outbox.put(desk.db, [notice], now)
    return len(due)

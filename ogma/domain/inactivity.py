"""When a quiet ticket is warned and closed (C5): pure, from stored facts, whenever it is asked.

Nothing is slept for: a bot that was away computes the same dates afterwards, and whoever was to be
warned first still gets the full notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ogma.domain.clock import DAY, Millis
from ogma.domain.policies import InactivityPolicy
from ogma.domain.tickets import State, Ticket


@dataclass(frozen=True, slots=True)
class Warn:
    """Post the warning now; the ticket closes at `closes_at` unless somebody writes."""

    closes_at: Millis


@dataclass(frozen=True, slots=True)
class Close:
    """Close it now."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """What will happen next: None for what is not wanted or has happened."""

    warn_at: Millis | None
    close_at: Millis


CLOSE: Final = Close()


def baseline(ticket: Ticket) -> Millis:
    """What the countdown counts from: any person's last message, in either mode."""
    spoken = (ticket.last_activity_at, ticket.last_customer_at or 0, ticket.last_staff_at or 0)
    return max(ticket.opened_at, *spoken)


def last_activity(ticket: Ticket, policy: InactivityPolicy) -> Millis:
    """What counts as activity: any person's message, or the customer's alone by the mode."""
    if policy.mode == "any":
        return baseline(ticket)
    return max(ticket.opened_at, ticket.last_customer_at or 0)


def inactive(ticket: Ticket, policy: InactivityPolicy) -> bool:
    """The inactive mark: warned, and no activity since."""
    return ticket.warned_at is not None and ticket.warned_at > last_activity(ticket, policy)


def deadlines(ticket: Ticket, policy: InactivityPolicy) -> Deadlines | None:
    """The dates of an open ticket, None when it is never closed for being quiet."""
    if not policy.close_after_days or ticket.state is not State.OPEN:
        return None
    if ticket.waiting_on == "staff" and not policy.close_awaiting_staff:
        return None
    days = policy.close_after_days
    if ticket.escalated and policy.escalated_after_days:
        days = max(days, policy.escalated_after_days)
    since = baseline(ticket)
    close_at = since + days * DAY
    if not policy.warn_days_before:
        return Deadlines(None, close_at)
    notice = min(policy.warn_days_before, days) * DAY
    if ticket.warned_at is None or ticket.warned_at <= since:
        # Not warned in this countdown; if the warning comes late, the full notice runs from it.
        return Deadlines(close_at - notice, close_at)
    return Deadlines(None, max(close_at, ticket.warned_at + notice))


def due(ticket: Ticket, policy: InactivityPolicy, now: Millis) -> Warn | Close | None:
    """What is to be done at this moment, if anything."""
    dates = deadlines(ticket, policy)
    if dates is None:
        return None
    if dates.warn_at is not None:
        if now < dates.warn_at:
            return None
        days = min(policy.warn_days_before, (dates.close_at - dates.warn_at) // DAY)
        return Warn(max(dates.close_at, now + days * DAY))
    return CLOSE if now >= dates.close_at else None

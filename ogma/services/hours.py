"""What the owner's hours mean at this moment: for openings, for the AI, for the customer (H2)."""

from __future__ import annotations

from ogma.domain.business_hours import Presence, closed_period, hours_of, is_open, presence
from ogma.domain.clock import Millis
from ogma.domain.effects import Effect
from ogma.domain.tickets import Ticket
from ogma.services import outbox as build
from ogma.services.desk import Desk
from ogma.store import tickets


def there(desk: Desk) -> Presence | None:
    """Whether staff are there now, and until when; None where hours are switched off."""
    hours = hours_of(desk.settings().hours)
    return None if hours is None else presence(hours, desk.now())


def are_staff_there(desk: Desk) -> bool:
    """Whether staff are there now, as far as hours tell."""
    hours = hours_of(desk.settings().hours)
    return hours is None or is_open(hours, desk.now())


def expected_response(desk: Desk) -> str:
    """What customers are told now about when somebody answers; '' for nothing."""
    settings = desk.settings()
    policy = settings.escalation if are_staff_there(desk) else settings.hours
    return policy.expected_response


def ai_paused(desk: Desk, at: Millis) -> bool:
    """Whether the hours silence the AI at this instant."""
    policy = desk.settings().hours
    hours = None if policy.ai_outside else hours_of(policy)
    return hours is not None and not is_open(hours, at)


def away(desk: Desk, ticket: Ticket, written_at: Millis) -> list[Effect]:
    """The away message to a customer who has just written, if it is due in this closed period.

    Not while staff have written in it: they are there. Part of the caller's transaction.
    """
    policy, now = desk.settings().hours, desk.now()
    hours = hours_of(policy) if policy.away_message else None
    period = None if hours is None else closed_period(hours, now)
    if hours is None or period is None or written_at < period.start:
        return []
    if max(ticket.away_at or 0, ticket.last_staff_at or 0) >= period.start:
        return []
    tickets.update(desk.db, ticket.id, away_at=now)
    opens_at = presence(hours, now).until
    expected = policy.expected_response
    return [build.say(ticket.id, build.Notice.AWAY, opens_at=opens_at, expected=expected)]

"""May the AI speak in this ticket now? Pure, from stored facts and the owner's policy (A2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ogma.domain.clock import MINUTE, SECOND, Millis
from ogma.domain.policies import AiPolicy
from ogma.domain.tickets import State, Ticket


class Silence(StrEnum):
    """Why Ogma said nothing; recorded with each message and shown by `ogma tickets why`."""

    NOT_OPEN = "not_open"
    LOCKED = "locked"
    AI_OFF = "ai_off"
    ESCALATED = "escalated"
    STAFF_COOLDOWN = "staff_cooldown"
    CLAIMED = "claimed"
    STALE = "stale"
    STAFF_REPLIED = "staff_replied"
    DELETED = "deleted"
    NOTHING_TO_ANSWER = "nothing_to_answer"
    OUTSIDE_HOURS = "outside_hours"
    SMALL_TALK = "small_talk"


def silence(
    ticket: Ticket, policy: AiPolicy, type_ai: bool, now: Millis, *, paused: bool = False
) -> Silence | None:
    """Why the AI must be silent in this ticket at this moment, or None when it may speak.

    `paused`: the hours pause it, which counts last: it alone is made up for later (H2).
    """
    if ticket.state is not State.OPEN:
        return Silence.NOT_OPEN
    if ticket.locked:
        return Silence.LOCKED
    if not (policy.enabled and type_ai):
        return Silence.AI_OFF
    if ticket.escalated:
        return Silence.ESCALATED
    return _staff_silence(ticket, policy, now) or (Silence.OUTSIDE_HOURS if paused else None)


def _staff_silence(ticket: Ticket, policy: AiPolicy, now: Millis) -> Silence | None:
    if ticket.last_staff_at is None:
        return None
    cooldown = policy.staff_cooldown_minutes * MINUTE
    if cooldown and now < ticket.last_staff_at + cooldown:
        return Silence.STAFF_COOLDOWN
    claimed_and_written = ticket.claimed_at is not None and cooldown == 0
    return Silence.CLAIMED if claimed_and_written else None


@dataclass(frozen=True, slots=True)
class Burst:
    """Unanswered messages of a ticket: when the first and the newest arrived (real time)."""

    ticket_id: int
    first: Millis
    last: Millis


def burst_is_over(burst: Burst, policy: AiPolicy, now: Millis) -> bool:
    """A burst ends after a quiet while, or when it has gone on for long enough."""
    quiet = now - burst.last >= policy.burst_quiet_s * SECOND
    return quiet or now - burst.first >= policy.burst_max_s * SECOND


def newest_question(times: Sequence[Millis], policy: AiPolicy) -> int:
    """How many of these messages, oldest first and counted from the end, are one burst."""
    count = min(1, len(times))
    while count < len(times):
        earlier, later = times[-count - 1], times[-count]
        apart = later - earlier > policy.burst_quiet_s * SECOND
        if apart or times[-1] - earlier > policy.burst_max_s * SECOND:
            break
        count += 1
    return count


STALE_AFTER: Final = 30 * MINUTE
"""A question that waited longer (the bot was down) goes to a person instead of a late answer."""


def merge(texts: list[str]) -> str:
    """Several messages of one burst as one question."""
    return "\n".join(text.strip() for text in texts if text.strip())

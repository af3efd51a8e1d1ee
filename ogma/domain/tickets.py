"""A ticket's life as one table: which moves exist, and what a ticket is at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ogma.domain.clock import Millis
from ogma.errors import IllegalMove


class State(StrEnum):
    """Where a ticket is in its life. Escalated, claimed and locked are facts beside it."""

    OPENING = "opening"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    FAILED = "failed"


class Move(StrEnum):
    """What can happen to a ticket's state."""

    CHANNEL_CREATED = "channel created"
    OPENING_FAILED = "opening failed for good"
    CLOSE = "close"
    REOPEN = "reopen"
    CHANNEL_GONE = "channel gone, archive safe"


TRANSITIONS: Final[Mapping[tuple[State, Move], State]] = {
    (State.OPENING, Move.CHANNEL_CREATED): State.OPEN,
    (State.OPENING, Move.OPENING_FAILED): State.FAILED,
    (State.OPEN, Move.CLOSE): State.CLOSING,
    (State.CLOSING, Move.REOPEN): State.OPEN,
    (State.CLOSING, Move.CHANNEL_GONE): State.CLOSED,
}

HOLDS_SLOT: Final = frozenset({State.OPENING, State.OPEN, State.CLOSING})
"""States in which a ticket counts towards its customer's limit."""


def after(state: State, move: Move) -> State:
    """The state after a move; raises IllegalMove where the table has none."""
    try:
        return TRANSITIONS[state, move]
    except KeyError:
        raise IllegalMove(f"A ticket that is {state} cannot move by '{move}'.") from None


def diagram() -> str:
    """The table as a Mermaid state diagram, as it stands in the README."""
    lines = ["stateDiagram-v2", "    [*] --> opening"]
    lines += [f"    {start} --> {end}: {move}" for (start, move), end in TRANSITIONS.items()]
    ends = set(TRANSITIONS.values()) - {start for start, _ in TRANSITIONS}
    lines += [f"    {state} --> [*]" for state in State if state in ends]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Ticket:
    """The facts of one ticket. Ids are Discord's; times are UTC milliseconds."""

    id: int
    """Its number, never used twice."""
    key: str
    """A random marker, found again in the channel's topic after a crash."""
    guild_id: int
    type_id: str
    customer_id: int
    customer_name: str
    state: State
    opened_at: Millis
    last_activity_at: Millis
    revision: int = 0
    """Grows with whatever must stop an answer that is under way."""
    slot: int | None = None
    interaction_id: int | None = None
    channel_id: int | None = None
    channel_name: str | None = None
    greeting_id: int | None = None
    subject: str | None = None
    description: str | None = None
    claimed_by: int | None = None
    claimed_by_name: str | None = None
    claimed_at: Millis | None = None
    escalated_at: Millis | None = None
    locked_at: Millis | None = None
    last_staff_at: Millis | None = None
    last_customer_at: Millis | None = None
    first_response_at: Millis | None = None
    closing_at: Millis | None = None
    closed_at: Millis | None = None
    close_reason: str | None = None
    close_note: str | None = None
    close_cause: str | None = None
    closed_by: int | None = None
    closed_by_name: str | None = None
    csat: str | None = None
    csat_comment: str | None = None
    archive_path: str | None = None
    archive_sha256: str | None = None
    archived_at: Millis | None = None
    failure: str | None = None
    warned_at: Millis | None = None
    """When the inactivity warning was posted last."""
    close_request_at: Millis | None = None
    close_request_by: str | None = None
    close_request_reason: str | None = None
    close_request_due: Millis | None = None
    grace_until: Millis | None = None
    """While closing: until when it can be reopened; None once the archiving has begun."""
    follow_up_at: Millis | None = None
    """When the follow-up is due; None when there is none."""
    follow_up: str | None = None
    refers_to: int | None = None
    """The earlier ticket that this one goes on with."""
    away_at: Millis | None = None
    """When the customer was told last that staff are not there."""
    nudged_at: Millis | None = None
    """When somebody was last reminded that it is their turn."""
    priority: str = "normal"
    """One of `marks.Priority`."""
    assigning: str | None = None
    """How it is to be assigned, while it waits for somebody eligible; None: it does not."""

    @property
    def escalated(self) -> bool:
        """Handed to staff, and staff have not replied since."""
        return self.escalated_at is not None

    @property
    def locked(self) -> bool:
        """In lockdown: management only."""
        return self.locked_at is not None

    @property
    def waiting_on(self) -> str:
        """'staff' or 'customer': whose turn it is, by who wrote last (notes and bot aside)."""
        if self.last_customer_at is None:
            return "customer" if self.last_staff_at is not None else "staff"
        return "staff" if self.last_customer_at >= (self.last_staff_at or 0) else "customer"

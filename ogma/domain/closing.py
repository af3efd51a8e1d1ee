"""What closing a ticket takes: the reasons, the causes, and the plan of effects (C1, C2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ogma.domain.effects import Effect, Kind, after_close_lane, ticket_lane
from ogma.domain.tickets import Ticket

NOTE_MAX: Final = 500


class CloseReason(StrEnum):
    """Why, as the person who closes it says."""

    RESOLVED = "resolved"
    DUPLICATE = "duplicate"
    UNRESPONSIVE = "unresponsive"
    OUT_OF_SCOPE = "out_of_scope"
    SPAM = "spam"
    OTHER = "other"


class CloseCause(StrEnum):
    """What made it close, stored apart from the reason."""

    COMMAND = "command"
    CLI = "cli"
    INACTIVITY = "inactivity"
    RULE = "rule"
    CONFIRMED = "confirmed_request"
    CHANNEL_DELETED = "channel_deleted"
    CUSTOMER_LEFT = "customer_left"


@dataclass(frozen=True, slots=True)
class Afterwards:
    """What the owner wants after a close."""

    csat: bool
    transcript_to_customer: bool = False


def plan_close(ticket: Ticket, after: Afterwards, *, channel_exists: bool = True) -> list[Effect]:
    """The effects of a close, in the order in which they start.

    The deletion waits for the archive and for nothing else: what follows the archive has a lane of
    its own, so a closed DM or a full transcript channel never holds the deletion back.
    """
    lane, number = ticket_lane(ticket.id), ticket.id
    plan: list[Effect] = []
    if channel_exists:
        plan.append(Effect(Kind.LOCK_CHANNEL, f"lock:{number}", lane, number))
    archive = Effect(Kind.ARCHIVE, f"archive:{number}", lane, number)
    plan.append(archive)
    if not ticket.locked:
        plan.append(_afterwards(Kind.POST_TRANSCRIPT, number, archive.key))
        if after.transcript_to_customer:
            plan.append(_afterwards(Kind.CUSTOMER_TRANSCRIPT, number, archive.key))
    if after.csat:
        plan.append(_afterwards(Kind.CSAT_DM, number, archive.key))
    plan.append(Effect(Kind.DELETE_CHANNEL, f"delete:{number}", lane, number, requires=archive.key))
    return plan


def _afterwards(kind: Kind, number: int, archive: str) -> Effect:
    return Effect(
        kind, f"{kind}:{number}", after_close_lane(kind, number), number, requires=archive
    )

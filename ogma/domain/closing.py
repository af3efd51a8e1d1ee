"""What closing a ticket takes: the reasons, the causes, and the plan of effects (C1, C2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from ogma.domain.effects import LEARNING_LANE, Effect, Kind, after_close_lane, ticket_lane
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
    tip: bool = False


def plan_grace(ticket: Ticket) -> list[Effect]:
    """The channel stays for a while, read-only; the rest of the plan follows when it is over."""
    return [_lock(ticket)]


def plan_close(ticket: Ticket, after: Afterwards, *, lock: bool = True) -> list[Effect]:
    """The effects of a close, in the order in which they start.

    The deletion waits for the archive and for nothing else: what follows the archive has a lane of
    its own, so a closed DM or a full transcript channel never holds the deletion back. `lock` is
    False where the channel is gone or locked already.
    """
    lane, number = ticket_lane(ticket.id), ticket.id
    archive = Effect(Kind.ARCHIVE, f"archive:{number}", lane, number)
    plan = [_lock(ticket), archive] if lock else [archive]
    if not ticket.locked:
        plan.append(_afterwards(Kind.POST_TRANSCRIPT, number, archive.key))
        if after.transcript_to_customer:
            plan.append(_afterwards(Kind.CUSTOMER_TRANSCRIPT, number, archive.key))
    if after.csat:
        plan.append(_afterwards(Kind.CSAT_DM, number, archive.key))
    if after.tip and not ticket.locked:
        tip = _afterwards(Kind.LEARN_TIP, number, archive.key)
        plan.append(replace(tip, lane=LEARNING_LANE))
    plan.append(Effect(Kind.DELETE_CHANNEL, f"delete:{number}", lane, number, requires=archive.key))
    return plan


def _lock(ticket: Ticket) -> Effect:
    """Keyed by the revision: a ticket that was reopened is locked anew."""
    key = f"lock:{ticket.id}:{ticket.revision}"
    return Effect(Kind.LOCK_CHANNEL, key, ticket_lane(ticket.id), ticket.id)


def _afterwards(kind: Kind, number: int, archive: str) -> Effect:
    return Effect(
        kind, f"{kind}:{number}", after_close_lane(kind, number), number, requires=archive
    )


def follows_up(ticket: Ticket, cause: CloseCause) -> bool:
    """Whether to ask later if it was really solved: not for inactivity and lockdown closes (C4)."""
    silent = (CloseCause.INACTIVITY, CloseCause.CHANNEL_DELETED, CloseCause.CUSTOMER_LEFT)
    return cause not in silent and not ticket.locked

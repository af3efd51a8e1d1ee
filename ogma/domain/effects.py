"""Every durable effect: its kind, its key, the lane that orders it, and when to try again.

A service writes effects into the outbox in the transaction that causes them; the running bot
performs them. `key` makes an effect happen once, `lane` keeps order, `requires` names the effect
(by key) that must be done first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import Any, Final

from ogma.domain.clock import HOUR, MINUTE, SECOND, Millis


class Kind(StrEnum):
    """What an effect does."""

    OPEN_CHANNEL = "open_channel"
    GREET = "greet"
    PIN_GREETING = "pin_greeting"
    SAY = "say"
    ANSWER = "answer"
    DELETE_MESSAGE = "delete_message"
    SYNC_REVIEW = "sync_review"
    SYNC_PANEL = "sync_panel"
    STAFF_NOTICE = "staff_notice"
    ALERT = "alert"
    WEBHOOK = "webhook"
    SET_MEMBER = "set_member"
    SYNC_STAFF = "sync_staff"
    RENAME_CHANNEL = "rename_channel"
    ASSIGN = "assign"
    MOVE_CHANNEL = "move_channel"
    LOCKDOWN = "lockdown"
    UNLOCK = "unlock"
    LOCK_CHANNEL = "lock_channel"
    REOPEN_CHANNEL = "reopen_channel"
    KEEP_FILES = "keep_files"
    ARCHIVE = "archive"
    POST_TRANSCRIPT = "post_transcript"
    CUSTOMER_TRANSCRIPT = "customer_transcript"
    CSAT_DM = "csat_dm"
    FOLLOW_UP_DM = "follow_up_dm"
    LEARN_TIP = "learn_tip"
    SYNC_TIP = "sync_tip"
    SYNC_DRAFT = "sync_draft"
    DELETE_CHANNEL = "delete_channel"


@dataclass(frozen=True, slots=True)
class Effect:
    """One row of the outbox before it is written."""

    kind: Kind
    key: str
    lane: str
    ticket_id: int | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    requires: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed effect. `attempts` counts this attempt too; more than one means: look first."""

    id: int
    kind: Kind
    key: str
    lane: str
    ticket_id: int | None
    payload: Mapping[str, Any]
    attempts: int
    created_at: Millis


def ticket_lane(number: int) -> str:
    """Effects in a ticket's channel happen one after the other."""
    return f"ticket:{number}"


def review_lane(number: int) -> str:
    """A ticket's review item is edited in order, apart from its channel."""
    return f"review:{number}"


def after_close_lane(kind: Kind, number: int) -> str:
    """What follows a close runs beside it, so that a hanging DM holds nothing back."""
    return f"{kind}:{number}"


PANEL_LANE: Final = "panel"
ALERTS_LANE: Final = "alerts"
ASSIGNING_LANE: Final = "assigning"
"""Tickets go round one after the other, so that each sees what the one before it changed."""
LEARNING_LANE: Final = "learning"
"""Tips are made one at a time: many closes at once must keep neither model nor outbox busy."""


WEBHOOK_LANES: Final = 4


def webhook_lane(hook_id: str, number: int) -> str:
    """A server hears of each ticket in order. There are few lanes for each server, so that one
    that hangs leaves room for all other effects."""
    return f"webhook:{hook_id}:{number % WEBHOOK_LANES}"


def tip_lane(tip_id: int) -> str:
    """A tip's post is edited in order."""
    return f"tip:{tip_id}"


def draft_lane(draft_id: int) -> str:
    """A draft's item is edited in order."""
    return f"draft:{draft_id}"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one attempt may take, how often it is tried, and whether failing is an incident.

    `tell_after`: after so many failures staff hear of it, although it is still tried.
    `longest_wait_s`: where Discord asks to wait for longer, it is given up.
    """

    deadline_s: float
    attempts: int
    essential: bool = True
    tell_after: int | None = None
    longest_wait_s: float = inf


_DEFAULT: Final = Patience(deadline_s=60, attempts=12)

PATIENCE: Final[Mapping[Kind, Patience]] = {
    Kind.CSAT_DM: Patience(deadline_s=30, attempts=5, essential=False),
    Kind.CUSTOMER_TRANSCRIPT: Patience(deadline_s=60, attempts=5, essential=False),
    Kind.FOLLOW_UP_DM: Patience(deadline_s=30, attempts=5, essential=False),
    Kind.LEARN_TIP: Patience(deadline_s=600, attempts=5, essential=False),
    Kind.KEEP_FILES: Patience(deadline_s=300, attempts=5, essential=False),
    Kind.ARCHIVE: Patience(deadline_s=600, attempts=50, tell_after=6),
    Kind.LOCK_CHANNEL: Patience(deadline_s=30, attempts=4, essential=False, longest_wait_s=60),
    Kind.ANSWER: Patience(deadline_s=30, attempts=4),
    Kind.DELETE_CHANNEL: Patience(deadline_s=60, attempts=50),
    Kind.WEBHOOK: Patience(deadline_s=30, attempts=30, essential=False),
    Kind.PIN_GREETING: Patience(deadline_s=30, attempts=3, essential=False),
    Kind.DELETE_MESSAGE: Patience(deadline_s=30, attempts=5, essential=False),
}


KEPT_TO: Final = frozenset(
    {
        *(Kind.ARCHIVE, Kind.DELETE_CHANNEL, Kind.LOCK_CHANNEL, Kind.REOPEN_CHANNEL),
        *(Kind.LOCKDOWN, Kind.UNLOCK, Kind.SET_MEMBER, Kind.SYNC_STAFF),
    }
)
"""Never cancelled: without them Discord would show other people a ticket, or for longer, than the
database says."""


def patience(kind: Kind) -> Patience:
    """The patience with this kind of effect."""
    return PATIENCE.get(kind, _DEFAULT)


def retry_delay(attempts: int, asked_s: float | None = None) -> Millis:
    """Milliseconds to wait after the n-th failed attempt: 1, 2, 4 ... s, at most 15 min.

    `asked_s` is what the server asked for (a rate limit); never less than that, at most an hour.
    """
    backoff = min(SECOND << min(max(0, attempts - 1), 20), 15 * MINUTE)
    asked = round((asked_s or 0) * SECOND)
    return min(max(backoff, asked), HOUR)

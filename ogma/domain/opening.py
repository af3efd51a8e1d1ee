"""May this member open a ticket of this type now? What is its channel called, and who sees it?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ogma.domain.capacity import SERVER_FULL
from ogma.domain.clock import DAY, HOUR, Millis, snowflake_time
from ogma.domain.intake import FieldAnswer
from ogma.domain.permissions import (
    MANAGE_CHANNELS,
    PIN_MESSAGES,
    SEND_MESSAGES,
    TALK,
    VIEW_CHANNEL,
    Overwrite,
)
from ogma.domain.policies import Intake, LimitsPolicy, Naming, TypePolicy


class Refusal(StrEnum):
    """Why a ticket was not opened; each is a text in the catalogue below 'refused.'."""

    DISABLED = "disabled"
    ROLE = "role"
    LIMIT = "limit"
    BLOCKED = "blocked"
    ACCOUNT_YOUNG = "account_young"
    MEMBER_YOUNG = "member_young"
    TOO_MANY = "too_many"
    OUTSIDE_HOURS = "outside_hours"
    SERVER_FULL = "server_full"
    EMPTY_INTAKE = "empty_intake"


@dataclass(frozen=True, slots=True)
class Intention:
    """What a member wants to open, as far as it is known before the write."""

    customer_id: int
    customer_name: str
    roles: frozenset[int]
    type_id: str
    subject: str | None = None
    description: str | None = None
    answers: tuple[FieldAnswer, ...] = ()
    """To the type's own intake fields."""
    refers_to: int | None = None
    """The earlier ticket that this one goes on with."""
    joined_at: Millis | None = None
    """Since when the member is on the server; None where Discord does not say."""
    server_channels: int | None = None
    """How many channels the server has; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a member may open nothing of any type now, and when that ends, if it ends by itself."""

    why: Refusal
    until: Millis | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What an opening depends on beside its type."""

    at: Millis
    openings: Sequence[Millis] = ()
    """When the member opened tickets of late, oldest first."""
    blocked: bool = False
    blocked_until: Millis | None = None
    closed: bool = False
    """Whether it is outside hours, and nothing may be opened then."""
    opens_at: Millis | None = None


def obstacle(wish: Intention, limits: LimitsPolicy, given: Circumstances) -> Obstacle | None:
    """What stands in the way of whatever this member wants to open, None if nothing does."""
    if given.blocked:
        return Obstacle(Refusal.BLOCKED, given.blocked_until)
    grown_up = snowflake_time(wish.customer_id) + limits.account_days * DAY
    if given.at < grown_up:
        return Obstacle(Refusal.ACCOUNT_YOUNG, grown_up)
    settled = (wish.joined_at or 0) + limits.member_days * DAY
    if given.at < settled:
        return Obstacle(Refusal.MEMBER_YOUNG, settled)
    window = limits.openings_hours * HOUR
    recent = [at for at in given.openings if at > given.at - window]
    if limits.openings and len(recent) >= limits.openings:
        return Obstacle(Refusal.TOO_MANY, recent[-limits.openings] + window)
    if given.closed:
        return Obstacle(Refusal.OUTSIDE_HOURS, given.opens_at)
    if wish.server_channels is not None and wish.server_channels >= SERVER_FULL:
        return Obstacle(Refusal.SERVER_FULL)
    return None


def refusal(kind: TypePolicy | None, roles: AbstractSet[int], open_now: int) -> Refusal | None:
    """Why this type cannot be opened by somebody with these roles and this many open tickets."""
    if kind is None or not kind.enabled:
        return Refusal.DISABLED
    if kind.open_roles and not set(kind.open_roles) & set(roles):
        return Refusal.ROLE
    if kind.max_open and open_now >= kind.max_open:
        return Refusal.LIMIT
    return None


def free_slot(max_open: int, taken: AbstractSet[int]) -> int | None:
    """The lowest free of `max_open` slots; None when there is no limit (0) or no free one."""
    if max_open == 0:
        return None
    return next((slot for slot in range(max_open) if slot not in taken), None)


def wants(intake: Intake) -> tuple[bool, bool]:
    """Whether (subject, description) are asked for."""
    return (
        intake in (Intake.SUBJECT, Intake.BOTH),
        intake in (Intake.DESCRIPTION, Intake.BOTH),
    )


_NAME_MAX: Final = 90
_SEPARATORS: Final = re.compile(r"[\s_\-]+")


def channel_name(naming: Naming, customer_name: str, number: int) -> str:
    """The channel's name; neutral when nothing usable is left of the customer's name."""
    if naming is Naming.SEQUENTIAL:
        return f"ticket-{number}"
    if naming is Naming.ANONYMOUS:
        return neutral_name(number)
    plain = unicodedata.normalize("NFKC", customer_name).lower()
    kept = "".join(c if c.isalnum() or c in " -_" else "" for c in plain)
    slug = _SEPARATORS.sub("-", kept).strip("-")[:_NAME_MAX]
    return slug or neutral_name(number)


def neutral_name(number: int) -> str:
    """A name that tells nothing and that Discord never refuses for its words."""
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:04d}") + "-request"


def marker(key: str) -> str:
    """What a channel's topic carries so that it is found again after a crash."""
    return f"ogma:{key}"


MEMBER_BITS: Final = TALK
"""What customers, added members and staff may do in a ticket's channel."""

BOT_BITS: Final = TALK | MANAGE_CHANNELS | PIN_MESSAGES


def overwrites(
    guild_id: int, bot_id: int, customer_id: int, staff: AbstractSet[int], *, writable: bool = True
) -> tuple[Overwrite, ...]:
    """Who sees a ticket: its customer, staff and the bot; `writable` False once it is closing."""
    everyone = Overwrite(guild_id, role=True, allow=0, deny=VIEW_CHANNEL)
    customer_allow = MEMBER_BITS if writable else MEMBER_BITS & ~SEND_MESSAGES
    customer = Overwrite(customer_id, False, customer_allow, 0 if writable else SEND_MESSAGES)
    roles = tuple(Overwrite(role, True, MEMBER_BITS) for role in sorted(staff))
    return (everyone, *roles, customer, Overwrite(bot_id, False, BOT_BITS))

"""The staff queue: its filters, and who sees what of it (Q2, Q4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ogma.domain.access import Actor, Denial, Rank
from ogma.domain.permissions import ADMINISTRATOR
from ogma.domain.policies import Settings


class Queue(StrEnum):
    """The queue's filters; all of them leave only open tickets."""

    ALL = "all"
    UNCLAIMED = "unclaimed"
    MINE = "mine"
    ESCALATED = "escalated"
    AWAITING_STAFF = "awaiting-staff"
    AWAITING_CUSTOMER = "awaiting-customer"


@dataclass(frozen=True, slots=True)
class Sight:
    """Which tickets somebody may know of."""

    types: frozenset[str] | None = None
    """None: those of every type, also of removed ones."""
    locked: bool = True
    outsider_to: int | None = None
    """Not those on whose customer's side this member is."""


EVERYTHING: Final = Sight()
"""For the owner at the shell."""


def sight(actor: Actor, settings: Settings) -> Denial | Sight:
    """What a member may know of, ticket by ticket what the gate says of Action.SEE."""
    roles = settings.roles
    rank = Rank(frozenset(roles.staff), frozenset(roles.management))
    locked = rank.sees_locked(actor)
    if actor.owner:
        return EVERYTHING
    if actor.has(ADMINISTRATOR) or actor.roles & (rank.staff | rank.management):
        return Sight(None, locked, actor.id)
    own = frozenset(kind.id for kind in settings.types if actor.roles & set(kind.staff_roles))
    return Sight(own, locked, actor.id) if own else Denial.NOT_TEAM

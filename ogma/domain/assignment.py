"""Whose ticket is it? Round robin and load balanced, decided from stored facts (Q1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from ogma.domain.clock import HOUR, Millis
from ogma.domain.setting_types import Policy


class Method(StrEnum):
    """How a ticket of a type gets somebody who looks after it."""

    MANUAL = "manual"
    """Whoever claims it."""
    ROUND_ROBIN = "round_robin"
    """Whoever has waited longest for a ticket of this type."""
    LOAD_BALANCED = "load_balanced"
    """Whoever looks after the fewest open tickets."""


class AssignmentPolicy(Policy):
    """[assignment]"""

    reassign_away_hours: Annotated[int, Field(ge=0, le=720)] = 0
    """After so many hours of /away a teammate's tickets go to others; 0 means never."""


@dataclass(frozen=True, slots=True)
class Teammate:
    """A member of the team as last seen; `away_at` is since when they are /away."""

    id: int
    name: str
    roles: frozenset[int]
    away_at: Millis | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A teammate who may be given a ticket.

    `turn` grows with the tickets of the type that went round, 0 before the first; `load` counts
    the open tickets that they look after, of any type.
    """

    teammate: Teammate
    turn: int = 0
    load: int = 0


def eligible(team: Iterable[Teammate], staff: frozenset[int], not_for: frozenset[int]) -> list[int]:
    """The ids of those who have a staff role, are there, and are not on the customer's side."""
    return [
        one.id
        for one in team
        if one.roles & staff and one.away_at is None and one.id not in not_for
    ]


def in_order(method: Method, candidates: Iterable[Candidate]) -> list[Teammate]:
    """Who is asked first, second, and so on.

    By turn alone, whoever was given a ticket goes to the end, so that among those who are always
    there the counts never differ by more than one.
    """

    def place(one: Candidate) -> tuple[int, int, int]:
        load = one.load if method is Method.LOAD_BALANCED else 0
        return load, one.turn, one.teammate.id

    return [one.teammate for one in sorted(candidates, key=place)]


def too_long_away(one: Teammate, policy: AssignmentPolicy, now: Millis) -> bool:
    """Whether a teammate's tickets go to others by now."""
    if not policy.reassign_away_hours or one.away_at is None:
        return False
    return now >= one.away_at + policy.reassign_away_hours * HOUR

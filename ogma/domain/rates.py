"""How many questions the AI takes within an hour: of a member, in a ticket, on the server (A2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ogma.domain.clock import HOUR, Millis
from ogma.domain.policies import LimitsPolicy

WINDOW: Final = HOUR
"""How far back a limit looks."""


class Scope(StrEnum):
    """What a limit is about; each is a text in the catalogue below 'rate.'."""

    TICKET = "ticket"
    USER = "user"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whether a question is taken; true if so. Else which limit is used up, and until when."""

    used_up: Scope | None = None
    until: Millis | None = None

    def __bool__(self) -> bool:
        return self.used_up is None


def limits_of(policy: LimitsPolicy) -> dict[Scope, int]:
    """The limits that are switched on, with the questions that each allows within an hour."""
    asked = {
        Scope.TICKET: policy.questions_per_ticket,
        Scope.USER: policy.questions_per_user,
        Scope.SERVER: policy.questions_per_server,
    }
    return {scope: most for scope, most in asked.items() if most}


def allowance(oldest_counting: Mapping[Scope, Millis | None]) -> Allowance:
    """The decision, from each limit's n-th newest question within the hour (n: what it allows).

    None where there are fewer. The limit that is free again last is the one that counts.
    """
    used_up = {scope: at + WINDOW for scope, at in oldest_counting.items() if at is not None}
    if not used_up:
        return Allowance()
    last = max(used_up, key=lambda scope: used_up[scope])
    return Allowance(last, used_up[last])

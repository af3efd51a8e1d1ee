"""The limits of questions to the AI, kept in the database so that they outlive a restart (A2)."""

from __future__ import annotations

from typing import Any

from ogma.domain.clock import Millis
from ogma.domain.rates import WINDOW, Allowance, Scope, allowance, limits_of
from ogma.services.desk import Desk
from ogma.store import rates


def allow(desk: Desk, user: int, ticket: int | None, now: Millis) -> Allowance:
    """Take one question of this member from the allowances; true if there was one left.

    `ticket`: where it was asked, None for outside of tickets. Nothing is taken when it is refused.
    May be part of the caller's transaction.
    """
    limits = limits_of(desk.settings().limits)
    of: dict[Scope, dict[str, Any]] = {
        Scope.USER: {"user": user},
        Scope.TICKET: {"ticket": ticket},
        Scope.SERVER: {},
    }
    if ticket is None:
        limits.pop(Scope.TICKET, None)
    with desk.db.write():
        rates.forget(desk.db, now - WINDOW)
        found = allowance(
            {
                scope: rates.nth_newest(desk.db, most, (now - WINDOW, now), **of[scope])
                for scope, most in limits.items()
            }
        )
        if found:
            rates.take(desk.db, now, user, ticket)
        return found

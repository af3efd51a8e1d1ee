"""The team: who belongs to it, as Discord told last, and who is away (Q1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ogma.domain.access import Actor, Denial, Rank, team_denial
from ogma.domain.assignment import Teammate
from ogma.domain.clock import rfc3339
from ogma.errors import NotFound, UsageError
from ogma.services import assignment
from ogma.services.desk import Desk
from ogma.store import team


def everybody(desk: Desk) -> list[Teammate]:
    """Everybody who holds a staff role of any type, as far as is known."""
    roles = desk.settings().team_roles()
    return [one for one in team.everybody(desk.db) if one.roles & roles]


def known(desk: Desk, who: str) -> Teammate:
    """A member of the team by id or name. Raises NotFound, or UsageError where several fit."""
    text = who.strip().removeprefix("@")
    if text.isdigit():
        one = team.get(desk.db, int(text))
        found = [one] if one else []
    else:
        found = team.named(desk.db, text)
    if not found:
        raise NotFound(
            f"Nobody of the team is known as '{who}'; the bot learns who belongs to it while it "
            "runs, so let them write in a ticket, or name them by their Discord id."
        )
    if len(found) > 1:
        raise UsageError(f"Several of the team are named '{who}'; name one by the Discord id.")
    return found[0]


def loads(desk: Desk) -> dict[int, int]:
    """By user, how many open tickets they look after; without those who have none."""
    return team.loads(desk.db)


def documents(desk: Desk, found: Sequence[Teammate]) -> list[dict[str, Any]]:
    """Members of the team as in JSON."""
    held = loads(desk)
    return [
        {
            "id": str(one.id),
            "name": one.name,
            "open_tickets": held.get(one.id, 0),
            "away_since": rfc3339(one.away_at),
        }
        for one in found
    ]


def saw(desk: Desk, seen: Sequence[Teammate]) -> None:
    """What Discord says of members now; those who were never on the team are not kept.

    Whoever has lost the role for a ticket that they look after gives it up.
    """
    roles = desk.settings().team_roles()
    told = [_without_everyone(desk, one) for one in seen]
    fresh = [one for one in told if _is_news(team.get(desk.db, one.id), one, roles)]
    if not fresh:
        return
    with desk.db.write():
        for one in fresh:
            team.keep(desk.db, one, desk.now())
            assignment.take_away_unfit(desk, one)
        assignment.ask_again(desk)


def is_whole(desk: Desk, found: Sequence[Teammate]) -> None:
    """What Discord lists is the whole team: everybody else has left it."""
    there = {one.id for one in found}
    roles = desk.settings().team_roles()
    gone = [one for one in team.everybody(desk.db) if one.id not in there and one.roles & roles]
    saw(desk, [*found, *(replace(one, roles=frozenset()) for one in gone)])


def _without_everyone(desk: Desk, one: Teammate) -> Teammate:
    """The role that everybody has is named by some of what Discord says, and not by the rest."""
    return replace(one, roles=one.roles - {desk.settings().discord.guild})


def _is_news(before: Teammate | None, now: Teammate, roles: frozenset[int]) -> bool:
    if before is None:
        return bool(now.roles & roles)
    return before != replace(now, away_at=before.away_at)


def left(desk: Desk, user_id: int) -> None:
    """Somebody is no longer on the server: what they looked after goes to others."""
    one = team.get(desk.db, user_id)
    if one is not None:
        saw(desk, [replace(one, roles=frozenset())])


def go_away(desk: Desk, actor: Actor) -> Denial | bool:
    """No new tickets for this teammate; False when they are away already."""
    return _set_away(desk, actor, away=True)


def come_back(desk: Desk, actor: Actor) -> Denial | bool:
    """They take part again; False when they were not away."""
    return _set_away(desk, actor, away=False)


def _set_away(desk: Desk, actor: Actor, *, away: bool) -> Denial | bool:
    settings = desk.settings()
    rank = Rank(settings.team_roles(), frozenset(settings.roles.management))
    why = team_denial(actor, rank)
    if why is not None:
        return why
    with desk.db.write():
        before = team.get(desk.db, actor.id)
        one = _without_everyone(desk, Teammate(actor.id, actor.name, actor.roles))
        team.keep(desk.db, one, desk.now())
        if before is not None and (before.away_at is not None) == away:
            return False
        team.set_away(desk.db, actor.id, desk.now() if away else None)
        if not away:
            assignment.ask_again(desk)
        return before is not None or away

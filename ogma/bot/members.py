"""Members of the server as teammates: looked up, listed, and heard of (Q1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import disnake
from disnake.http import HTTPClient

from ogma.domain.assignment import Teammate

PAGE: Final = 1000
"""As many members as Discord lists at once."""


def teammate(member: disnake.Member) -> Teammate:
    """A member as the team knows them."""
    roles = frozenset(role.id for role in member.roles if not role.is_default())
    return Teammate(member.id, member.display_name, roles)


def _of_json(raw: Mapping[str, Any]) -> Teammate:
    user = raw["user"]
    name = raw.get("nick") or user.get("global_name") or user["username"]
    return Teammate(int(user["id"]), name, frozenset(map(int, raw["roles"])))


async def look_up(http: HTTPClient, guild_id: int, user_id: int) -> Teammate | None:
    """A member with the roles of this moment; None when they are not on the server."""
    try:
        return _of_json(await http.get_member(guild_id, user_id))
    except disnake.NotFound:
        return None


async def holders(http: HTTPClient, guild_id: int, roles: Iterable[int]) -> list[Teammate]:
    """Every member, but for bots, who holds one of these roles.

    Raises disnake.Forbidden without the Server Members intent.
    """
    wanted, after = frozenset(roles), 0
    found: list[Teammate] = []
    while True:
        page: list[Any] = await http.get_members(guild_id, PAGE, after)
        people = [_of_json(raw) for raw in page if not raw["user"].get("bot")]
        found += [one for one in people if one.roles & wanted]
        if len(page) < PAGE:
            return found
        after = max(int(raw["user"]["id"]) for raw in page)

"""Who sees a channel, by the rule that Discord publishes, computed from what `/control/state` says.

Written anew from https://docs.discord.com/developers/topics/permissions, so that neither the bot
nor the sandbox is believed about it.
"""

from __future__ import annotations

from typing import Any

ADMINISTRATOR = 1 << 3
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
EVERYTHING = (1 << 60) - 1


def effective(state: dict[str, Any], name: str, channel: dict[str, Any]) -> int:
    """The permissions of a member in a channel."""
    member = next(one for one in state["members"] if one["name"] == name)
    guild = state["guild"]
    if member["id"] == guild["owner_id"]:
        return EVERYTHING
    held = {guild["id"], *member["roles"]}
    base = 0
    for role in state["roles"]:
        if role["id"] in held:
            base |= int(role["permissions"])
    if base & ADMINISTRATOR:
        return EVERYTHING
    return _overwritten(base, channel["overwrites"], guild["id"], held, member["id"])


def _overwritten(
    base: int, overwrites: list[dict[str, Any]], everyone: str, held: set[str], member: str
) -> int:
    """@everyone's overwrite, then all of the roles' at once, then the member's own."""
    allowed = {one["id"]: (int(one["allow"]), int(one["deny"])) for one in overwrites}
    roles = [one["id"] for one in overwrites if one["type"] == 0 and one["id"] in held - {everyone}]
    for group in ([everyone], roles, [member]):
        allow = deny = 0
        for target in group:
            allow |= allowed.get(target, (0, 0))[0]
            deny |= allowed.get(target, (0, 0))[1]
        base = base & ~deny | allow
    return base


def viewers(state: dict[str, Any], channel: dict[str, Any]) -> set[str]:
    """The names of the members who see a channel, bots too."""
    return {
        member["name"]
        for member in state["members"]
        if effective(state, member["name"], channel) & VIEW_CHANNEL
    }

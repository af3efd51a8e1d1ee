"""Routes about the gateway, the application and the guild's people."""

from __future__ import annotations

from typing import Any, Final

from simcord.backend import serializers

from ogma.sandbox.call import Call, Table
from ogma.sandbox.intents import MEMBERS, MESSAGE_CONTENT, PRESENCES
from ogma.sandbox.world import World

IDENTIFIES_A_DAY: Final = 1000
_DAY_MS: Final = 86_400_000
_FLAGS: Final = {PRESENCES: 1 << 13, MEMBERS: 1 << 15, MESSAGE_CONTENT: 1 << 19}
"""Application flags of approved intents, in the form for bots in fewer than 100 servers."""


def application_flags(world: World) -> int:
    """The application's flags: which privileged intents its owner has switched on."""
    return sum(flag for intent, flag in _FLAGS.items() if world.approved_intents & intent)


def gateway(call: Call) -> dict[str, Any]:
    """GET /gateway."""
    return {"url": call.world.gateway_url}


def gateway_bot(call: Call) -> dict[str, Any]:
    """GET /gateway/bot, with how many sessions may still be started today."""
    return {
        "url": call.world.gateway_url,
        "shards": 1,
        "session_start_limit": {
            "total": IDENTIFIES_A_DAY,
            "remaining": max(0, IDENTIFIES_A_DAY - call.world.identifies),
            "reset_after": _DAY_MS,
            "max_concurrency": 1,
        },
    }


def application(call: Call) -> dict[str, Any]:
    """GET /applications/@me and its older name."""
    world = call.world
    owner = world.user_json(world.get_guild(world.guild_id).owner_id)
    return {
        "id": str(world.application_id),
        "name": world.bot_user.name,
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": owner,
        "flags": application_flags(world),
        "team": None,
        "bot": world.user_json(world.bot_user.id),
        "approximate_guild_count": len(world.guilds),
    }


def search_members(call: Call) -> list[dict[str, Any]]:
    """GET /guilds/{guild_id}/members/search: by the beginning of a name."""
    world = call.world
    guild = world.get_guild(call.int_arg("guild_id"))
    wanted = call.query.get("query", "").lower()
    found = [
        dict(serializers.member_payload(world, guild, member))
        for member in guild.members.values()
        if world.users[member.user_id].name.lower().startswith(wanted)
        or (member.nick or "").lower().startswith(wanted)
    ]
    return found[: int(call.query.get("limit", "1"))]


TABLE: Final[Table] = {
    ("GET", "/gateway"): gateway,
    ("GET", "/gateway/bot"): gateway_bot,
    ("GET", "/applications/@me"): application,
    ("GET", "/oauth2/applications/@me"): application,
    ("GET", "/guilds/{guild_id}/members/search"): search_members,
}

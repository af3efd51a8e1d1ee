"""What a gateway session has asked to hear.

Source: Discord's documentation, events/gateway ("List of Intents"). Which event belongs to which
intent comes from SimCord's table, whose names follow discord.py.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Final

from simcord.intents import EVENT_INTENTS, censor_message

from ogma.sandbox.world import World

MEMBERS: Final = 1 << 1
PRESENCES: Final = 1 << 8
MESSAGE_CONTENT: Final = 1 << 15
PRIVILEGED: Final = MEMBERS | PRESENCES | MESSAGE_CONTENT
KNOWN: Final = (1 << 26) - 1

_BITS: Final[dict[str, int]] = {
    "guilds": 1 << 0,
    "members": MEMBERS,
    "moderation": 1 << 2,
    "emojis_and_stickers": 1 << 3,
    "integrations": 1 << 4,
    "webhooks": 1 << 5,
    "invites": 1 << 6,
    "voice_states": 1 << 7,
    "presences": PRESENCES,
    "guild_messages": 1 << 9,
    "guild_reactions": 1 << 10,
    "guild_typing": 1 << 11,
    "dm_messages": 1 << 12,
    "dm_reactions": 1 << 13,
    "dm_typing": 1 << 14,
    "message_content": MESSAGE_CONTENT,
    "guild_scheduled_events": 1 << 16,
    "auto_moderation_configuration": 1 << 20,
    "auto_moderation_execution": 1 << 21,
    "guild_polls": 1 << 24,
    "dm_polls": 1 << 25,
}
_IN_A_CHANNEL: Final = (
    "MESSAGE_",
    "TYPING_START",
    "CHANNEL_PINS_UPDATE",
)


def shaped(
    world: World, intents: int, event: str, payload: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The payload as this session gets it, or None where it hears nothing of the event.

    The bot always hears of its own membership.
    Events of a channel reach only who may view it; without the message content intent the
    content is blanked except where Discord leaves it.
    """
    own = event == "GUILD_MEMBER_UPDATE" and int(payload["user"]["id"]) == world.bot_user.id
    if not own and not _heard(intents, event, payload):
        return None
    if not _visible(world, event, payload):
        return None
    mine = dict(payload)
    if event == "GUILD_CREATE":
        mine["members"] = [
            member
            for member in mine.get("members") or ()
            if int(member["user"]["id"]) == world.bot_user.id
        ]
    if not intents & MESSAGE_CONTENT and event in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
        mine = copy.deepcopy(mine)
        censor_message(mine, world.bot_user.id, backend=world)
    return mine


def _heard(intents: int, event: str, payload: Mapping[str, Any]) -> bool:
    spec = EVENT_INTENTS.get(event)
    if spec is None:
        return True
    in_guild, in_dm = spec
    name = in_dm if in_dm is not None and payload.get("guild_id") is None else in_guild
    return bool(intents & _BITS[name])


def _visible(world: World, event: str, payload: Mapping[str, Any]) -> bool:
    if not event.startswith(_IN_A_CHANNEL) or payload.get("guild_id") is None:
        return True
    channel_id = int(payload["channel_id"])
    if channel_id not in world.channels:
        return True
    return world.may(world.bot_user.id, "view_channel", channel_id)

"""The sandbox's state as `/control/state` and the answers of the other calls show it."""

from __future__ import annotations

from typing import Any

from simcord.backend import serializers
from simcord.backend.models import Channel, Interaction, Message, ResponseKind

from ogma.sandbox.clock import rfc3339
from ogma.sandbox.gateway import Gateway
from ogma.sandbox.people import People
from ogma.sandbox.world import World

_ACKS = {
    ResponseKind.MESSAGE: "reply",
    ResponseKind.DEFERRED: "deferred",
    ResponseKind.DEFERRED_UPDATE: "deferred",
    ResponseKind.UPDATE: "update",
    ResponseKind.MODAL: "modal",
    ResponseKind.AUTOCOMPLETE: "reply",
}


def whole(world: World, gateway: Gateway) -> dict[str, Any]:
    """Everything: `GET /control/state`."""
    guild = world.get_guild(world.guild_id)
    return {
        "now": rfc3339(world.clock.now()),
        "sessions": [
            {
                "id": session.id,
                "connected": session.connection is not None,
                "intents": session.intents,
                "seq": session.seq,
            }
            for session in gateway.sessions.values()
        ],
        "identifies": world.identifies,
        "guild": {
            "id": str(guild.id),
            "name": guild.name,
            "owner": world.users[guild.owner_id].name,
            "owner_id": str(guild.owner_id),
        },
        "roles": _roles(world),
        "members": [_member(world, user_id) for user_id in guild.members],
        "commands": [
            {"name": command["name"], "id": command["id"], "type": command["type"]}
            for scope in world.commands.values()
            for command in scope.values()
        ],
        "channels": [channel_json(world, channel) for channel in world.guild_channels()],
        "dms": _dms(world),
        "deleted_channels": [
            {**channel_json(world, gone["channel"], gone["messages"]), "deleted_at": gone["at"]}
            for gone in world.deleted_channels
        ],
    }


def channel_json(
    world: World, channel: Channel, messages: list[Message] | None = None
) -> dict[str, Any]:
    """A channel with its messages, oldest first; ephemeral ones are nobody's and left out."""
    stored = list(world.messages[channel.id].values()) if messages is None else messages
    parent = world.channels.get(channel.parent_id)
    return {
        "id": str(channel.id),
        "name": channel.name,
        "type": int(channel.type),
        "parent": str(channel.parent_id) if channel.parent_id else None,
        "parent_name": parent.name if parent else None,
        "topic": channel.topic,
        "overwrites": [
            {**overwrite, "type": int(overwrite["type"]), "name": _target(world, overwrite)}
            for overwrite in serializers.overwrite_payloads(channel)
        ],
        "messages": [message_json(world, m) for m in stored if not m.is_ephemeral],
    }


def message_json(world: World, message: Message) -> dict[str, Any]:
    """A message, with its parts as Discord sends them."""
    author = world.users[message.author_id]
    reference = message.reference or {}
    return {
        "id": str(message.id),
        "channel_id": str(message.channel_id),
        "type": int(message.type),
        "author": {"id": str(author.id), "name": author.name, "bot": author.bot},
        "content": message.content,
        "embeds": message.embeds,
        "components": message.components,
        "attachments": message.attachments,
        "flags": message.flags,
        "pinned": message.pinned,
        "reply_to": reference.get("message_id"),
        "pings": {
            "everyone": message.mention_everyone,
            "users": [str(user) for user in message.ping_user_ids],
            "roles": [str(role) for role in message.ping_role_ids],
        },
        "edited_at": rfc3339(message.edited_timestamp),
        "created_at": rfc3339(message.timestamp),
    }


def visible(world: World, people: People, user_id: int) -> list[dict[str, Any]]:
    """The channels that a member sees, with what they may do there: `GET /control/visible`."""
    return [
        {
            "id": str(channel.id),
            "name": channel.name,
            "type": int(channel.type),
            "parent": str(channel.parent_id) if channel.parent_id else None,
            "permissions": str(people.permissions(user_id, channel)),
        }
        for channel in people.visible(user_id)
    ]


def answered(world: World, record: Interaction, *, failed: bool) -> dict[str, Any]:
    """How the bot answered an interaction, as the member's client shows it."""
    kind = record.response_kind
    first = _message(world, record, record.message_id)
    answer: dict[str, Any] = {
        "interaction": str(record.id),
        "ack": _ACKS.get(kind) if record.responded and kind is not None else None,
        "ephemeral": bool(first and first.is_ephemeral) or record.ephemeral,
        "followups": [
            message_json(world, message)
            for number in record.followup_ids
            if (message := _message(world, record, number)) is not None
        ],
    }
    if world.pending[record.id].deferred:
        answer["ack"] = "deferred"
    if kind in (ResponseKind.MESSAGE, ResponseKind.UPDATE) and first is not None:
        answer["reply"] = message_json(world, first)
    if record.modal is not None:
        answer["modal"] = record.modal
    if record.autocomplete_choices is not None:
        answer["choices"] = record.autocomplete_choices
    if failed:
        answer["error"] = "interaction failed"
    return answer


def _message(world: World, record: Interaction, message_id: int | None) -> Message | None:
    if message_id is None:
        return None
    return world.messages.get(record.channel_id, {}).get(message_id)


def _roles(world: World) -> list[dict[str, Any]]:
    """The guild's roles, the lowest first."""
    roles = world.get_guild(world.guild_id).roles.values()
    return [
        {
            "id": str(role.id),
            "name": role.name,
            "permissions": str(role.permissions),
            "position": role.position,
            "mentionable": role.mentionable,
        }
        for role in sorted(roles, key=lambda role: int(role.position))
    ]


def _member(world: World, user_id: int) -> dict[str, Any]:
    guild = world.get_guild(world.guild_id)
    member, user = guild.members[user_id], world.users[user_id]
    return {
        "id": str(user_id),
        "name": user.name,
        "nick": member.nick,
        "bot": user.bot,
        "roles": [str(role_id) for role_id in member.role_ids],
        "role_names": [guild.roles[role_id].name for role_id in member.role_ids],
        "joined_at": rfc3339(member.joined_at),
    }


def _dms(world: World) -> dict[str, Any]:
    shown = {}
    for user_id, user in world.users.items():
        if user.bot:
            continue
        channel_id = world.dm_channels.get(user_id)
        stored = world.messages.get(channel_id, {}) if channel_id else {}
        shown[user.name] = {
            "open": user_id not in world.closed_dms,
            "channel": str(channel_id) if channel_id else None,
            "messages": [message_json(world, message) for message in stored.values()],
        }
    return shown


def _target(world: World, overwrite: dict[str, Any]) -> str | None:
    target = int(overwrite["id"])
    role = world.get_guild(world.guild_id).roles.get(target)
    if role is not None:
        return str(role.name)
    user = world.users.get(target)
    return None if user is None else str(user.name)

"""Message routes: empty messages, closed DMs, nonces, pins, and files that need permissions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from simcord.backend import errors, serializers
from simcord.backend.models import Channel, Message
from simcord.enums import ChannelType

from ogma.sandbox import rules
from ogma.sandbox.call import Call, Table, form_error
from ogma.sandbox.world import World

MAX_PINS: Final = 250
_PAGE: Final = 100
_MARKS: Final = ("around", "before", "after")
_EPOCH_MS: Final = 1_420_070_400_000
_BULK_AGE: Final = timedelta(days=14)


def send(call: Call) -> Any:
    """POST /channels/{channel_id}/messages."""
    world, channel, body = call.world, call.channel(), call.fields()
    if channel.type == ChannelType.DM:
        require_open_dm(world, channel)
    else:
        world.require_permissions(channel.guild_id, world.bot_user.id, channel.id, "send_messages")
        _require_for_parts(call, channel, body)
    rules.check_message(body, call.files)
    nonce = _nonce(body)
    body = {key: value for key, value in body.items() if key not in ("nonce", "enforce_nonce")}
    enforce = bool(call.fields().get("enforce_nonce"))
    return world.send_as_bot(channel.id, nonce, enforce, lambda: call.forward(body))


def edit(call: Call) -> Any:
    """PATCH /channels/{channel_id}/messages/{message_id}."""
    world, channel, body = call.world, call.channel(), call.fields()
    message = world.get_message(channel.id, call.int_arg("message_id"))
    if channel.guild_id is not None:
        _require_for_parts(call, channel, body)
    check_edit(message, call)
    return call.forward()


def check_edit(message: Message, call: Call) -> None:
    """Refuse an edit after which the message would be empty, or with bad parts."""
    body = call.fields()
    rules.check_parts(body, call.files)
    kept = {
        "content": message.content,
        "embeds": message.embeds,
        "attachments": message.attachments,
        "flags": message.flags,
    }
    if not rules.has_content({**kept, **body}, call.files):
        raise rules.empty_message()


def history(call: Call) -> list[dict[str, Any]]:
    """GET /channels/{channel_id}/messages: newest first, at most 100.

    `after` gives the messages that follow at once, not the newest ones (SimCord gives those).
    Without Read Message History the list is empty.
    """
    world, channel = call.world, call.channel()
    bot = world.bot_user.id
    world.require_permissions(channel.guild_id, bot, channel.id)
    limit = rules.integer(call.query.get("limit", 50), "limit")
    if not 1 <= limit <= _PAGE:
        raise form_error("limit", "NUMBER_TYPE_MAX", f"Must be between 1 and {_PAGE}.")
    if channel.guild_id is not None and not world.may(bot, "read_message_history", channel.id):
        return []
    stored = [m for m in world.messages[channel.id].values() if not m.is_ephemeral]
    found = _page(sorted(stored, key=lambda m: int(m.id)), call.query, limit)
    return [_fresh(world, message) for message in reversed(found)]


def _page(ascending: list[Message], query: Mapping[str, str], limit: int) -> list[Message]:
    """The messages that `before`, `after` or `around` asks for, oldest first."""
    marks = {key: rules.integer(query[key], key) for key in _MARKS if key in query}
    if "around" in marks:
        older = [m for m in ascending if m.id < marks["around"]]
        newer = [m for m in ascending if m.id >= marks["around"]]
        return (older[-(limit // 2) :] + newer)[:limit] if limit > 1 else newer[:1]
    if "before" in marks:
        return [m for m in ascending if m.id < marks["before"]][-limit:]
    if "after" in marks:
        return [m for m in ascending if m.id > marks["after"]][:limit]
    return ascending[-limit:]


def _fresh(world: World, message: Message) -> dict[str, Any]:
    """The message with attachment addresses that are signed anew."""
    for attachment in message.attachments:
        world.cdn.sign(attachment)
    return dict(serializers.message_payload(world, message, for_user=world.bot_user.id))


def fetch(call: Call) -> Any:
    """GET /channels/{channel_id}/messages/{message_id}, with fresh attachment addresses."""
    stored = call.world.messages.get(call.int_arg("channel_id"), {})
    message = stored.get(call.int_arg("message_id"))
    for attachment in message.attachments if message else ():
        call.world.cdn.sign(attachment)
    return call.forward()


def bulk_delete(call: Call) -> Any:
    """POST .../bulk-delete: none of the messages may be older than two weeks (50034)."""
    now = call.world.clock.now()
    for item in call.fields().get("messages") or []:
        made = datetime.fromtimestamp(((int(item) >> 22) + _EPOCH_MS) / 1000, UTC)
        if now - made > _BULK_AGE:
            raise errors.BackendError(
                400, 50034, "You can only bulk delete messages that are under 14 days old."
            )
    return call.forward()


def pin(call: Call) -> None:
    """PUT .../messages/pins/{message_id}: needs Pin Messages, not Manage Messages."""
    world, channel = call.world, _pinnable(call)
    pinned = sum(message.pinned for message in world.messages[channel.id].values())
    if pinned >= MAX_PINS:
        raise errors.BackendError(
            400, 30003, f"Maximum number of pins reached for the channel ({MAX_PINS})"
        )
    world.set_pinned(channel.id, call.int_arg("message_id"), True)


def unpin(call: Call) -> None:
    """DELETE .../messages/pins/{message_id}."""
    channel = _pinnable(call)
    call.world.set_pinned(channel.id, call.int_arg("message_id"), False)


def pins(call: Call) -> dict[str, Any]:
    """GET .../messages/pins: newest pin first."""
    world, channel = call.world, call.channel()
    world.require_permissions(
        channel.guild_id, world.bot_user.id, channel.id, "read_message_history"
    )
    pinned = [message for message in world.messages[channel.id].values() if message.pinned]
    pinned.sort(key=lambda message: world.pinned_at[message.id], reverse=True)
    items = [
        {
            "message": _fresh(world, message),
            "pinned_at": world.pinned_at[message.id],
        }
        for message in pinned
    ]
    return {"items": items, "has_more": False}


def old_pins(call: Call) -> list[Any]:
    """GET /channels/{channel_id}/pins, the deprecated listing."""
    return [item["message"] for item in pins(call)["items"]]


def require_open_dm(world: World, channel: Channel) -> None:
    """50278 without a common guild, 50007 where the person takes no DMs."""
    members = world.get_guild(world.guild_id).members
    for user_id in channel.recipient_ids:
        if user_id not in members:
            raise errors.BackendError(
                403,
                50278,
                "Cannot send messages to this user due to having no mutual guilds",
            )
        if user_id in world.closed_dms:
            raise errors.BackendError(403, 50007, "Cannot send messages to this user")


def _require_for_parts(call: Call, channel: Channel, body: dict[str, Any]) -> None:
    """Embeds, files and replies each need their own permission."""
    bot = call.world.bot_user.id
    needed = []
    if body.get("embeds"):
        needed.append("embed_links")
    if call.files:
        needed.append("attach_files")
    if body.get("message_reference"):
        needed.append("read_message_history")
    call.world.require_permissions(channel.guild_id, bot, channel.id, *needed)


def _nonce(body: dict[str, Any]) -> str | int | None:
    nonce = body.get("nonce")
    if nonce is None or isinstance(nonce, int):
        return nonce
    if not isinstance(nonce, str) or len(nonce) > 25:
        raise form_error("nonce", "NONCE_TYPE_TOO_LONG", "Must be 25 or fewer in length.")
    return nonce


def _pinnable(call: Call) -> Channel:
    world, channel = call.world, call.channel()
    world.require_permissions(channel.guild_id, world.bot_user.id, channel.id)
    bot = world.bot_user.id
    if channel.guild_id is not None and not world.may(bot, "pin_messages", channel.id):
        raise errors.missing_permissions()
    world.get_message(channel.id, call.int_arg("message_id"))
    return channel


TABLE: Final[Table] = {
    ("POST", "/channels/{channel_id}/messages"): send,
    ("GET", "/channels/{channel_id}/messages"): history,
    ("GET", "/channels/{channel_id}/messages/{message_id}"): fetch,
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"): edit,
    ("POST", "/channels/{channel_id}/messages/bulk-delete"): bulk_delete,
    ("GET", "/channels/{channel_id}/messages/pins"): pins,
    ("PUT", "/channels/{channel_id}/messages/pins/{message_id}"): pin,
    ("DELETE", "/channels/{channel_id}/messages/pins/{message_id}"): unpin,
    ("GET", "/channels/{channel_id}/pins"): old_pins,
    ("PUT", "/channels/{channel_id}/pins/{message_id}"): pin,
    ("DELETE", "/channels/{channel_id}/pins/{message_id}"): unpin,
}

"""Channel routes: the limits and permission rules that SimCord leaves out."""

from __future__ import annotations

import re
from typing import Any, Final

from simcord.backend import errors
from simcord.backend.models import Channel
from simcord.enums import ChannelType, OverwriteType

from ogma.sandbox import overwrites
from ogma.sandbox.call import Call, Created, Table, form_error, too_long
from ogma.sandbox.rules import integer
from ogma.sandbox.world import World

MAX_CHANNELS: Final = 500
MAX_IN_CATEGORY: Final = 50
_DROPPED: Final = (
    "nsfw",
    "default_auto_archive_duration",
    "default_thread_rate_limit_per_user",
    "flags",
    "video_quality_mode",
)
"""Fields that Discord takes and that nothing in the sandbox depends on."""
_NOT_IN_NAMES: Final = re.compile(r"[!\"#$%&'()*+,./:;<=>?@\[\]^`{|}~\\]")


def create_channel(call: Call) -> Created:
    """POST /guilds/{guild_id}/channels, with its overwrites in the same call."""
    world = call.world
    body = _clean(call.fields())
    world.get_guild(call.int_arg("guild_id"))
    _require_manage_channels(world, body.get("parent_id"))
    kind = integer(body.get("type", ChannelType.TEXT), "type")
    body["name"] = channel_name(body.get("name"), kind)
    _check_texts(body)
    _check_room(world, body.get("parent_id"))
    if body.get("permission_overwrites") is None:
        body["permission_overwrites"] = _inherited(world, body.get("parent_id"))
    else:
        overwrites.check_create(world, body["permission_overwrites"])
    return Created(call.forward(body))


def edit_channel(call: Call) -> Any:
    """PATCH /channels/{channel_id}: name and topic at most twice in ten minutes."""
    world = call.world
    channel = call.channel()
    body = _clean(call.fields())
    body.pop("position", None)
    body.pop("type", None)
    world.require_permissions(channel.guild_id, world.bot_user.id, channel.id, "manage_channels")
    if "name" in body:
        body["name"] = channel_name(body["name"], channel.type)
    _check_texts(body)
    parent_id = body.get("parent_id")
    if parent_id is not None and integer(parent_id, "parent_id") != channel.parent_id:
        _require_manage_channels(world, parent_id)
        _check_room(world, parent_id, moving=True)
    if "permission_overwrites" in body:
        overwrites.check_replace(world, channel, body["permission_overwrites"] or [])
    if any(key in body and body[key] != getattr(channel, key) for key in ("name", "topic")):
        world.note_rename(channel.id)
    return call.forward(body)


def put_overwrite(call: Call) -> None:
    """PUT /channels/{channel_id}/permissions/{target_id}: add or change one overwrite."""
    world, channel = call.world, call.channel()
    target = call.int_arg("target_id")
    body = call.fields()
    overwrites.check_change(world, channel, {"allow": 0, "deny": 0, **body, "id": target})
    call.forward({"allow": 0, "deny": 0, **body})


def delete_overwrite(call: Call) -> None:
    """DELETE /channels/{channel_id}/permissions/{target_id}."""
    world, channel = call.world, call.channel()
    target = call.int_arg("target_id")
    existing = world.overwrite_of(channel, target)
    if existing is None:
        overwrites.require_editing(world, channel)
        raise errors.BackendError(404, 10009, "Unknown Overwrite")
    gone = {"id": target, "type": existing.type, "allow": 0, "deny": 0}
    overwrites.check_change(world, channel, gone)
    call.forward()


def channel_name(name: object, kind: int) -> str:
    """The name as Discord keeps it: text channels are lower case, with dashes for spaces."""
    if not isinstance(name, str) or not name.strip():
        raise form_error("name", "BASE_TYPE_REQUIRED", "This field is required")
    if len(name) > 100:
        raise form_error("name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    if kind not in (ChannelType.TEXT, ChannelType.NEWS):
        return name.strip()
    kept = _NOT_IN_NAMES.sub("", name.strip().lower())
    kept = re.sub(r"-{2,}", "-", re.sub(r"\s+", "-", kept)).strip("-")
    if not kept:
        raise form_error("name", "BASE_TYPE_REQUIRED", "This field is required")
    return kept


def _clean(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in _DROPPED}


def _check_texts(body: dict[str, Any]) -> None:
    topic = body.get("topic")
    if isinstance(topic, str) and len(topic) > 1024:
        raise too_long("topic", 1024)
    slow = body.get("rate_limit_per_user")
    if isinstance(slow, int) and not 0 <= slow <= 21600:
        raise form_error(
            "rate_limit_per_user", "NUMBER_TYPE_MAX", "int value should be less than 21600."
        )


def _require_manage_channels(world: World, parent_id: Any) -> None:
    """Manage Channels, in the category where one is named, else in the guild at large."""
    bot = world.bot_user.id
    if parent_id is None:
        world.require_permissions(world.guild_id, bot, None, "manage_channels")
        return
    category = _category(world, parent_id)
    if not world.may(bot, "manage_channels", category.id):
        raise errors.missing_permissions()


def _category(world: World, parent_id: Any) -> Channel:
    category = world.channels.get(integer(parent_id, "parent_id"))
    if category is None or category.guild_id != world.guild_id:
        raise form_error("parent_id", "CHANNEL_PARENT_INVALID", "Category does not exist")
    if category.type != ChannelType.CATEGORY:
        raise form_error("parent_id", "CHANNEL_PARENT_INVALID_TYPE", "Not a category")
    return category


def _check_room(world: World, parent_id: Any, *, moving: bool = False) -> None:
    channels = world.guild_channels()
    if not moving and len(channels) >= MAX_CHANNELS:
        message = f"Maximum number of server channels reached ({MAX_CHANNELS})"
        raise errors.BackendError(400, 30013, message)
    if parent_id is None:
        return
    inside = sum(channel.parent_id == int(parent_id) for channel in channels)
    if inside >= MAX_IN_CATEGORY:
        message = f"Maximum number of channels in category reached ({MAX_IN_CATEGORY})"
        raise form_error("parent_id", "CHANNEL_PARENT_MAX_CHANNELS", message)


def _inherited(world: World, parent_id: Any) -> list[dict[str, Any]]:
    """A channel created without overwrites takes those of its category."""
    if parent_id is None:
        return []
    return [
        {"id": o.target_id, "type": OverwriteType(o.type), "allow": o.allow, "deny": o.deny}
        for o in _category(world, parent_id).overwrites
    ]


TABLE: Final[Table] = {
    ("POST", "/guilds/{guild_id}/channels"): create_channel,
    ("PATCH", "/channels/{channel_id}"): edit_channel,
    ("PUT", "/channels/{channel_id}/permissions/{target_id}"): put_overwrite,
    ("DELETE", "/channels/{channel_id}/permissions/{target_id}"): delete_overwrite,
}

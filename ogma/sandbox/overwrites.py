"""Who may write which permission overwrite. SimCord checks none of this.

Source: Discord's documentation, resources/guild ("Create Guild Channel") and resources/channel
("Modify Channel", "Edit Channel Permissions"):
- only permissions that the bot itself has can be allowed or denied;
- Manage Roles inside an overwrite can be set by administrators only;
- editing overwrites of an existing channel needs Manage Roles.
"""

from __future__ import annotations

from typing import Any, Final

from simcord.backend import errors
from simcord.backend.models import Channel
from simcord.enums import OverwriteType

from ogma.sandbox.call import form_error
from ogma.sandbox.permissions import BITS
from ogma.sandbox.rules import integer
from ogma.sandbox.world import World

MAX_OVERWRITES: Final = 100


def check_create(world: World, written: Any) -> None:
    """Refuse overwrites that the bot may not give a new channel (50013)."""
    bot_has = world.compute_permissions(world.guild_id, world.bot_user.id)
    for entry in _entries(written):
        _check_target(world, entry)
        _check_bits(bot_has, _touched(entry, 0, 0), trusted=False)


def check_replace(world: World, channel: Channel, written: Any) -> None:
    """Refuse a whole new list of overwrites for an existing channel, if any change is refused."""
    entries = _entries(written)
    named = {entry["id"] for entry in entries}
    for old in channel.overwrites:
        if old.target_id not in named:
            gone = {"id": old.target_id, "type": old.type, "allow": 0, "deny": 0}
            entries.append(gone)
    require_editing(world, channel)
    for entry in entries:
        check_change(world, channel, entry)


def check_change(world: World, channel: Channel, written: dict[str, Any]) -> None:
    """Refuse one overwrite of an existing channel; bits that stay as they are do not count."""
    require_editing(world, channel)
    entry = _entry(written, "overwrite")
    _check_target(world, entry)
    bot = world.bot_user.id
    bot_has = world.compute_permissions(world.guild_id, bot)
    if channel.parent_id is not None:
        bot_has |= world.compute_permissions(world.guild_id, bot, channel.parent_id)
    existing = world.overwrite_of(channel, entry["id"])
    allow, deny = (existing.allow, existing.deny) if existing else (0, 0)
    trusted = _has_manage_roles_overwrite(world, channel)
    _check_bits(bot_has, _touched(entry, allow, deny), trusted=trusted)


def require_editing(world: World, channel: Channel) -> None:
    """Editing overwrites needs Manage Roles in that channel (50001 if it is not even visible)."""
    world.require_permissions(channel.guild_id, world.bot_user.id, channel.id, "manage_roles")


def _entries(written: Any) -> list[dict[str, Any]]:
    if not isinstance(written, list):
        raise form_error("permission_overwrites", "LIST_TYPE_CONVERT", "Only iterables may be used")
    if len(written) > MAX_OVERWRITES:
        raise form_error(
            "permission_overwrites",
            "BASE_TYPE_MAX_LENGTH",
            f"Must be {MAX_OVERWRITES} or fewer in length.",
        )
    return [_entry(entry, f"permission_overwrites.{n}") for n, entry in enumerate(written)]


def _entry(entry: Any, path: str) -> dict[str, Any]:
    """An overwrite with its four fields as integers."""
    if not isinstance(entry, dict):
        raise form_error(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used.")
    return {
        key: integer(entry.get(key) or 0, f"{path}.{key}")
        for key in ("id", "type", "allow", "deny")
    }


def _touched(entry: dict[str, Any], allow: int, deny: int) -> int:
    """Bits whose state this entry changes."""
    touched: int = (entry["allow"] ^ allow) | (entry["deny"] ^ deny)
    return touched


def _check_bits(bot_has: int, touched: int, *, trusted: bool) -> None:
    if bot_has & BITS["administrator"]:
        return
    if touched & BITS["manage_roles"] or (touched & ~bot_has and not trusted):
        raise errors.missing_permissions()


def _has_manage_roles_overwrite(world: World, channel: Channel) -> bool:
    """Whether the channel itself grants the bot Manage Roles, which lifts the rule on bits."""
    member = world.get_member(world.guild_id, world.bot_user.id)
    targets = {world.bot_user.id, *member.role_ids}
    return any(
        overwrite.allow & BITS["manage_roles"]
        for overwrite in channel.overwrites
        if overwrite.target_id in targets
    )


def _check_target(world: World, entry: dict[str, Any]) -> None:
    target, kind = entry["id"], entry["type"]
    known = (
        target in world.get_guild(world.guild_id).roles
        if kind == OverwriteType.ROLE
        else target in world.users
    )
    if not known:
        raise errors.BackendError(404, 10009, "Unknown Overwrite")

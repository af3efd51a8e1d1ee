"""The sample guild: its people, roles and channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from simcord.backend.models import Overwrite
from simcord.enums import ChannelType, OverwriteType

from ogma.sandbox.permissions import EVERYONE, INVITE, bits
from ogma.sandbox.world import World

ROLES: Final = ("Management", "Support", "Billing")
MEMBERS: Final[dict[str, tuple[str, ...]]] = {
    "alice": (),
    "bob": (),
    "carol": (),
    "sam": ("Support",),
    "sue": ("Support",),
    "bill": ("Billing",),
    "mia": ("Management",),
    "stan": (),
}
OWNER: Final = "omar"
CATEGORIES: Final = ("General Tickets", "Billing Tickets")
_ROLE_PERMISSIONS: Final = {
    "Management": bits("manage_channels", "manage_messages", "manage_guild", "manage_roles"),
    "Support": bits("manage_messages"),
    "Billing": bits("manage_messages"),
}
_BOT_ACCESS: Final = bits(
    "view_channel", "send_messages", "embed_links", "attach_files", "read_message_history"
)


@dataclass(frozen=True)
class SampleGuild:
    """The ids that the config file and the tests need, by name."""

    id: int
    roles: dict[str, int]
    members: dict[str, int]
    channels: dict[str, int]
    categories: dict[str, int]


def build(world: World) -> SampleGuild:
    """Make the guild and put everybody in it."""
    world.bot_user.name = "Ogma"
    owner = world.make_user(OWNER)
    guild = world.create_guild("Sample Support", owner_id=owner.id)
    world.guild_id = guild.id
    guild.everyone_role.permissions = EVERYONE
    bot_role = next(role for role in guild.roles.values() if role.managed)
    bot_role.permissions = INVITE
    roles = {
        name: world.create_role(
            guild.id, name, permissions=_ROLE_PERMISSIONS[name], mentionable=True
        ).id
        for name in ROLES
    }
    _order(guild.roles, [bot_role.id, *(roles[name] for name in reversed(ROLES))])
    members = {OWNER: owner.id}
    for name, names in MEMBERS.items():
        user = world.make_user(name)
        world.add_member(guild.id, user.id, roles=[roles[role] for role in names])
        members[name] = user.id
    channels, categories = _channels(world, guild.id, roles)
    return SampleGuild(guild.id, roles, members, channels, categories)


def _order(roles: dict[int, Any], lowest_first: list[int]) -> None:
    """Positions above @everyone; the bot's role is the lowest, as the invite link leaves it."""
    for position, role_id in enumerate(lowest_first, start=1):
        roles[role_id].position = position


def _channels(
    world: World, guild_id: int, roles: dict[str, int]
) -> tuple[dict[str, int], dict[str, int]]:
    view = bits("view_channel")
    hidden = [Overwrite(guild_id, OverwriteType.ROLE, deny=view)]
    bot = Overwrite(world.bot_user.id, OverwriteType.MEMBER, allow=_BOT_ACCESS)
    staff = [Overwrite(role_id, OverwriteType.ROLE, allow=view) for role_id in roles.values()]
    panel = [
        Overwrite(guild_id, OverwriteType.ROLE, deny=bits("send_messages")),
        bot,
    ]
    written = {
        "open-a-ticket": panel,
        "staff-review": [*hidden, *staff, bot],
        "ticket-transcripts": [*hidden, *staff, bot],
        "learned-tips": [*hidden, *staff, bot],
        "general": [],
    }
    channels = {
        name: world.create_channel(guild_id, name, overwrites=list(overwrites)).id
        for name, overwrites in written.items()
    }
    categories = {
        name: world.create_channel(guild_id, name, type=ChannelType.CATEGORY).id
        for name in CATEGORIES
    }
    return channels, categories

"""Discord's permission bits, what the bot needs, and what a member effectively has.

Source: Discord's documentation, topics/permissions (bitwise flags, computing permissions).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

ADMINISTRATOR: Final = 1 << 3
MANAGE_CHANNELS: Final = 1 << 4
MANAGE_GUILD: Final = 1 << 5
VIEW_CHANNEL: Final = 1 << 10
SEND_MESSAGES: Final = 1 << 11
EMBED_LINKS: Final = 1 << 14
ATTACH_FILES: Final = 1 << 15
READ_MESSAGE_HISTORY: Final = 1 << 16
MANAGE_ROLES: Final = 1 << 28
PIN_MESSAGES: Final = 1 << 51

EVERY_BIT: Final = (1 << 63) - 1

NAMES: Final[Mapping[int, str]] = {
    VIEW_CHANNEL: "View Channels",
    SEND_MESSAGES: "Send Messages",
    EMBED_LINKS: "Embed Links",
    ATTACH_FILES: "Attach Files",
    READ_MESSAGE_HISTORY: "Read Message History",
    MANAGE_CHANNELS: "Manage Channels",
    MANAGE_ROLES: "Manage Roles",
    PIN_MESSAGES: "Pin Messages",
    ADMINISTRATOR: "Administrator",
}
"""Bit to name, as Discord's client shows it in English."""

TALK: Final = VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | READ_MESSAGE_HISTORY
"""What the bot needs in a channel that it posts in."""

INVITE: Final = TALK | MANAGE_CHANNELS | MANAGE_ROLES | PIN_MESSAGES
"""The least that the bot works with, server-wide: whatever it grants in a ticket's channel it
must hold itself, and changing overwrites later needs Manage Roles."""


@dataclass(frozen=True, slots=True)
class Overwrite:
    """One permission overwrite of a channel; `role` tells a role from a member."""

    target: int
    role: bool
    allow: int
    deny: int = 0


def of_member(guild: int, roles: Iterable[int], bits: Mapping[int, int]) -> int:
    """Server-wide permissions of a member with these roles; `bits` is each role's permissions.

    The role @everyone, whose id is the guild's, counts without being named.
    """
    total = bits.get(guild, 0)
    for role in roles:
        total |= bits.get(role, 0)
    return EVERY_BIT if total & ADMINISTRATOR else total


def in_channel(
    base: int, guild: int, member: int, roles: Iterable[int], overwrites: Iterable[Overwrite]
) -> int:
    """Permissions in a channel: everyone, then the roles together, then the member's own.

    Who cannot see the channel can do nothing in it.
    """
    if base & ADMINISTRATOR:
        return EVERY_BIT
    by_target = {entry.target: entry for entry in overwrites}
    total = _apply(base, [by_target[guild]] if guild in by_target else [])
    total = _apply(total, [by_target[role] for role in roles if role in by_target])
    total = _apply(total, [by_target[member]] if member in by_target else [])
    return total if total & VIEW_CHANNEL else 0


def names(bits: int) -> list[str]:
    """The names of these bits, in Discord's order of listing; unnamed bits are left out."""
    return [name for bit, name in NAMES.items() if bits & bit]


def invite_link(application: int) -> str:
    """The address at which a server's owner adds the bot with `INVITE` and slash commands."""
    return (
        "https://discord.com/oauth2/authorize"
        f"?client_id={application}&permissions={INVITE}&scope=bot+applications.commands"
    )


def _apply(total: int, entries: list[Overwrite]) -> int:
    """All denials of a tier, then all its allowances."""
    deny = allow = 0
    for entry in entries:
        deny |= entry.deny
        allow |= entry.allow
    return (total & ~deny) | allow

"""Permission bits by name, and what follows from lacking the two that others rest on.

Source: Discord's documentation, topics/permissions ("Permission Overwrites" and "Implicit
Permissions").
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

BITS: Final[dict[str, int]] = {
    "create_instant_invite": 1 << 0,
    "kick_members": 1 << 1,
    "ban_members": 1 << 2,
    "administrator": 1 << 3,
    "manage_channels": 1 << 4,
    "manage_guild": 1 << 5,
    "add_reactions": 1 << 6,
    "view_audit_log": 1 << 7,
    "send_tts_messages": 1 << 12,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "mention_everyone": 1 << 17,
    "use_external_emojis": 1 << 18,
    "manage_nicknames": 1 << 27,
    "manage_roles": 1 << 28,
    "manage_webhooks": 1 << 29,
    "use_application_commands": 1 << 31,
    "manage_threads": 1 << 34,
    "create_public_threads": 1 << 35,
    "create_private_threads": 1 << 36,
    "send_messages_in_threads": 1 << 38,
    "moderate_members": 1 << 40,
    "pin_messages": 1 << 51,
}


def bits(*names: str) -> int:
    """The permission integer of these names."""
    value = 0
    for name in names:
        value |= BITS[name]
    return value


INVITE: Final = bits(
    "view_channel",
    "send_messages",
    "embed_links",
    "attach_files",
    "read_message_history",
    "manage_channels",
    "manage_roles",
    "pin_messages",
)
"""What the bot's invite link asks for; the sandbox's bot has this and nothing else."""

EVERYONE: Final = bits(
    "view_channel",
    "send_messages",
    "embed_links",
    "attach_files",
    "read_message_history",
    "add_reactions",
    "use_external_emojis",
    "use_application_commands",
    "create_public_threads",
    "send_messages_in_threads",
)
"""What a member of the sample guild may do by default."""

_NEED_SENDING: Final = bits("mention_everyone", "send_tts_messages", "attach_files", "embed_links")


def with_implied_denials(granted: int) -> int:
    """Permissions in a channel after Discord's implicit rules.

    Who may not view a channel may do nothing in it; who may not send loses what needs sending.
    """
    if granted & BITS["administrator"]:
        return granted
    if not granted & BITS["view_channel"]:
        return 0
    if not granted & BITS["send_messages"]:
        return granted & ~_NEED_SENDING
    return granted


def parse(value: object) -> int:
    """A permission integer from a number, its digits, or a list of names.

    Raises ValueError with the name that Discord does not have.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isdigit():
        return int(value)
    names: Iterable[object] = [value] if isinstance(value, str) else _listed(value)
    total = 0
    for name in names:
        key = str(name).lower()
        if key not in BITS:
            raise ValueError(f"{name!r} is not the name of a permission")
        total |= BITS[key]
    return total


def _listed(value: object) -> Iterable[object]:
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"{value!r} is neither a permission integer nor a list of names")
    return value


def names(value: int) -> list[str]:
    """The names of the bits that are set, in Discord's order."""
    return [name for name, bit in sorted(BITS.items(), key=lambda item: item[1]) if value & bit]

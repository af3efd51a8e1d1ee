"""Mentions, links and times as Discord writes them."""

from __future__ import annotations

from ogma.domain.clock import SECOND, Millis


def member(user_id: int) -> str:
    """A member's name, as a mention that notifies nobody inside an embed."""
    return f"<@{user_id}>"


def role(role_id: int) -> str:
    """A role's name."""
    return f"<@&{role_id}>"


def channel(channel_id: int) -> str:
    """A channel to click on."""
    return f"<#{channel_id}>"


def channel_url(guild_id: int, channel_id: int) -> str:
    """The address of a channel."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}"


def moment(at: Millis, style: str = "R") -> str:
    """A time in the reader's own zone and language; 'R' is relative, 'f' a date with time."""
    return f"<t:{at // SECOND}:{style}>"

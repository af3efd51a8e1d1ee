"""A message as Discord's API and gateway describe it, turned into plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import disnake

from ogma.domain.clock import Millis, from_datetime, snowflake_time
from ogma.services.conversation import Incoming

if TYPE_CHECKING:
    from datetime import datetime

_PEOPLES_TYPES: Final = frozenset({0, 19, 20, 23})
"""Plain messages, replies, and answers to commands; all else Discord says by itself."""


def incoming_of(raw: Mapping[str, Any], roles: frozenset[int], me: int) -> Incoming:
    """A message of a channel's history; `roles` are its author's, `me` is the bot's id."""
    author = raw["author"]
    system = raw["type"] not in _PEOPLES_TYPES
    reference = raw.get("message_reference") or {}
    reply_to = reference.get("message_id")
    return Incoming(
        id=int(raw["id"]),
        channel_id=int(raw["channel_id"]),
        author_id=int(author["id"]),
        author_name=author.get("global_name") or author["username"],
        at=snowflake_time(int(raw["id"])),
        content=raw.get("content", ""),
        roles=roles,
        ours=int(author["id"]) == me and not system,
        machine=bool(author.get("bot") or system or raw.get("webhook_id")),
        reply_to=int(reply_to) if reply_to else None,
        system=raw["type"] if system else 0,
        pinned=bool(raw.get("pinned")),
        embeds=raw.get("embeds", ()),
        components=raw.get("components", ()),
        files=raw.get("attachments", ()),
    )


def changes_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """The stored columns that an edit carries; Discord tells of some edits without content."""
    changes: dict[str, Any] = {
        name: data[name] for name in ("content", "embeds", "components") if name in data
    }
    if "attachments" in data:
        changes["files"] = data["attachments"]
    if "pinned" in data:
        changes["pinned"] = int(data["pinned"])
    if changes and (edited := edited_at(data)):
        changes["edited_at"] = edited
    return changes


def edited_at(data: Mapping[str, Any]) -> Millis | None:
    """When a message was last edited, None for never."""
    stamp: datetime | None = disnake.utils.parse_time(data.get("edited_timestamp"))
    return from_datetime(stamp) if stamp else None

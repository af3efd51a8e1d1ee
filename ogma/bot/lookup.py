"""Look before you act: did an earlier attempt, whose answer was lost, get through after all?

Channels are found by a marker in their topic, messages by what only they carry: the custom_id
of their first button, the name of their file, or their exact words (see `render.message.Marker`).
All reads go to Discord, never to the cache, which may not have heard yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from disnake.http import HTTPClient

from ogma.bot.custom_ids import Action, decode
from ogma.bot.render.message import Marker

Payload = Mapping[str, Any]
"""A message as Discord's API describes it."""

_PAGE: Final = 100
_GUILD_TEXT: Final = 0


async def find_channel(http: HTTPClient, guild_id: int, marker: str) -> int | None:
    """The oldest text channel whose topic has `marker` as a whole word; None when there is none.

    Raises what disnake raises.
    """
    whole = re.compile(rf"(?<![\w:-]){re.escape(marker)}(?![\w:-])")
    channels = await http.get_all_guild_channels(guild_id)
    found = (
        int(channel["id"])
        for channel in channels
        if channel["type"] == _GUILD_TEXT and whole.search(channel.get("topic") or "")
    )
    return min(found, default=None)


async def find_message(
    http: HTTPClient,
    channel_id: int,
    *,
    after: int,
    matches: Callable[[Payload], bool],
    limit: int = 500,
) -> int | None:
    """The id of the oldest message newer than the snowflake `after` that matches.

    Reads at most `limit` messages. Raises what disnake raises.
    """
    seen = 0
    while seen < limit:
        size = min(_PAGE, limit - seen)
        page = await http.logs_from(channel_id, size, after=after)
        for message in sorted(page, key=lambda message: int(message["id"])):
            if matches(message):
                return int(message["id"])
        if len(page) < size:
            return None
        after = max(int(message["id"]) for message in page)
        seen += len(page)
    return None


async def find_own_message(
    http: HTTPClient,
    channel_id: int,
    *,
    me: int,
    after: int,
    marker: Marker,
    except_for: Collection[int] = (),
    limit: int = 500,
) -> int | None:
    """The bot's own message that carries the marker; `me` is the bot's user id.

    `except_for`: messages that are accounted for already, as two notices may have equal words.
    """

    def mine(message: Payload) -> bool:
        if int(message["author"]["id"]) != me or int(message["id"]) in except_for:
            return False
        return carries(message, marker)

    return await find_message(http, channel_id, after=after, matches=mine, limit=limit)


async def find_panel(http: HTTPClient, channel_id: int, *, me: int, after: int = 0) -> int | None:
    """The bot's own message with the panel's components, whichever ticket types they offer."""

    def is_panel(message: Payload) -> bool:
        if int(message["author"]["id"]) != me:
            return False
        carried = (decode(custom_id) for custom_id in custom_ids(message))
        return any(one and one.action in (Action.OPEN, Action.CHOOSE) for one in carried)

    return await find_message(http, channel_id, after=after, matches=is_panel)


def carries(message: Payload, marker: Marker) -> bool:
    """Whether a message has what the marker names."""
    match marker.kind:
        case "custom_id":
            return marker.value in custom_ids(message)
        case "file":
            return any(file["filename"] == marker.value for file in message["attachments"])
        case "content":
            return bool(message["content"] == marker.value)
        case "title":
            return any(embed.get("title") == marker.value for embed in message["embeds"])


def custom_ids(component: Payload) -> Iterator[str]:
    """Every custom_id in a message or a component, however deep."""
    if "custom_id" in component:
        yield component["custom_id"]
    inside = [*component.get("components", ()), component.get("accessory")]
    for child in inside:
        if child:
            yield from custom_ids(child)

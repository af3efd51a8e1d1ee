"""Discord's limits, and pieces that cannot break them: clipped text, embeds, buttons.

Lengths are UTF-16 units: Discord's server counts characters and its clients count units, and
units are never fewer.
Source: https://docs.discord.com/developers/resources/message and /components/reference
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, Final

import disnake

CONTENT: Final = 2000
EMBED_TITLE: Final = 256
EMBED_TEXT: Final = 4096
EMBED_FIELDS: Final = 25
FIELD_NAME: Final = 256
FIELD_VALUE: Final = 1024
FOOTER: Final = 2048
EMBED_TOTAL: Final = 6000
LABEL: Final = 80
OPTION: Final = 100
PLACEHOLDER: Final = 150
FORM_TITLE: Final = 45
FORM_LABEL: Final = 45
INPUT_PLACEHOLDER: Final = 100
INPUT_HINT: Final = 100
TOPIC: Final = 1024

ELLIPSIS: Final = "…"
_BLANK: Final = "\u200b"
"""Stands where Discord requires a text and there is none."""


class Colour(IntEnum):
    """What an embed's edge says."""

    PANEL = 0x5865F2  # come in
    AI = 0x8B7CF6  # a machine wrote this
    WAITING = 0xF0B132  # a person is needed
    ACTIVE = 0x4A90D9  # somebody is at it
    GOOD = 0x3BA55D  # done, thank you
    BAD = 0xDA373C  # it went wrong
    OVER = 0x80848E  # history


def length(text: str) -> int:
    """The number of UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def clip(text: str, limit: int) -> str:
    """The text without outer whitespace, cut to `limit` with an ellipsis, at a word if near.

    `limit` is at least 1.
    """
    text = text.strip()
    if length(text) <= limit:
        return text
    head = prefix(text, limit - len(ELLIPSIS))
    at_word = max(head.rfind(" "), head.rfind("\n"))
    if at_word >= len(head) * 3 // 4:
        head = head[:at_word]
    return head.rstrip() + ELLIPSIS


def prefix(text: str, limit: int) -> str:
    """The longest beginning of at most `limit` units."""
    head = text[:limit]
    while (surplus := length(head) - limit) > 0:
        head = head[: -max(1, surplus // 2)]
    return head


Field = tuple[str, str, bool]
"""An embed's field: name, value, whether it may stand beside others."""


def embed(
    *,
    colour: Colour,
    title: str = "",
    text: str = "",
    fields: Sequence[Field] = (),
    footer: str = "",
    url: str | None = None,
) -> disnake.Embed:
    """An embed within Discord's limits; fields without a value are left out.

    When all together is too long, the fields give way from the last on, then the text.
    """
    made = disnake.Embed(title=clip(title, EMBED_TITLE) or None, colour=int(colour), url=url)
    left = EMBED_TOTAL - length(made.title or "")
    if footer := clip(footer, min(FOOTER, left)):
        made.set_footer(text=footer)
        left -= length(footer)
    if text := clip(text, min(EMBED_TEXT, left)):
        made.description = text
        left -= length(text)
    shown = [field for field in fields if field[1].strip()][:EMBED_FIELDS]
    for name, value, inline in shown:
        name = clip(name, FIELD_NAME) or _BLANK
        room = min(FIELD_VALUE, left - length(name))
        if room < 1:
            break
        value = clip(value, room)
        made.add_field(name, value, inline=inline)
        left -= length(name) + length(value)
    return made


def button(
    label: str,
    custom_id: str,
    style: disnake.ButtonStyle = disnake.ButtonStyle.secondary,
    *,
    emoji: str | None = None,
    disabled: bool = False,
) -> disnake.ui.Button[Any]:
    """A button that sends its custom_id."""
    return disnake.ui.Button(
        label=clip(label, LABEL), custom_id=custom_id, style=style, emoji=emoji, disabled=disabled
    )


def link(label: str, url: str) -> disnake.ui.Button[Any]:
    """A button that opens an address."""
    return disnake.ui.Button(label=clip(label, LABEL), url=url)

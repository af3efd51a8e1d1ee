"""The tree that Discord's Markdown is parsed into. Writers turn it into HTML or Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """Inline styles that enclose other nodes."""

    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    STRIKE = "strike"
    SPOILER = "spoiler"


class Target(StrEnum):
    """What a mention points to."""

    USER = "user"
    ROLE = "role"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Text:
    """Characters without meaning of their own; line breaks are kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Styled:
    """Children in one style."""

    style: Style
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Code in a line."""

    text: str


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Fenced code; Discord allows it in the middle of a line."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link whose address has passed `links.safe_url`."""

    url: str
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A member, role or channel by id."""

    target: Target
    id: str


@dataclass(frozen=True, slots=True)
class Label:
    """Text that Discord shows as a pill: @everyone, a command, a guide link."""

    text: str


@dataclass(frozen=True, slots=True)
class Emoji:
    """A server's own emoji, shown by its name: its picture lives on Discord."""

    name: str


@dataclass(frozen=True, slots=True)
class Timestamp:
    """Discord's `<t:...>`: seconds since 1970 and one of the letters tTdDfFRsS."""

    seconds: int
    style: str
    source: str


Inline = Text | Styled | Code | CodeBlock | Link | Mention | Label | Emoji | Timestamp


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """Level 1 to 3; level 0 is Discord's small text (`-# `)."""

    level: int
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A list item; `number` is None for a bullet, `depth` counts from 0."""

    depth: int
    number: int | None
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class ItemList:
    """Items in order; nesting is told by their depths."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Quoted blocks; a quote holds no quote."""

    children: tuple[Block, ...]


Block = Paragraph | Heading | ItemList | Quote

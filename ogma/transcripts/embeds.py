"""Discord's JSON for embeds, components and reactions, read without trusting its shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from ogma.transcripts.links import safe_url

MAX_DEPTH: Final = 5
"""Containers hold sections hold accessories: Discord nests no deeper."""
_BUTTONS: Final = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "premium"}
_SELECTS: Final = frozenset({3, 5, 6, 7, 8})


@dataclass(frozen=True, slots=True)
class EmbedField:
    """One name and value; inline ones stand side by side."""

    name: str
    value: str
    inline: bool


@dataclass(frozen=True, slots=True)
class Embed:
    """An embed's texts. Pictures are addresses only: a transcript loads nothing."""

    title: str
    url: str | None
    text: str
    color: str | None
    """'#rrggbb', or None for the default."""
    author: str
    author_url: str | None
    fields: tuple[EmbedField, ...]
    footer: str
    images: tuple[tuple[str, str | None], ...]
    """(host, address) of each picture."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button or, with `style` 'select', a closed dropdown."""

    label: str
    style: str
    url: str | None = None
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Buttons and dropdowns side by side."""

    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class TextPart:
    """Markdown inside a component."""

    text: str


@dataclass(frozen=True, slots=True)
class PicturePart:
    """Pictures or files that a component shows, by address."""

    images: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Container:
    """Components in a box."""

    parts: tuple[Part, ...]
    color: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A separator."""


Part = Row | TextPart | PicturePart | Container | Line


def read_embed(data: object) -> Embed:
    """The embed's texts; what has the wrong type counts as absent."""
    embed = _object(data)
    author, footer = _object(embed.get("author")), _object(embed.get("footer"))
    return Embed(
        title=_text(embed.get("title")),
        url=safe_url(embed.get("url")),
        text=_text(embed.get("description")),
        color=_color(embed.get("color")),
        author=_text(author.get("name")),
        author_url=safe_url(author.get("url")),
        fields=tuple(
            EmbedField(_text(one.get("name")), _text(one.get("value")), one.get("inline") is True)
            for one in _objects(embed.get("fields"))
        ),
        footer=_text(footer.get("text")),
        images=tuple(
            picture
            for key in ("thumbnail", "image")
            for picture in _picture(_object(embed.get(key)).get("url"))
        ),
    )


def read_components(data: object, depth: int = 0) -> tuple[Part, ...]:
    """The components that can be seen, classic rows and the newer layouts alike."""
    if depth >= MAX_DEPTH:
        return ()
    return tuple(part for one in _objects(data) for part in _parts(one, depth))


def read_reaction(data: object) -> tuple[str, int]:
    """(emoji, count); a server's own emoji reads `:name:`."""
    reaction = _object(data)
    count = reaction.get("count")
    return _emoji(reaction.get("emoji")) or "?", count if isinstance(count, int) else 1


def _parts(data: Mapping[str, Any], depth: int) -> Iterator[Part]:
    children = data.get("components")
    match data.get("type"):
        case 1:
            yield Row(tuple(_button(one) for one in _objects(children)))
        case 9:
            yield from read_components(children, depth + 1)
            accessory = _object(data.get("accessory"))
            if accessory.get("type") == 2:
                yield Row((_button(accessory),))
            else:
                yield from read_components([accessory], depth + 1)
        case 10:
            yield TextPart(_text(data.get("content")))
        case 11:
            yield PicturePart(tuple(_picture(_object(data.get("media")).get("url"))))
        case 12:
            media = [_object(one.get("media")).get("url") for one in _objects(data.get("items"))]
            yield PicturePart(tuple(picture for url in media for picture in _picture(url)))
        case 13:
            yield PicturePart(tuple(_picture(_object(data.get("file")).get("url"))))
        case 14:
            yield Line()
        case 17:
            color = _color(data.get("accent_color"))
            yield Container(read_components(children, depth + 1), color)


def _button(data: Mapping[str, Any]) -> Button:
    disabled = data.get("disabled") is True
    if data.get("type") in _SELECTS:
        chosen = [_text(o.get("label")) for o in _objects(data.get("options")) if o.get("default")]
        label = ", ".join(chosen) or _text(data.get("placeholder"))
        return Button(label, "select", None, disabled)
    style = data.get("style")
    named = _BUTTONS.get(style, "secondary") if isinstance(style, int) else "secondary"
    label = f"{_emoji(data.get('emoji'))} {_text(data.get('label'))}".strip()
    return Button(label, named, safe_url(data.get("url")), disabled)


def _picture(url: object) -> Iterator[tuple[str, str | None]]:
    if isinstance(url, str) and url:
        link = safe_url(url)
        try:
            host = urlsplit(link or "").hostname
        except ValueError:
            host, link = None, None
        yield host or url.rsplit("/", 1)[-1][:80], link


def _emoji(data: object) -> str:
    emoji = _object(data)
    name = _text(emoji.get("name"))
    return f":{name}:" if name and emoji.get("id") else name


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _color(value: object) -> str | None:
    """Zero is Discord's word for no colour."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return f"#{value:06x}" if 0 < value <= 0xFFFFFF else None


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _objects(value: object) -> list[Mapping[str, Any]]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [one for one in value if isinstance(one, Mapping)]

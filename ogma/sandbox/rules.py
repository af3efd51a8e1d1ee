"""What Discord refuses in a message and SimCord lets through. Pure: bodies in, errors out.

Sources: Discord's documentation, resources/message and components/reference, and its error
messages. SimCord itself checks lengths, counts and the shape of components.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from simcord.backend.errors import BackendError
from simcord.components import walk_components

from ogma.sandbox.attachments import MAX_FILE
from ogma.sandbox.call import Upload, form_error

COMPONENTS_V2: Final = 1 << 15
_BUTTON: Final = 2
_LINK: Final = 5
_PREMIUM: Final = 6
_EMBED_PARTS: Final = (
    "title",
    "description",
    "url",
    "timestamp",
    "color",
    "footer",
    "image",
    "thumbnail",
    "author",
    "fields",
)
_SCHEMES: Final = ("http://", "https://")


def check_message(body: Mapping[str, Any], files: list[Upload]) -> None:
    """Refuse a new message: nothing in it (50006), too large a file (40005), or bad parts."""
    check_parts(body, files)
    if not has_content(body, files):
        raise empty_message()


def check_parts(body: Mapping[str, Any], files: list[Upload]) -> None:
    """Refuse embeds, components and files that are wrong in themselves."""
    if any(upload.size > MAX_FILE for upload in files):
        raise BackendError(413, 40005, "Request entity too large")
    for index, embed in enumerate(body.get("embeds") or []):
        _check_embed(embed, f"embeds.{index}")
    for component in walk_components(body.get("components") or []):
        if component.get("type") == _BUTTON:
            _check_button(component)


def has_content(body: Mapping[str, Any], files: list[Upload]) -> bool:
    """Whether a reader would see anything; components alone are nothing, outside version 2."""
    if integer(body.get("flags") or 0, "flags") & COMPONENTS_V2 or files:
        return True
    content = body.get("content")
    if isinstance(content, str) and content.strip():
        return True
    if any(_has_parts(embed) for embed in body.get("embeds") or []):
        return True
    reference = body.get("message_reference") or {}
    others = (body.get("sticker_ids"), body.get("poll"), body.get("attachments"))
    return any(others) or reference.get("type") == 1


def empty_message() -> BackendError:
    """50006: no content, embed, file, sticker or poll."""
    return BackendError(400, 50006, "Cannot send an empty message")


def integer(value: Any, path: str) -> int:
    """A number that JSON carries as a number or as digits; raises 50035."""
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        message = f'Value "{value}" is not int.'
        raise form_error(path, "NUMBER_TYPE_COERCE", message) from error


def _has_parts(embed: Any) -> bool:
    return isinstance(embed, dict) and any(embed.get(part) for part in _EMBED_PARTS)


def _check_embed(embed: Any, path: str) -> None:
    if not isinstance(embed, dict):
        raise form_error(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used.")
    for index, entry in enumerate(embed.get("fields") or []):
        for key in ("name", "value"):
            if not str(entry.get(key) or "").strip():
                place = f"{path}.fields.{index}.{key}"
                raise form_error(place, "BASE_TYPE_REQUIRED", "This field is required")
    url = embed.get("url")
    if url and not str(url).startswith(_SCHEMES):
        raise _bad_scheme(f"{path}.url", url)


def _check_button(button: Mapping[str, Any]) -> None:
    style, emoji = button.get("style"), button.get("emoji")
    if style != _PREMIUM and not button.get("label") and not emoji:
        raise form_error(
            "components", "BUTTON_COMPONENT_REQUIRED", "A button must have a label or emoji."
        )
    if isinstance(emoji, dict) and not emoji.get("id") and _only_ascii(emoji.get("name")):
        raise form_error("components.emoji.name", "COMPONENT_INVALID_EMOJI", "Invalid emoji")
    url = str(button.get("url") or "")
    if style == _LINK and not url.startswith((*_SCHEMES, "discord://")):
        raise _bad_scheme("components.url", url)


def _only_ascii(name: Any) -> bool:
    """No emoji of Unicode is written in ASCII alone; key caps end in a combining character."""
    return not isinstance(name, str) or name.isascii()


def _bad_scheme(path: str, url: Any) -> BackendError:
    return form_error(
        path,
        "URL_TYPE_INVALID_SCHEME",
        f"Scheme of \"{url}\" must be one of ('http', 'https').",
    )

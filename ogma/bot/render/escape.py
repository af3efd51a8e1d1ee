"""Words of people and of models, made safe to show: nothing invisible, no faked link or mention."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_JOINERS: Final = "\u200c\u200d"
"""Persian and Indian scripts and joined emoji need them, between two other characters."""

_FILLERS: Final = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0\ufffc"
"""Letters and marks to Unicode, but nothing that a reader sees."""

_HARMLESS: Final = re.compile(r"[\n -~]*")
_SPECIAL: Final = re.compile(r"[\\`*_~|<>\[\]()#@]|:(?=//)|^[-+](?=\s)", re.MULTILINE)


def clean(text: str) -> str:
    """Composed (NFC), without what is invisible: controls, bidi marks, tags, lone surrogates.

    Line feeds stay, tabs become spaces. Cleaning twice changes nothing more.
    """
    if _HARMLESS.fullmatch(text):
        return text
    while (cleaned := _cleaned_once(text)) != text:
        text = cleaned
    return text


def _cleaned_once(text: str) -> str:
    composed = unicodedata.normalize("NFC", text.replace("\t", " "))
    kept: list[str] = []
    for index, character in enumerate(composed):
        if character in _JOINERS:
            following = composed[index + 1 : index + 2]
            if kept and _joins(kept[-1]) and _joins(following):
                kept.append(character)
        elif character == "\n" or not _invisible(character):
            kept.append(character)
    return "".join(kept)


def _joins(neighbour: str) -> bool:
    return neighbour > "\x7f" and neighbour not in _JOINERS and not _invisible(neighbour)


def _invisible(character: str) -> bool:
    if unicodedata.category(character) in ("Cc", "Cf", "Cs") or character in _FILLERS:
        return True
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0000" <= character <= "\U000e0fff"


def label(text: str) -> str:
    """One clean line, for places without Markdown: footers, buttons, forms, file names."""
    return " ".join(clean(text).split())


def plain(text: str) -> str:
    """One clean line that Markdown shows as it is: for names and subjects inside a text."""
    return _escaped(label(text))


def quoted(text: str) -> str:
    """Clean lines as a block quote that shows them as they are."""
    return "\n".join(f"> {_escaped(line)}" for line in clean(text).strip().splitlines())


def _escaped(text: str) -> str:
    """A backslash before everything that Discord's Markdown, mentions or links begin with."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def web_link(text: str, url: str | None) -> str:
    """The plain text, linked where the address is an ordinary one of the web."""
    if url is None or not re.fullmatch(r"https?://[^\s<>\"\\]+", url, re.IGNORECASE):
        return plain(text)
    return f"[{plain(text)}]({url.replace('(', '%28').replace(')', '%29')})"

"""Files to text with its structure, or the reason why not. The type is told by the content."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

MARKDOWN_SUFFIXES: Final = frozenset({".md", ".markdown", ".mdown", ".mkd"})

_MAGIC: Final = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3\x00", "a database"),
    (b"\x1f\x8b", "a compressed file"),
)
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE: Final = 4096
_USUAL: Final = ("cp1252", "cp1251", "cp1250", "koi8_r", "shift_jis", "cp932", "gb18030", "euc_kr")
"""Legacy encodings, the ones in widest use first, to choose between guesses of like merit."""
_NEAR_CHAOS: Final = 0.02
_NEAR_COHERENCE: Final = 0.1
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MOST_CONTROLS: Final = 0.01
"""A text with a larger share of control characters is taken for a binary file."""
_FRONT_MATTER: Final = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE: Final = re.compile(r"^title[ \t]*:[ \t]*(.+?)[ \t]*$", re.MULTILINE | re.IGNORECASE)


class Unreadable(Exception):
    """This file has no text to give; the message says why, in the middle of a sentence."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a file says: Markdown, or plain text where `markdown` is false."""

    text: str
    markdown: bool
    title: str | None = None
    """The title that the file states about itself outside of its text."""


def read(data: bytes, name: str) -> Content:
    """The text of a file named `name`; raises Unreadable with the reason."""
    text = decode(data)
    if not text.strip():
        raise Unreadable("it is empty")
    if PurePath(name).suffix.lower() not in MARKDOWN_SUFFIXES:
        return Content(text, markdown=False)
    front = _FRONT_MATTER.match(text)
    if front is None:
        return Content(text, markdown=True)
    title = _TITLE.search(front.group(1))
    stated = title.group(1).strip("\"'") if title else None
    return Content(text[front.end() :], markdown=True, title=stated or None)


def decode(data: bytes) -> str:
    """Bytes to text with plain line ends and no control characters; raises Unreadable."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise Unreadable(f"it is {kind}, not text")
    text = _decoded(data)
    controls = len(_CONTROL.findall(text))
    if controls > _MOST_CONTROLS * len(text):
        raise Unreadable("it is a binary file, not text")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text) if controls else text


def _decoded(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, errors="replace")
    if wide := _wide_encoding(data[:_SAMPLE]):
        return data.decode(wide, errors="replace")
    if b"\x00" in data[:_SAMPLE]:
        raise Unreadable("it is a binary file, not text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(data)


def _wide_encoding(sample: bytes) -> str | None:
    """UTF-16 without a byte order mark: Latin text has a zero in every second byte."""
    pairs = len(sample) // 2
    if pairs < 2:
        return None
    high = sample[1 : 2 * pairs : 2].count(0)
    low = sample[0 : 2 * pairs : 2].count(0)
    if high > 0.7 * pairs and low < 0.05 * pairs:
        return "utf-16-le"
    if low > 0.7 * pairs and high < 0.05 * pairs:
        return "utf-16-be"
    return None


def _legacy(data: bytes) -> str:
    """The likeliest legacy encoding; of those about as likely the one in widest use."""
    from charset_normalizer import from_bytes

    found = list(from_bytes(data))
    if not found:
        raise Unreadable("its encoding is unknown; save it as UTF-8")
    best = found[0]
    near = {
        match.encoding: match
        for match in found
        if match.chaos <= best.chaos + _NEAR_CHAOS
        and match.coherence >= best.coherence - _NEAR_COHERENCE
    }
    usual = next((near[encoding] for encoding in _USUAL if encoding in near), best)
    return str(usual)

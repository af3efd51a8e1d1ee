"""Bytes to text: encodings, line ends, control characters; and front matter of Markdown."""

from __future__ import annotations

import codecs
import re
from typing import Final

from ogma.knowledge.content import Content, Unreadable

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


def read_text(text: str) -> Content:
    """Plain text as it is; form feeds are page breaks."""
    return Content(text, markdown=False)


def read_markdown(text: str) -> Content:
    """Markdown; a title in its front matter names it."""
    front = _FRONT_MATTER.match(text)
    if front is None:
        return Content(text, markdown=True)
    title = _TITLE.search(front.group(1))
    stated = title.group(1).strip("\"'") if title else None
    return Content(text[front.end() :], markdown=True, title=stated or None)


def decode(data: bytes, declared: str | None = None) -> str:
    """Bytes to text with plain line ends and no control characters; raises Unreadable.

    `declared` is the encoding that the text states about itself; a mark at its beginning and
    sound UTF-8 count for more.
    """
    text = _decoded(data, declared)
    controls = len(_CONTROL.findall(text))
    if controls > _MOST_CONTROLS * len(text):
        raise Unreadable("it is a binary file, not text")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text) if controls else text


def _decoded(data: bytes, declared: str | None) -> str:
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
        return _declared(data, declared) or _legacy(data)


def _declared(data: bytes, declared: str | None) -> str | None:
    """By the encoding stated; browsers read Latin-1 as its superset, so does this."""
    if declared is None:
        return None
    name = "cp1252" if declared.lower() in {"iso-8859-1", "latin-1", "ascii"} else declared
    try:
        return data.decode(name, errors="replace" if name == "cp1252" else "strict")
    except (LookupError, UnicodeDecodeError):
        return None


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

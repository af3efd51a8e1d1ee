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
_ESCAPED: Final = (
    (re.compile(rb"\x1b\$\)C"), "iso2022_kr"),
    (re.compile(rb"\x1b(?:\$[@B]|\$\(D|\([IJ])"), "iso2022_jp_ext"),
    (re.compile(rb"~\{(?:[!-w][!-~])+~\}"), "hz"),
)
"""Encodings of seven bits, told by the sequences with which they switch alphabets."""
_TERMINAL: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
"""Colours of a terminal in a text that was recorded there."""
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_MUCH_SAMPLE: Final = 100_000
_TELLING: Final = 40
"""With fewer bytes beyond ASCII than this, only encodings of the web are thought of."""
_USUAL: Final = "cp1252"
_NEAR: Final = 0.6
"""The usual encoding is taken when it is this likely, as a share of the likeliest."""
_FEW_NULS: Final = 3
_MOSTLY_WORDS: Final = 0.7
_HIGHEST_PLANE: Final = 0x10
_LETTERS: Final = frozenset(range(0x03, 0x08))
_ALPHABETS: Final = _LETTERS | {0x00, 0x20}
_WEB_NAMES: Final = {
    **dict.fromkeys(("iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii"), _USUAL),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ksc5601"), "cp949"),
    **dict.fromkeys(("big5", "big5-hkscs"), "big5hkscs"),
    **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("tis-620", "iso-8859-11"), "cp874"),
}
"""Encodings that are read as their supersets, as browsers do."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
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
    if "\x1b" in text:
        text = _TERMINAL.sub("", text)
    controls = len(_CONTROL.findall(text))
    if controls > _MOST_CONTROLS * len(text) and not _has_stray_nuls(text, controls):
        raise Unreadable("it is a binary file, not text")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n")
    return _CONTROL.sub("", text) if controls else text


def _has_stray_nuls(text: str, controls: int) -> bool:
    """Zeros in a few places and nothing else: what a crash or a sloppy program leaves in a text."""
    runs = re.findall("\0+", text)
    return sum(map(len, runs)) == controls and len(runs) <= _FEW_NULS and len(text) > 4 + controls


def _decoded(data: bytes, declared: str | None) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, errors="replace")
    if wide := _wide_encoding(data[:_SAMPLE]):
        return data.decode(wide, errors="replace")
    for sequence, encoding in _ESCAPED:
        if sequence.search(data) and not _HIGH.search(data):
            return data.decode(encoding, errors="replace")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _declared(data, declared) or _legacy(data)
    sample = text[:_SAMPLE]
    if len(_CONTROL.findall(sample)) > _MOST_CONTROLS * len(sample):
        return _wide_after_all(data) or text
    return text


def _wide_after_all(data: bytes) -> str | None:
    """What looks like text full of control characters may be UTF-16 of another alphabet."""
    import chardet

    guess = chardet.detect(data[:_MUCH_SAMPLE])["encoding"] or ""
    if not guess.lower().startswith(("utf-16", "utf-32")):
        return None
    try:
        text = data.decode(guess)
    except UnicodeDecodeError:
        return None
    sound = sum(letter.isalnum() or letter.isspace() for letter in text[:_SAMPLE])
    return text if sound > _MOSTLY_WORDS * len(text[:_SAMPLE]) else None


def _declared(data: bytes, declared: str | None) -> str | None:
    """By the encoding stated; browsers read Latin-1 as its superset, so does this."""
    if declared is None:
        return None
    name = _WEB_NAMES.get(declared.lower(), declared)
    try:
        return data.decode(name, errors="replace" if name == _USUAL else "strict")
    except (LookupError, UnicodeDecodeError):
        return None


def _wide_encoding(sample: bytes) -> str | None:
    """UTF-16 and UTF-32 without a byte order mark, told by where the zeros are."""
    quads, pairs = len(sample) // 4, len(sample) // 2
    if pairs < 2:
        return None
    quarters = [sample[at : 4 * quads : 4] for at in range(4)]
    if quads >= 2 and not any(quarters[3]) and max(quarters[2]) <= _HIGHEST_PLANE:
        return "utf-32-le" if any(quarters[0]) else None
    if quads >= 2 and not any(quarters[0]) and max(quarters[1]) <= _HIGHEST_PLANE:
        return "utf-32-be" if any(quarters[3]) else None
    high = sample[1 : 2 * pairs : 2].count(0)
    low = sample[0 : 2 * pairs : 2].count(0)
    if high > 0.7 * pairs and low < 0.05 * pairs:
        return "utf-16-le"
    if low > 0.7 * pairs and high < 0.05 * pairs:
        return "utf-16-be"
    if _is_alphabet(sample[1 : 2 * pairs : 2]):
        return "utf-16-le"
    return "utf-16-be" if _is_alphabet(sample[0 : 2 * pairs : 2]) else None


def _is_alphabet(column: bytes) -> bool:
    """Whether every second byte is that of Greek, Cyrillic, Hebrew, Arabic and common signs."""
    return _ALPHABETS.issuperset(column) and not _LETTERS.isdisjoint(column)


def _legacy(data: bytes) -> str:
    """The likeliest legacy encoding; of those about as likely the one in widest use."""
    import chardet

    lines = b"".join(line for line in data.splitlines(keepends=True) if _HIGH.search(line))
    sample = data if b"\0" in data[:_SAMPLE] else lines[:_MUCH_SAMPLE]
    telling = len(_HIGH.findall(sample)) >= _TELLING
    era = chardet.EncodingEra.ALL & ~chardet.EncodingEra.MAINFRAME
    found = chardet.detect_all(
        sample,
        encoding_era=era if telling else chardet.EncodingEra.MODERN_WEB,
        ignore_threshold=not telling,
        max_bytes=_MUCH_SAMPLE,
    )
    likely = {guess["encoding"]: guess["confidence"] for guess in found if guess["encoding"]}
    if not likely:
        raise Unreadable("it is a binary file, not text")
    best = max(likely, key=lambda name: likely[name])
    usual = likely.get("Windows-1252", 0.0)
    if not telling and usual > 0 and usual >= _NEAR * likely[best]:
        best = _USUAL
    return _by_guess(data, best)


def _by_guess(data: bytes, encoding: str) -> str:
    try:
        return data.decode(_WEB_NAMES.get(encoding.lower(), encoding), errors="replace")
    except LookupError as error:
        raise Unreadable(f"its encoding {encoding} is not known; save it as UTF-8") from error

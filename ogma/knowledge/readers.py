"""Files to text with its structure, or the reason why not. The type is told by the content."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final

from ogma.knowledge.content import Content, Unreadable
from ogma.knowledge.formats.plain import decode, read_markdown, read_text

MARKDOWN_SUFFIXES: Final = frozenset((".md", ".markdown", ".mdown", ".mkd"))
JSON_SUFFIXES: Final = frozenset((".json", ".jsonl", ".ndjson"))
CSV_SUFFIXES: Final = frozenset((".csv", ".tsv"))
HTML_SUFFIXES: Final = frozenset((".html", ".htm", ".xhtml"))

_MAGIC: Final = (
    (b"\xd0\xcf\x11\xe0", "an old or an encrypted office document; save it anew as docx or xlsx"),
    (b"{\\rtf", "an RTF document; save it as docx"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a media file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3\x00", "a database"),
    (b"\x1f\x8b", "a compressed file; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file; unpack it first"),
    (b"Rar!", "a compressed file; unpack it first"),
)
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_PDF_WITHIN: Final = 1024
"""A PDF may have a little of something else in front."""
_HTML: Final = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_SAMPLE: Final = 4096


def read(data: bytes, name: str) -> Content:
    """The text of a file named `name`; raises Unreadable with the reason.

    What the bytes are decides; the name only tells kinds of text apart.
    """
    if b"%PDF-" in data[:_PDF_WITHIN]:
        from ogma.knowledge.formats.pdf import read_pdf

        return _with_text(read_pdf(data))
    if data.startswith(b"PK\x03\x04"):
        from ogma.knowledge.formats.office import read_office

        return _with_text(read_office(data))
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            if _ENCRYPTED in data:
                raise Unreadable("it is encrypted with a password")
            raise Unreadable(f"it is {kind}")
    return _with_text(_read_text_kind(data, name))


def is_html(data: bytes, name: str) -> bool:
    """Whether a text of this name is a web page."""
    suffix = PurePath(name).suffix.lower()
    if b"%PDF-" in data[:_PDF_WITHIN] or data.startswith((b"PK\x03\x04", *dict(_MAGIC))):
        return False
    looks_so = suffix not in MARKDOWN_SUFFIXES and _HTML.match(data[:_HTML_SAMPLE])
    return suffix in HTML_SUFFIXES or bool(looks_so)


def _read_text_kind(data: bytes, name: str) -> Content:
    suffix = PurePath(name).suffix.lower()
    if is_html(data, name):
        from ogma.knowledge.formats.html import read_html

        return read_html(data)
    text = decode(data)
    if suffix in MARKDOWN_SUFFIXES:
        return read_markdown(text)
    if suffix in CSV_SUFFIXES:
        from ogma.knowledge.formats.tables import read_csv

        return read_csv(text)
    if suffix in JSON_SUFFIXES:
        from ogma.knowledge.formats.tables import read_json

        return read_json(text) or read_text(text)
    return read_text(text)


def _with_text(content: Content) -> Content:
    if not content.text.strip():
        raise Unreadable("it is empty")
    return content

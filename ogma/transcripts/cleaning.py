"""What people typed, without the characters that only a machine would see."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]|\r(?!\n)")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_INVISIBLE = re.compile(
    r"[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)


def clean_text(text: str) -> str:
    """Running text: terminal controls go, line breaks and writing direction stay."""
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", text.replace("\r\n", "\n")))


def clean_line(text: str) -> str:
    """Names and labels: one line, and nothing that turns the direction of what follows."""
    return " ".join(_INVISIBLE.sub("", clean_text(text)).split())

"""Characters that a reader does not see but a model or a parser does, taken out."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_HIDDEN: Final = re.compile(
    "["
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\ud800-\udfff"
    "]"
)
"""Soft hyphens, fillers, zero-width marks, bidirectional controls, variation selectors, tags."""

_JOINER: Final = re.compile("(?<![\u2600-\u27bf\U0001f000-\U0001faff])\u200d|\u200d$")
"""A zero-width joiner that does not join emoji."""
_BREAKS: Final = re.compile("\r\n?|[\u0085\u2028\u2029\x0b\x0c]")
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")


def visible(text: str) -> str:
    """NFC text with plain line breaks and without anything invisible. Idempotent."""
    bare = _CONTROLS.sub("", _HIDDEN.sub("", _BREAKS.sub("\n", text)))
    while (joined := _JOINER.sub("", bare)) != bare:
        bare = joined
    return unicodedata.normalize("NFC", bare)

"""Which chunks are lists of short lines: those are also known by each line alone.

A list of messages or questions, one a paragraph, has no one meaning that a vector of the whole
could hold, and a question is often like one line of it. The points of ordinary lists are left out:
pages are full of them, and they would cost their embedding twice.
"""

from __future__ import annotations

import re
from typing import Final

from ogma.knowledge.sentences import estimate_tokens

FEWEST: Final = 3
SHORT_TOKENS: Final = 20
"""The lines' mean size up to which a chunk counts as a list; longer ones speak for themselves."""
MOST: Final = 60
"""Lines of a chunk that are looked at."""

_BETWEEN: Final = re.compile(r"\n[ \t]*\n\s*")
_NO_LIST: Final = re.compile(r"^[ \t]*(?:```|~~~|\|)", re.MULTILINE)
"""Code and tables have lines of another kind."""


def lines(text: str) -> list[str]:
    """The paragraphs of a chunk that is a list of short ones, else nothing."""
    if _NO_LIST.search(text):
        return []
    found = [line.strip() for line in _BETWEEN.split(text)[:MOST]]
    found = [line for line in found if any(char.isalnum() for char in line)]
    if len(found) < FEWEST or estimate_tokens(text) > SHORT_TOKENS * len(found):
        return []
    return found

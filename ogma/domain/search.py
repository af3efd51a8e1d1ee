"""What somebody typed as a search over tickets, as a full-text query (T3)."""

from __future__ import annotations

import re
from typing import Final

from ogma.errors import UsageError

START: Final = "\x02"
END: Final = "\x03"
"""Around what was found, inside an excerpt."""

_SHORTEST: Final = 3
"""Letters of a beginning: with fewer, half of all words would be gone through."""

_PART: Final = re.compile(r'"([^"]*)"|(\S+)')
_WORD: Final = re.compile(r"\w")


def match_expression(query: str) -> str:
    """All of these words, in any order and form; "in quotes": in this order; end*: a beginning.

    Nothing else has a meaning of its own. Raises UsageError where there is no word, and where a
    beginning is too short.
    """
    parts = []
    for phrase, word in _PART.findall(query):
        text = phrase or word.replace('"', " ")
        if not _WORD.search(text):
            continue
        beginning = "*" if word.endswith("*") else ""
        if beginning and text.isascii() and len(_WORD.findall(text)) < _SHORTEST:
            raise UsageError(f"Write at least {_SHORTEST} letters before the * of '{word}'.")
        parts.append(f'"{text.strip()}"{beginning}')
    if not parts:
        raise UsageError(f"There is no word to search for in '{query.strip()}'.")
    return " AND ".join(parts)

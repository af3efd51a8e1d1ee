"""What somebody typed as a search over tickets, as a full-text query (T3)."""

from __future__ import annotations

import re
from typing import Final

from ogma.errors import UsageError

START: Final = "\x02"
END: Final = "\x03"
"""Around what was found, inside an excerpt."""

_PART: Final = re.compile(r'"([^"]*)"|(\S+)')
_WORD: Final = re.compile(r"\w")


def match_expression(query: str) -> str:
    """All of these words, in any order and form; "in quotes": in this order; end*: a beginning.

    Nothing else has a meaning of its own. Raises UsageError where there is no word.
    """
    parts = []
    for phrase, word in _PART.findall(query):
        text = phrase or word.replace('"', " ")
        if not _WORD.search(text):
            continue
        beginning = "*" if word.endswith("*") else ""
        parts.append(f'"{text.strip()}"{beginning}')
    if not parts:
        raise UsageError(f"There is no word to search for in '{query.strip()}'.")
    return " AND ".join(parts)

"""How many tokens a text takes, guessed without a tokenizer: never too few, and never too many.

Ollama has no tokenizer endpoint, and cuts a prompt that is too long in silence. `most` budgets
the prompt; `fewest` unmasks a prompt of which the model counted less than can be true.
"""

from __future__ import annotations

import math
import re
from typing import Final

_RUNS: Final = re.compile(r"[A-Za-z]+|[0-9]+|[^\x00-\x7f]+|[ \t]+|.", re.DOTALL)
_LETTERS_PER_TOKEN: Final = 4
_BYTES_PER_TOKEN: Final = 2
"""For everything outside ASCII: Cyrillic takes 2 bytes a letter, Han and Kana 3."""

_WORD: Final = re.compile(r"[A-Za-z]{2,}")
_LEAST_PER_WORD: Final = 0.75
_LEAST_PER_CHARACTER: Final = 0.2

MESSAGE_OVERHEAD: Final = 16
"""Tokens that a chat template may put around one message."""


def most(text: str) -> int:
    """A pessimistic count: longer words cost more, digits, signs and line breaks one each."""
    return sum(_most_of(run.group()) for run in _RUNS.finditer(text))


def _most_of(run: str) -> int:
    if not run.isascii():
        return math.ceil(len(run.encode()) / _BYTES_PER_TOKEN)
    if run.isalpha():
        return math.ceil(len(run) / _LETTERS_PER_TOKEN)
    if run.isdigit():
        return len(run)
    return math.ceil(len(run) / 8) - 1 if run.isspace() and run != "\n" else 1


def fewest(text: str) -> int:
    """An optimistic count: no tokenizer in use packs the text into fewer."""
    foreign = sum(char.isalpha() and not char.isascii() for char in text)
    return math.floor(_LEAST_PER_WORD * len(_WORD.findall(text)) + _LEAST_PER_CHARACTER * foreign)

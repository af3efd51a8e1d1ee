"""Questions that a knowledge base can be asked without anybody having asked them (K7).

Its own sentences speak like its documents; its titles, shortened or misspelt, name a subject as a
customer would. Both are wanted: what is right for the one alone is unsafe for the other.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from typing import Final, TypeVar

from ogma.knowledge.sentences import sentences

LONGEST: Final = 40
"""Words of a sentence that is asked as a question."""
_LEFT_OUT: Final = 0.35
_MISSPELT: Final = 0.25
_LONG_WORD: Final = 5

T = TypeVar("T")


def said(text: str, title: str) -> list[str]:
    """The sentences and lines of a text that can be asked; not its title, which gives it away."""
    lines = [
        line.strip()
        for sentence, _ in sentences(text, LONGEST + 1)
        for line in sentence.split("\n")
    ]
    return [
        line
        for line in lines
        if len(line.split()) <= LONGEST
        and any(char.isalpha() for char in line)
        and line.casefold() != title.casefold()
    ]


def shortened(text: str) -> str:
    """The text without about a third of its words; the same ones every time."""
    chance = _chance(text)
    left = [word for word in text.split() if chance.random() > _LEFT_OUT]
    return " ".join(left) or text


def misspelt(text: str) -> str:
    """The text with a letter missing or two swapped in a quarter of its longer words."""
    chance = _chance(text)
    return " ".join(_slip(word, chance) for word in text.split())


def _slip(word: str, chance: random.Random) -> str:
    if len(word) < _LONG_WORD or chance.random() >= _MISSPELT:
        return word
    at = chance.randrange(1, len(word) - 1)
    if chance.random() < 0.5:
        return word[:at] + word[at + 1 :]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _chance(text: str) -> random.Random:
    return random.Random(zlib.crc32(text.encode("utf-8", "replace")))


def spread(items: Sequence[T], most: int) -> list[T]:
    """At most `most` of the items, evenly spread, the same ones every time."""
    if len(items) <= most:
        return list(items)
    return [items[number * len(items) // most] for number in range(most)]

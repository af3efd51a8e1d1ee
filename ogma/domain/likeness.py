"""Whether two short texts say the same: near-duplicates by words, and by meaning where known."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from typing import Final


class Likeness(StrEnum):
    """How two tips stand to each other."""

    SAME = "same"
    DIFFERING = "differing"
    """They speak of the same and differ in a figure or a "not"."""
    OTHER = "other"


_SAME_TOKENS: Final = 0.7
"""The share of all their words that two tips have in common to be the same by words alone."""
_SAME_MEANING: Final = 0.85
"""The cosine from which two tips that share some words are the same: pairs that are had 0.85 and
more with all-MiniLM-L6-v2, near misses at most 0.75 (see the test)."""
_SOME_TOKENS: Final = 0.4
_NEGATIVE: Final = re.compile(
    r"^(?:not|no|never|none|cannot|without|only|\w+n['’]t|nicht|kein\w*|nie|niemals|ohne|nur)$"
)
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SMALL_WORDS: Final = """
a an the is are to of and or in on at for it this that with your you be can will please
der die das ein eine ist sind zu und oder in auf für es mit dein deine du kann bitte
"""
_SMALL: Final = frozenset(_SMALL_WORDS.split())


@lru_cache(maxsize=8192)
def tokens(text: str) -> frozenset[str]:
    """The words of a text, folded, without those that say nothing."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return frozenset(_stem(word) for word in _WORD.findall(plain) if word not in _SMALL)


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s", "en", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def likeness(one: str, other: str, cosine: float | None = None) -> Likeness:
    """Whether two texts teach the same; `cosine` where an embedding model is at hand."""
    mine, theirs = tokens(one), tokens(other)
    facts = _facts(mine), _facts(theirs)
    mine, theirs = mine - facts[0], theirs - facts[1]
    share = overlap(mine, theirs)
    alike = share >= _SAME_TOKENS
    if cosine is not None and share >= _SOME_TOKENS:
        alike = alike or cosine >= _SAME_MEANING
    if not alike:
        return Likeness.OTHER
    return Likeness.SAME if facts[0] == facts[1] else Likeness.DIFFERING


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the words of both that both have."""
    return len(one & other) / max(1, len(one | other))


def _facts(words: frozenset[str]) -> frozenset[str]:
    """Figures and negations: what turns a text into another one."""
    return frozenset(
        word for word in words if any(char.isdigit() for char in word) or _NEGATIVE.match(word)
    )

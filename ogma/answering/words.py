"""Words as the checks compare them: folded, stemmed, without the ones that say nothing.

Stems come from the Snowball English stemmer. For other languages that is a mild normalisation
at worst, because the same rules are applied to both sides of every comparison.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from py_rust_stemmers import SnowballStemmer  # type: ignore[import-untyped]

_STEMMER: Final = SnowballStemmer("english")
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_UNSPACED: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
"""Kana and Han: written without spaces, so they are compared by pairs of characters."""

_FUNCTION_WORDS: Final = """
a about above after again all also although always am an and another any anyone anything are
aren't as at be because been before being below between both but by came can can't cannot come
could couldn't did didn't do does doesn't doing don't done down during each either else ever every
few for from further get gets getting go goes going gone got had hadn't has hasn't have haven't
having he her here hers him his how however i i'd i'll i'm i've if in instead into is isn't it
it's its itself just let let's like made make makes making many may me might mine more most much
must my myself near neither never no nobody none nor not nothing now of off on once one only onto
or other our ours out over own per quite rather really same say shall she should shouldn't since
so some somehow someone something soon still such take than that that's the their them then there
there's these they they're thing things this those though through thus to too toward under until
up upon us use used uses using very via want wants was wasn't way we we're well went were weren't
what what's whatever when where where's whereas whether which while who who's whom whose why will
with within without won't would wouldn't yes yet you you'd you'll you're you've your yours
yourself
"""
_CHATTER: Final = """
alright anybody everybody everyone folks guys hello help hey hi hiya howdy idk im ive kindly know
lol maybe mean morning evening night need needs ok okay please pls plz possible question quick
regards sir sorry sure tell thank thanks thx tried try trying understand wanna wanted wonder
wondering able actually basically dear dont cant doesnt isnt wont whats hows hope
"""
FUNCTION_WORDS: Final = frozenset(_FUNCTION_WORDS.split())
STOP_WORDS: Final = FUNCTION_WORDS | frozenset(_CHATTER.split())
"""Words that carry no subject: function words, and the small talk around a question."""


def fold(text: str) -> str:
    """Compatibility-normalised, caseless text with plain apostrophes, quotes and dashes."""
    plain = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    return plain.casefold()


_PLAIN: Final = str.maketrans("’‘ʼ`“”„‐‑‒–—−", "''''\"\"\"------")


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of one folded word; words with a digit stay as they are."""
    bare = word.removesuffix("'s")
    if any(char.isdigit() for char in bare):
        return bare
    return str(_STEMMER.stem_word(bare))


def words(text: str) -> list[str]:
    """Every word of the text, folded, in order."""
    found: list[str] = []
    for match in _WORD.finditer(fold(text)):
        token = match.group()
        if _UNSPACED.search(token):
            found += _pairs(token)
        else:
            found.append(token)
    return found


def _pairs(token: str) -> list[str]:
    if len(token) < 2:
        return [token]
    return [token[at : at + 2] for at in range(len(token) - 1)]


def is_function_word(word: str) -> bool:
    """Whether the word carries no subject, contractions like "there's" included."""
    folded = fold(word)
    return folded in STOP_WORDS or folded.partition("'")[0] in STOP_WORDS


def content_words(text: str) -> list[str]:
    """Stems of the words that carry the subject, in order, repetitions kept."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS]


def claimed_words(text: str) -> set[str]:
    """Stems of all but function words: in an answer, "possible" or "needs" is a claim too."""
    return {stem(word) for word in words(text) if word not in FUNCTION_WORDS}


NEUTRAL: Final = frozenset(
    claimed_words(
        "according accordingly additionally answer article called details docs documentation"
        " documented example explained finally firstly follow following follows guide information"
        " instance instructions known listed mentioned named namely note page passage secondly"
        " section simply specifically stated step steps therefore"
    )
)
"""Words about the answer itself. Every other content word must stand in the cited passages:
one word that is not theirs is enough to turn a sentence false."""


def rarity(wanted: Iterable[str], texts: Sequence[frozenset[str]]) -> dict[str, float]:
    """How much each wanted stem tells: the fewer of the texts have it, the more."""
    total = len(texts)
    return {
        word: math.log(1 + (total + 1) / (0.5 + sum(word in text for text in texts)))
        for word in set(wanted)
    }


def coverage(weights: Mapping[str, float], present: frozenset[str] | set[str]) -> float:
    """The share of the wanted weight that is present, 0 to 1; 0 when nothing is wanted."""
    mass = sum(weights.values())
    if mass <= 0:
        return 0.0
    return sum(weight for word, weight in weights.items() if word in present) / mass

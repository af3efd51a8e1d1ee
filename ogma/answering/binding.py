"""Whether a sentence keeps together what its evidence has together.

All words of an answer may stand in its passages and yet be put together to something false: the
price of another plan, the end of another sentence, two words that changed places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from ogma.answering.evidence import Evidence
from ogma.answering.language import language_of
from ogma.answering.literals import Figure, figures, is_unit, names
from ogma.answering.words import NEUTRAL, STOP_WORDS, claimed_words, fold, stem, words

CLAUSE_CUT: Final = 0.6
"""The share of a clause's words that a single sentence of the evidence must have."""
_FEWEST: Final = 3
"""Words of a clause from which a share of them says something."""
_CLAUSE: Final = re.compile(
    r"[;,:](?=\s)|[()]|\b(?:and|but|while|whereas|or|so|because|und|aber|oder|et|mais|ou|y|pero)\b",
    re.IGNORECASE,
)
_CAPITAL: Final = re.compile(r"\b[^\W\d_a-z][^\W_]*")
_ORDERED: Final = frozenset(["after", "before", "by", "from", "into", "than", "to"])
"""Function words that say which of two comes first."""
_RESTATED: Final = 0.8
"""The share of a sentence's words from which it says a sentence of the evidence again."""


def unbound(sentence: str, evidence: Evidence) -> str | None:
    """What of the sentence is put together from several sentences of its evidence, or None."""
    return _mixed(sentence, evidence) or _exchanged(sentence, evidence)


# -- what belongs to what ----------------------------------------------------------------------


def _mixed(sentence: str, evidence: Evidence) -> str | None:
    """The clause that no single sentence of the evidence bears, with its names and figures."""
    known = _names(evidence.whole, sentence)
    place = claimed_words(evidence.place)
    bearers = [
        (claimed_words(unit), {stem(word) for word in words(context)} | _values(context))
        for unit, context in zip(evidence.units, evidence.contexts, strict=True)
    ]
    carried: frozenset[str] = frozenset()
    for clause in _clauses(sentence):
        own_names = frozenset(_capitalised(clause) & known)
        anchors = own_names | _values(clause)
        if not own_names:
            anchors |= carried
        carried = own_names or carried
        claims = claimed_words(clause) - NEUTRAL - place - known
        if not any(
            (anchors <= there or (anchors - place <= there and bag & known <= anchors))
            and (len(claims) < _FEWEST or _share(claims, bag) >= CLAUSE_CUT)
            for bag, there in bearers
        ):
            return f"not said in one place: {' '.join(clause.split())}"
    return None


def _share(claims: set[str], bag: set[str]) -> float:
    return len(claims & bag) / max(1, len(claims))


def _clauses(text: str) -> list[str]:
    return [part for part in _CLAUSE.split(text) if part.strip()]


def _names(whole: str, sentence: str) -> frozenset[str]:
    """What is a name in the passages or in the sentence, also where a sentence begins with it."""
    if language_of(sentence) == "de":
        return frozenset()  # there, every noun is capitalised
    found = (fold(name) for name in (*names(whole), *names(sentence)))
    return frozenset(stem(name) for name in found if not is_unit(name))


def _capitalised(text: str) -> set[str]:
    return {stem(fold(word)) for word in _CAPITAL.findall(text)}


def _values(text: str) -> frozenset[str]:
    """The numbers, but for "one", which is a pronoun more often."""
    return frozenset(one.value for one in figures(text) if one != Figure("1", None))


# -- what comes before what --------------------------------------------------------------------


def _exchanged(sentence: str, evidence: Evidence) -> str | None:
    """Two words that stand in each other's place, with what is between them as it was."""
    own = _sequence(sentence)
    for unit in evidence.units:
        there = _sequence(unit)
        if _share(set(own), set(there)) < _RESTATED:
            continue
        shared = [word for word in own if own.count(word) == 1 and there.count(word) == 1]
        at = [there.index(word) for word in shared]
        for first, last in _swaps(at):
            return f"{shared[first]} and {shared[last]} exchanged"
    return None


def _sequence(text: str) -> list[str]:
    """The words in order as they are written, without those that say nothing about it."""
    return [word for word in words(text) if word in _ORDERED or word not in STOP_WORDS]


def _swaps(at: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs with something between them after whose exchange all is in order."""
    if list(at) == sorted(at):
        return
    wrong = [here for here, place in enumerate(sorted(at)) if at[here] != place]
    for first, last in combinations(wrong, 2):
        if len(wrong) == 2 and last - first > 1:
            yield first, last

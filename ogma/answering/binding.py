"""Whether a sentence keeps together what its evidence has together.

All words of an answer may stand in its passages and yet be put together to something false: the
price of another plan, the end of another sentence, two words that changed places.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from typing import Final

from ogma.answering.evidence import PRONOUNS, Evidence
from ogma.answering.language import language_of
from ogma.answering.literals import Figure, figures, is_unit, names
from ogma.answering.polarity import has_verb
from ogma.answering.words import NEUTRAL, STOP_WORDS, claimed_words, fold, stem, words

CLAUSE_CUT: Final = 0.67
"""The share of a clause's words that one clause of the evidence must have."""
_CLAUSE: Final = re.compile(
    r"[;:](?=\s)|[()]|\b(?:and(?!\s+\d)|but|while|whereas|und|aber|während|et|mais|y|pero)\b",
    re.IGNORECASE,
)
_COMMA: Final = re.compile(r",(?=\s)")
_PART: Final = 6
"""Words up to which what has no verb is a part of the clause beside it."""
_SUBJECT: Final = 2
"""Content words with which a clause says what it is about."""
_SOON: Final = 5
"""Words of a clause among which a pronoun stands for its subject."""
_OWN_SUBJECT: Final = frozenset(
    ["a", "an", "my", "no", "only", "our", "the", "these", "this", "those", "we", "you", "your"]
)
"""Words that begin a clause which speaks of something of its own."""
_CAPITAL: Final = re.compile(r"\b[^\W\d_a-z][^\W_]*")
_CODE: Final = re.compile(r"`[^`]*`")
_ORDERED: Final = frozenset(["after", "before", "by", "from", "into", "than", "to"])
"""Function words that say which of two comes first."""
_ENOUGH: Final = 4
_MOST: Final = 40
"""Of more than the one and up to the other shared words, one may have gone elsewhere by itself."""
_RESTATED: Final = 0.8
"""The share of a sentence's words from which it says a sentence of the evidence again."""


def unbound(sentence: str, evidence: Evidence) -> str | None:
    """What of the sentence is put together from several clauses of its evidence, or None."""
    return _mixed(sentence, evidence) or _exchanged(sentence, evidence)


# -- what belongs to what ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause of an answer or of evidence, with what it says of what was named before."""

    text: str
    claims: frozenset[str]
    named: frozenset[str]
    values: frozenset[str]
    before: frozenset[str] = frozenset()
    """The subject of the clause before, where this one has none."""

    @property
    def subject(self) -> frozenset[str]:
        """What the clause is about: where it begins, or where the one before began."""
        begins = [word for word in map(stem, words(self.text)) if word in self.claims]
        return self.before or frozenset(begins[:_SUBJECT])

    def joined(self, after: _Clause) -> _Clause:
        return _Clause(
            f"{self.text} {after.text}",
            self.claims | after.claims,
            self.named | after.named,
            self.values | after.values,
            self.before,
        )


def _mixed(sentence: str, evidence: Evidence) -> str | None:
    """The clause that no clause of the evidence bears, with its names and figures."""
    known = _names(evidence.whole, sentence)
    place = claimed_words(evidence.place)
    bearers = list(_bearers(evidence, known))

    def borne(clause: _Clause) -> bool:
        return any(_bears(one, clause, place, known) for one in bearers)

    for line in sentence.splitlines():  # in a list, each item stands for itself
        for clause in _said(_clauses(line), known):
            parts = [
                replace(part, named=part.named or clause.named)
                for part in _said(_COMMA.split(clause.text), known)
            ]
            if not borne(clause) and not (len(parts) > 1 and all(map(borne, parts))):
                return f"not said in one place: {' '.join(clause.text.split())}"
    return None


def _bears(one: _Clause, clause: _Clause, place: set[str], known: frozenset[str]) -> bool:
    """Whether the evidence's clause says what the answer's clause does, of the same things."""
    there = one.named | one.claims | place
    foreign = clause.named - one.named
    if not clause.values <= one.values or not clause.named <= there:
        return False
    if foreign and not (one.claims & known <= clause.named):
        return False  # it names something else, and is not about the title
    said = clause.claims - NEUTRAL
    subject = next((word for word in map(stem, words(clause.text)) if word in said), None)
    claims = said - place - known
    return (subject is None or subject in there | one.before) and (
        not claims or len(claims & (one.claims | one.before)) / len(claims) >= CLAUSE_CUT
    )


def _said(texts: Iterable[str], known: frozenset[str]) -> Iterator[_Clause]:
    """The clauses of an answer; one that has no subject speaks of the names before it."""
    named: frozenset[str] = frozenset()
    for text in texts:
        own = frozenset(_capitalised(text) & known)
        named = own or (frozenset() if _has_subject(text) else named)
        yield _Clause(text, frozenset(claimed_words(text)), named, _values(text))


def _bearers(evidence: Evidence, known: frozenset[str]) -> Iterator[_Clause]:
    """The clauses of the evidence, and short ones joined to their neighbours."""
    for unit, context in zip(evidence.units, evidence.contexts, strict=True):
        before = frozenset(_stems(context.removesuffix(unit)) & known)
        made: list[_Clause] = []
        for text in _clauses(unit):
            own = frozenset(_stems(text))
            alone = _has_subject(text) and made
            clause = _Clause(
                text,
                frozenset(claimed_words(text)),
                own if alone else own | before,
                _values(text),
                frozenset() if alone or not made else made[-1].subject,
            )
            if not PRONOUNS.isdisjoint(words(text)[:_SOON]):
                clause = reduce(_Clause.joined, [*made, clause])
            before = clause.named & known
            made.append(clause)
        yield from made
        for one, after in pairwise(made):
            if _is_part(one) or _is_part(after):
                yield one.joined(after)


def _is_part(clause: _Clause) -> bool:
    return len(words(clause.text)) <= _PART and not has_verb(clause.text)


def _clauses(text: str) -> list[str]:
    return [part for part in _CLAUSE.split(text) if part.strip()]


def _has_subject(clause: str) -> bool:
    return next(iter(words(clause)), "") in _OWN_SUBJECT


def _names(whole: str, sentence: str) -> frozenset[str]:
    """What is a name in the passages or in the sentence, also where a sentence begins with it."""
    if language_of(sentence) == "de":
        return frozenset()  # there, every noun is capitalised
    found = (fold(name) for name in (*names(whole), *names(sentence)))
    return frozenset(stem(name) for name in found if not is_unit(name))


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(text)}


def _capitalised(text: str) -> set[str]:
    return {stem(fold(word)) for word in _CAPITAL.findall(_CODE.sub(" ", text))}


def _values(text: str) -> frozenset[str]:
    """The numbers, but for "one", which is a pronoun more often."""
    return frozenset(one.value for one in figures(text) if one != Figure("1", None))


# -- what comes before what --------------------------------------------------------------------


def _exchanged(sentence: str, evidence: Evidence) -> str | None:
    """Two words or phrases that changed places, with what is between them as it was."""
    own = _sequence(sentence)
    said = Counter(own)
    for unit in evidence.units:
        for part in (unit, *unit.split(";")):
            there = _sequence(part)
            if len(set(own) & set(there)) < _RESTATED * len(set(own)):
                continue
            once = {word for word, times in Counter(there).items() if times == 1}
            shared = [word for word in own if word in once and said[word] == 1]
            for left in _but_for_one(shared):
                if swap := _swap([there.index(word) for word in left]):
                    return f"{left[swap[0]]} and {left[swap[1]]} exchanged"
    return None


def _but_for_one(shared: Sequence[str]) -> Iterator[Sequence[str]]:
    """The words, and the words without each of them: a clause may have been moved as well."""
    yield shared
    if _ENOUGH < len(shared) <= _MOST:
        yield from ([*shared[:at], *shared[at + 1 :]] for at in range(len(shared)))


def _sequence(text: str) -> list[str]:
    """The words in order as they are written, without those that say nothing about it."""
    return [word for word in words(text) if word in _ORDERED or word not in STOP_WORDS]


def _swap(at: Sequence[int]) -> tuple[int, int] | None:
    """Where two blocks begin that changed places around a third one, and nothing else did."""
    order = sorted(range(len(at)), key=at.__getitem__)
    place = {here: rank for rank, here in enumerate(order)}
    ranks = [place[here] for here in range(len(at))]
    wrong = [here for here, rank in enumerate(ranks) if here != rank]
    if not wrong:
        return None
    start, end = wrong[0], wrong[-1] + 1
    moved = [rank - start for rank in ranks[start:end]]
    first, last = len(moved) - moved[0], moved[-1] + 1
    put_right = [*moved[-last:], *moved[first:-last], *moved[:first]]
    if first + last < len(moved) and put_right == list(range(len(moved))):
        return start, end - last
    return None

"""Whether a sentence turns its evidence round: not, never, only, always, must, at most."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from ogma.answering.opposites import opposed
from ogma.answering.words import claimed_words, content_words, fold, stem, words

_IDIOMS: Final = re.compile(
    r"\bnot only\b|\bno matter\b|\bwhy not\b|\bno later than\b|\bno more than\b|\bno fewer than\b"
    r"|\bif not\b|\bwhether or not\b|\bdon't (?:worry|hesitate|forget)\b|\bno problem\b"
)
"""Negative in form only."""

_CLASSES: Final = {
    "not": re.compile(
        r"\b(?:not|never|no|none|neither|nobody|nothing|nowhere|cannot|without|unable"
        r"|impossible|unavailable|unsupported|refused?|denied|forbidden|prohibited|disallowed"
        r"|\w+n't|cant|wont|dont|nicht|kein\w*|nie|niemals|ohne|ne|pas|jamais|aucune?|sans"
        r"|nunca|ning[uú]n\w*|sin|non|mai|senza|nem|n[aã]o|niet|geen|nooit)\b"
    ),
    "only": re.compile(
        r"\b(?:only|solely|exclusively|except|unless|nur|ausschließlich|außer|seulement"
        r"|uniquement|sauf|solo|solamente|excepto|somente|alleen)\b"
    ),
    "always": re.compile(
        r"\b(?:always|every|everyone|everybody|all|any|anyone|each|whenever|unlimited|guaranteed?"
        r"|immer|jede\w*|alle\w*|toujours|tous|toutes|chaque|siempre|todos?|todas?|cada)\b"
    ),
    "must": re.compile(
        r"\b(?:must|required?|requires|mandatory|have to|has to|need to|needs to|obliged"
        r"|muss|müssen|erforderlich|doit|doivent|obligatoire|debe|deben|obligatorio)\b"
    ),
}
_CEILING: Final = (
    r"(?:up to|at most|maximum(?: of)?|max\.?|less than|fewer than|under|below|within)"
)
_FLOOR: Final = r"(?:at least|minimum(?: of)?|min\.?|more than|over|above|from|starting at)"
_BOUND: Final = re.compile(rf"\b(?:(?P<ceiling>{_CEILING})|(?P<floor>{_FLOOR}))\s+\D{{0,3}}(\d+)")

_TAKES_FOR_GRANTED: Final = re.compile(
    r"\b(?:who|whom|whose|when|where|which|what|how (?:long|often|far|old|big|large|high|tall))\b"
)
"""Not "how many" and "how much": "no limit" and "without a fee" answer these."""
_CLAUSE: Final = re.compile(
    r"[;,]|\b(?:and|while|whereas|und|et|y)\b|(?=\b(?:but|aber|mais|pero)\b)"
)
_EXCEPTS: Final = re.compile(
    r"^\s*(?:but|aber|mais|pero)\b|\b(?:except|unless|außer|sauf|excepto)\b"
)
"""A clause that takes something back: without it, the rest is not true any more."""
_VERB: Final = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|can|could|will|would|shall|should|may"
    r"|might|must|cannot|\w+n't|ist|sind|war|waren|hat|haben|kann|können|wird|werden)\b"
)
_FRAGMENT: Final = 3
"""Words of a part without such a verb that is no clause, as "gift cards"."""
_WHOLE: Final = 3
"""Content words from which a clause says something of its own."""
_RELEVANT: Final = 0.75
"""The share of an evidence sentence's words from which the answer also restates that sentence."""
_PER_CLAUSE: Final = (("not", operator.ne), ("only", operator.gt), ("always", operator.gt))
"""What the counts of strong words in a clause and in its nearest clause must not be."""
_SAME_CLAUSE: Final = 0.5
"""The share of a clause's words from which one of the evidence says the same or its opposite."""


def turned_round(sentence: str, evidence: Sequence[str]) -> str | None:
    """What the sentence turned round against the sentences of its evidence, or None.

    Only evidence that the sentence restates counts: a "not" elsewhere does not license one here.
    """
    restated = _restated(sentence, evidence)
    said, known = marks(sentence), [marks(text) for text in restated]
    for mark in _CLASSES:
        if mark in said and not any(mark in there for there in known):
            return f"says '{mark}' where the passage does not"
    for mark in ("not", "only"):
        if mark not in said and any(mark in marks(part) for part in _meant(sentence, restated)):
            return f"leaves out '{mark}' of the passage"
    if clause := _turned_clause(sentence, restated):
        return f"turns round: {clause}"
    if opposite := _opposite(sentence, restated):
        return opposite
    return _turned_bound(sentence, " ".join(evidence))


def denied(question: str, text: str) -> bool:
    """Whether the text denies what the question takes for granted: "Which king was never there?"
    may be answered with a "no", "Which king was there?" not. Only what is nearest to it counts."""
    if not _TAKES_FOR_GRANTED.search(fold(question)) or "not" in marks(question):
        return False
    asked = set(content_words(question))
    nearest = max(_clauses(text), key=lambda clause: len(asked & set(content_words(clause))))
    return "not" in marks(nearest)


def marks(text: str) -> set[str]:
    """The kinds of strong word in a text: not, only, always, must."""
    plain = _IDIOMS.sub(" ", fold(text))
    return {mark for mark, pattern in _CLASSES.items() if pattern.search(plain)}


def _restated(sentence: str, evidence: Sequence[str]) -> list[str]:
    """The evidence nearest to the sentence or to a clause of it, and what stands there whole."""
    own = set(content_words(sentence))
    bags = [set(content_words(text)) for text in evidence]
    if not bags:
        return []
    clauses = [set(content_words(clause)) for clause in _clauses(sentence)]
    said = [own, *(clause for clause in clauses if len(clause) >= _WHOLE)]
    best = {max(range(len(bags)), key=lambda at: _nearness(one, bags[at])) for one in said if one}
    return [
        text
        for at, text in enumerate(evidence)
        if at in best or (bags[at] and len(own & bags[at]) / len(bags[at]) >= _RELEVANT)
    ]


def _meant(sentence: str, evidence: Sequence[str]) -> Iterator[str]:
    """The clauses of the evidence that the sentence says, or has to say: exceptions."""
    own = set(content_words(sentence))
    for text in evidence:
        for clause in _clauses(text):
            bag = set(content_words(clause))
            if (bag and len(own & bag) >= len(bag) / 2) or _EXCEPTS.search(clause):
                yield clause


def _turned_clause(sentence: str, evidence: Sequence[str]) -> str | None:
    """The clause with other strong words than its nearest clause in the evidence."""
    known = [(claimed_words(one), one) for text in evidence for one in _spans(text)]
    for clause in _clauses(sentence):
        own = claimed_words(clause)
        if len(own) < 2 or not known:
            continue
        best = max(_nearness(own, bag) for bag, _ in known)
        nearest = [one for bag, one in known if _nearness(own, bag) == best]
        if best[0] >= _SAME_CLAUSE and all(_differ(clause, one) for one in nearest):
            return " ".join(clause.split())
    return None


def _differ(clause: str, other: str) -> bool:
    return any(differs(_count(mark, clause), _count(mark, other)) for mark, differs in _PER_CLAUSE)


def _count(mark: str, text: str) -> int:
    return len(_CLASSES[mark].findall(_IDIOMS.sub(" ", fold(text))))


def _opposite(sentence: str, evidence: Sequence[str]) -> str | None:
    """A word of the sentence that the evidence has only in its opposite."""
    found = opposed(sentence, (stem(word) for text in evidence for word in words(text)))
    return None if found is None else f"says '{found[0]}' for '{found[1]}'"


def _clauses(text: str) -> list[str]:
    return _CLAUSE.split(fold(text))


def _spans(text: str) -> list[str]:
    """Clauses, and parts of one joined to it: "cards and names are not refundable"."""
    clauses = _clauses(text)
    joined = (f"{one} {other}" for one, other in pairwise(clauses) if _is_part(one))
    return [*clauses, *joined]


def _is_part(clause: str) -> bool:
    return len(clause.split()) <= _FRAGMENT and not has_verb(clause)


def has_verb(text: str) -> bool:
    """Whether there is one of the common verbs that make a clause of it."""
    return _VERB.search(fold(text)) is not None


def _nearness(own: set[str], bag: set[str]) -> tuple[float, float]:
    """The share of the words that are there; and the fewer others, the nearer."""
    return len(own & bag) / len(own), _likeness(own, bag)


def _likeness(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def _bounds(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for match in _BOUND.finditer(fold(text)):
        kind = "ceiling" if match.group("ceiling") else "floor"
        found.setdefault(match.group(3), set()).add(kind)
    return found


def _turned_bound(sentence: str, evidence: str) -> str | None:
    known = _bounds(evidence)
    for number, kinds in _bounds(sentence).items():
        if number in known and not kinds & known[number]:
            return f"turns the limit of {number} round"
    return None

"""Whether a sentence turns its evidence round: not, never, only, always, must, at most."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ogma.answering.words import content_words, fold

_IDIOMS: Final = re.compile(
    r"\bnot only\b|\bno matter\b|\bwhy not\b|\bno later than\b|\bno more than\b|\bno fewer than\b"
    r"|\bif not\b|\bwhether or not\b|\bdon't (?:worry|hesitate|forget)\b|\bno problem\b"
)
"""Negative in form only."""

_CLASSES: Final = {
    "not": re.compile(
        r"\b(?:not|never|no|none|neither|nor|nobody|nothing|nowhere|cannot|without|unable"
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


def turned_round(sentence: str, evidence: Sequence[str]) -> str | None:
    """What the sentence turned round against the sentences of its evidence, or None.

    A strong word of the answer must stand in some evidence; "not" and "only" of the evidence that
    is nearest to the sentence must stand in the answer.
    """
    said = _marks(sentence)
    known: set[str] = set().union(*(_marks(text) for text in evidence))
    for mark in _CLASSES:
        if mark in said and mark not in known:
            return f"says '{mark}' where the passage does not"
    nearest = _marks(_nearest(sentence, evidence)) if evidence else set()
    for mark in ("not", "only"):
        if mark in nearest and mark not in said:
            return f"leaves out '{mark}' of the passage"
    return _turned_bound(sentence, " ".join(evidence))


def _marks(text: str) -> set[str]:
    plain = _IDIOMS.sub(" ", fold(text))
    return {mark for mark, pattern in _CLASSES.items() if pattern.search(plain)}


def _nearest(sentence: str, evidence: Sequence[str]) -> str:
    own = set(content_words(sentence))
    return max(evidence, key=lambda text: _likeness(own, set(content_words(text))))


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

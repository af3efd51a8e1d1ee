"""How well a piece of a passage speaks to a question, where meanings can be compared.

A logistic over named signals. Its weights were fitted by `scripts/measure/answers.py --fit` on
made-up pages, paragraphs as of an encyclopedia and public questions with the half of the documents
hidden, so that the sentence that answers gets much, and the one beside it little; that of short
questions was set by hand, for messages to a support chat that ask nothing, and that of what is
denied by hand as well, for it is rare: of articles that were not used to fit, 8 of 52 near-misses
were denied, and 1 of 79 right answers.
"""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import takewhile
from threading import Lock
from typing import Final

import numpy as np
import numpy.typing as npt

from ogma.answering.literals import names
from ogma.answering.opposites import WIDE, opposed
from ogma.answering.polarity import denied
from ogma.answering.questions import Fit, fit
from ogma.answering.words import STOP_WORDS, content_words, fold, stem, words
from ogma.domain.passages import Passage

Embed = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""Texts to L2-normalised vectors, one row each. May be slow; called off the event loop."""

SIGNALS: Final = (
    "placed",
    "bare",
    "told",
    "least",
    "confidence",
    "lacks",
    "foreign",
    "away",
    "order",
    "opposite",
    "denied",
    "short",
    "headed",
    "heading",
)
"""What `signals` gives, in order: likeness to the piece with its title and heading, and without;
the share of the question's words that it tells, and the word that it tells least; the search's
confidence; whether it lacks the kind of thing that was asked for; names and numbers that the
passage, and only the piece, does not know; another "second" or "third"; the opposite of a word; a
denial of what the question takes for granted; a question so short that chance matches it; whether
the heading says much, and how like the question that is."""

BIAS: Final = -4.9
WEIGHTS: Final = (3.9, 2.0, 1.6, 0.5, 0.9, -2.5, -1.5, -1.3, -1.6, -0.6, -1.5, -1.0, -1.7, 2.6)

_ALMOST: Final = 0.9
"""What a word of the same meaning counts at most, beside the word itself."""
_UNLIKE: Final = 0.3
_ALIKE: Final = 0.8
"""Cosines of two words between which that grows from 0 to 1."""
_FEW: Final = 2
"""Words of a question that chance matches, unless it asks for a kind of thing that is given."""
_SAYS_MUCH: Final = 3
"""Content words from which a heading says what its passage is about, and not only of what field."""
_MOST_FOREIGN: Final = 2
_REMEMBERED: Final = 4_096
_FIGURE: Final = re.compile(r"\b\d[\d.,]*\b")
_ORDINALS: Final = frozenset(
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
)
_ORDINAL: Final = re.compile(r"\d+(?:st|nd|rd|th)")
_YES_OR_NO: Final = re.compile(
    r"^\W*(?:is|are|was|were|do|does|did|will|would|can|could|should|may|must|has|have|had|am)\b"
)
_PEOPLE: Final = frozenset(("", *"n an ian ish ese i s ic ch y ia a e es".split()))  # noqa: SIM905
"""Endings of countries and their people, "Persia" and "Persian", after what both share."""
_LONG_ENOUGH: Final = 4


class Meanings:
    """Vectors of texts; the latest are remembered, the texts are not. Safe with several threads.

    Each text is embedded alone: beside others, the model in whole numbers gives it a slightly
    different vector, and the same question would be answered on one day and not on the next.
    """

    def __init__(self, embed: Embed) -> None:
        self._embed = embed
        self._known: OrderedDict[bytes, npt.NDArray[np.float32]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """One row for each text."""
        keys = {text: blake2b(text.encode(), digest_size=16).digest() for text in texts}
        with self._lock:
            found = {text: self._known[key] for text, key in keys.items() if key in self._known}
        new = [text for text in keys if text not in found]
        found.update((text, self._embed([text])[0]) for text in new)
        with self._lock:
            for text, key in keys.items():
                self._known[key] = found[text]
                self._known.move_to_end(key)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return np.stack([found[text] for text in texts])


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of a passage, and the one before it, which it may lean on."""

    passage: Passage
    text: str
    before: str
    confidence: float
    """Of the search that found it."""

    @property
    def place(self) -> str:
        """Title and heading path."""
        return f"{self.passage.title} {self.passage.heading}".strip()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, taken apart once for all the pieces it is compared with."""

    text: str
    weights: Mapping[str, float]
    """Its content stems, and how much each tells."""
    subjects: tuple[str, ...] = field(init=False)
    called: frozenset[str] = field(init=False)
    """The names and numbers in it."""
    ordinals: frozenset[str] = field(init=False)
    open: bool = field(init=False)
    """Whether it cannot be answered with yes or no, so that the opposite is no answer."""

    def __post_init__(self) -> None:
        subjects = dict.fromkeys(word for word in words(self.text) if word not in STOP_WORDS)
        object.__setattr__(self, "subjects", tuple(subjects))
        object.__setattr__(self, "called", called(self.text))
        object.__setattr__(self, "ordinals", _ordinals(self.text))
        object.__setattr__(self, "open", not _YES_OR_NO.match(fold(self.text)))


def support(asked: Asked, said: Sequence[Said], meanings: Embed) -> list[float]:
    """The support of each piece, 0 to 1."""
    return [
        1 / (1 + math.exp(-BIAS - sum(w * s for w, s in zip(WEIGHTS, found, strict=True))))
        for found in signals(asked, said, meanings)
    ]


def signals(asked: Asked, said: Sequence[Said], meanings: Embed) -> list[tuple[float, ...]]:
    """The signals of each piece, named by SIGNALS."""
    if not said:
        return []
    question = meanings([asked.text])[0]
    placed = meanings([f"{one.place}\n{one.text}" for one in said]) @ question
    bare = meanings([one.text for one in said]) @ question
    titles = meanings([one.place for one in said]) @ question
    fits = [fit(asked.text, one.text) for one in said]
    return [
        (
            float(placed[at]),
            float(bare[at]),
            *_told(asked, one, meanings),
            one.confidence,
            float(fits[at] is Fit.LACKS),
            *_unknown(asked, one),
            _other_order(asked, one),
            _opposed(asked, one),
            float(asked.open and denied(asked.text, one.text)),
            float(fits[at] is not Fit.GIVES and len(asked.subjects) <= _FEW),
            *((1.0, float(titles[at])) if _says_much(one) else (0.0, 0.0)),
        )
        for at, one in enumerate(said)
    ]


def against(asked: Asked, said: Said) -> float:
    """How much speaks against the piece whatever it means: names that only other sentences have,
    another "second" or "third", the opposite of a word."""
    return _unknown(asked, said)[1] + _other_order(asked, said) + _opposed(asked, said)


def _told(asked: Asked, said: Said, meanings: Embed) -> tuple[float, float]:
    """The weighed share of the question's words that the piece tells, and the least told one.

    A word counts whole where it stands in the piece, the one before or the place, and in part
    where another one there means the like.
    """
    there = frozenset(content_words(f"{said.text}\n{said.before}\n{said.place}"))
    others = [word for word in dict.fromkeys(words(said.text)) if word not in STOP_WORDS]
    missing = [word for word in asked.subjects if stem(word) not in there]
    alike = dict.fromkeys(missing, 0.0)
    if missing and others:
        nearest = (meanings(missing) @ meanings(others).T).max(axis=1)
        shares = _ALMOST * np.clip((nearest - _UNLIKE) / (_ALIKE - _UNLIKE), 0.0, 1.0)
        alike = dict(zip(missing, map(float, shares), strict=True))
    told = [(asked.weights.get(stem(word), 1.0), alike.get(word, 1.0)) for word in asked.subjects]
    mass = sum(weight for weight, _ in told) or 1.0
    return sum(weight * share for weight, share in told) / mass, min(share for _, share in told)


def called(question: str) -> frozenset[str]:
    """The names and numbers of a question."""
    return frozenset((*names(question), *_FIGURE.findall(question)))


def foreign(question: str, passage: Passage) -> set[str]:
    """Names and numbers of the question that the whole passage does not have.

    The right passage for "the Pro plan" answers nothing about "the Starter plan".
    """
    known = _stems(f"{passage.title}\n{passage.heading}\n{passage.text}")
    return {name for name in called(question) if not _known(name, known)}


def _unknown(asked: Asked, said: Said) -> tuple[float, float]:
    """How many names and numbers of the question the passage, and the piece alone, do not know."""
    near = _stems(f"{said.text}\n{said.before}\n{said.place}")
    strange = foreign(asked.text, said.passage)
    away = {name for name in asked.called - strange if not _known(name, near)}
    return float(min(_MOST_FOREIGN, len(strange))), float(min(_MOST_FOREIGN, len(away)))


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(text)}


def _known(name: str, stems: set[str]) -> bool:
    """Whether each word of the name is there, or the country of its people."""
    return all(
        stem(word) in stems or any(_of_people(word, known) for known in stems)
        for word in words(name)
    )


def _of_people(one: str, other: str) -> bool:
    """Whether two words differ as a country and its people do."""
    shared = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    )
    return shared >= _LONG_ENOUGH and one[shared:] in _PEOPLE and other[shared:] in _PEOPLE


def _ordinals(text: str) -> frozenset[str]:
    return frozenset(word for word in words(text) if word in _ORDINALS or _ORDINAL.fullmatch(word))


def _other_order(asked: Asked, said: Said) -> float:
    """1 where the piece is about another one in the order than asked for, half where about none."""
    there = _ordinals(f"{said.text}\n{said.place}")
    if not asked.ordinals - there:
        return 0.0
    return 1.0 if there - asked.ordinals else 0.5


def _opposed(asked: Asked, said: Said) -> float:
    known = (stem(word) for word in words(said.text))
    return float(asked.open and opposed(asked.text, known, WIDE) is not None)


def _says_much(said: Said) -> bool:
    return len(set(content_words(said.place))) >= _SAYS_MUCH

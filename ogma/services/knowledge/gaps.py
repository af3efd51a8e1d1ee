"""Knowledge gaps: unanswered questions by subject, and what is done about each (L2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from ogma.answering.words import content_words
from ogma.domain.clock import DAY
from ogma.domain.gaps import LABEL_MAX, Gap, Settled, Unanswered, clusters
from ogma.domain.likeness import overlap
from ogma.domain.redaction import redact
from ogma.domain.tips import Lesson, TipOrigin, shortened
from ogma.errors import NotFound
from ogma.services import handmade
from ogma.services.knowledge.pasted import Pasted, paste
from ogma.store import gaps as store

if TYPE_CHECKING:
    from ogma.services.desk import Desk
    from ogma.services.handmade import Added
    from ogma.services.knowledge.knowledge import KnowledgeService

MOST: Final = 1_000
"""The newest questions that are looked at."""
SINCE_DAYS: Final = 90
_SAME_SUBJECT: Final = 0.6
"""The cosine from which two questions ask for the same; with it, 84 % of 300 paraphrases of 55
questions stood among their own."""
_SAME_WORDS: Final = 0.3
"""The same for the share of their telling words that two questions have in common."""


def listed(
    desk: Desk, knowledge: KnowledgeService, days: int = SINCE_DAYS, *, locked: bool = False
) -> list[Gap]:
    """The gaps that are open, most asked first; `locked`: with the questions of locked tickets."""
    asked = store.unanswered(desk.db, desk.now() - days * DAY, MOST, locked=locked)
    alike = _alike(knowledge, [question.text for question in asked])
    unwanted = {
        other
        for number, question in enumerate(asked)
        if question.settled is Settled.OUT_OF_SCOPE
        for other in alike[number]
    }
    left = [
        number
        for number, question in enumerate(asked)
        if question.settled is None and number not in unwanted
    ]
    place = {number: at for at, number in enumerate(left)}
    among = [[place[other] for other in alike[number] if other in place] for number in left]
    return [_gap([asked[left[at]] for at in group]) for group in clusters(among)]


def _gap(questions: Sequence[Unanswered]) -> Gap:
    masked = redact(" ".join(questions[0].text.split())).text
    return Gap(tuple(questions), shortened(masked, LABEL_MAX))


def _alike(knowledge: KnowledgeService, texts: Sequence[str]) -> list[list[int]]:
    """For each text the numbers of those that ask for the same, itself included."""
    words = [frozenset(content_words(text)) for text in texts]
    if knowledge.embed is not None and texts:
        vectors = knowledge.embed(texts)
        near = vectors @ vectors.T >= _SAME_SUBJECT
    else:
        near = np.array([[overlap(one, other) >= _SAME_WORDS for other in words] for one in words])
    return [sorted({number, *np.nonzero(row)[0].tolist()}) for number, row in enumerate(near)]


def gap(desk: Desk, knowledge: KnowledgeService, number: int) -> Gap:
    """The gap that a question belongs to, named by any of its questions' numbers."""
    for found in listed(desk, knowledge, locked=True):
        if number in {question.id for question in found.questions}:
            return found
    raise NotFound(f"There is no open gap {number}; `ogma kb gaps` shows which there are.")


def add(desk: Desk, knowledge: KnowledgeService, number: int, text: str, title: str = "") -> Pasted:
    """Fill a gap with a document; by default its title is the gap's label."""
    found = gap(desk, knowledge, number)
    made = paste(knowledge, title or found.label, text, desk.now())
    _settle(desk, found, Settled.KNOWLEDGE)
    return made


def teach(
    desk: Desk, knowledge: KnowledgeService, number: int, text: str, title: str = ""
) -> Added:
    """Fill a gap with a tip, which is found by the gap's question."""
    found = gap(desk, knowledge, number)
    lesson = Lesson(title, text, found.label)
    made = handmade.add(desk, knowledge, lesson, TipOrigin.MANUAL)
    _settle(desk, found, Settled.TIP)
    return made


def dismiss(desk: Desk, knowledge: KnowledgeService, number: int) -> Gap:
    """A gap that is not to be filled: its questions, and later ones like them, are left out."""
    found = gap(desk, knowledge, number)
    _settle(desk, found, Settled.OUT_OF_SCOPE)
    return found


def _settle(desk: Desk, found: Gap, how: Settled) -> None:
    with desk.db.write():
        store.settle(desk.db, [question.id for question in found.questions], how, desk.now())

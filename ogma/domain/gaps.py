"""What the knowledge base does not know: questions that nobody could answer, by subject (L2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ogma.domain.answers import Reason
from ogma.domain.clock import Millis

LABEL_MAX = 100
EXAMPLES = 3

GAP_REASONS = frozenset(
    (Reason.EMPTY_KNOWLEDGE, Reason.LOW_CONFIDENCE, Reason.NOT_ANSWERABLE, Reason.FAILED_CHECK)
)
"""Reasons that say something of the knowledge base; a model that is down says nothing."""


class Settled(StrEnum):
    """What became of a gap."""

    KNOWLEDGE = "knowledge"
    TIP = "tip"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that was handed to staff."""

    id: int
    """The number of its answer record."""
    ticket_id: int | None
    """None for one that was asked outside of any ticket."""
    at: Millis
    text: str
    settled: Settled | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions of one subject, the most typical one first."""

    questions: tuple[Unanswered, ...]
    label: str

    @property
    def id(self) -> int:
        """The number of its oldest question: it stays while others come to it."""
        return min(question.id for question in self.questions)

    @property
    def last_at(self) -> Millis:
        """When it was last asked."""
        return max(question.at for question in self.questions)


def clusters(alike: Sequence[Collection[int]]) -> list[list[int]]:
    """Groups of the numbers 0 to n-1, largest first, each with its middle first.

    `alike[i]` are the numbers that i is like. The one with most others like it takes them, and so
    on with what is left: everyone in a group is like its middle, so groups do not grow into chains.
    """
    left = set(range(len(alike)))
    found = []
    while left:
        middle = max(left, key=lambda number: (len(left.intersection(alike[number])), -number))
        others = sorted(left.intersection(alike[middle]) - {middle})
        found.append([middle, *others])
        left -= {middle, *others}
    return sorted(found, key=lambda group: -len(group))

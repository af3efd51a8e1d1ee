"""Why a ticket goes to staff, and how one review item grows (E1, E2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ogma.domain.answers import Reason
from ogma.domain.clock import Millis


class Cause(StrEnum):
    """Why a ticket was handed over; each is a text in the catalogue below 'cause.'."""

    REQUEST = "request_human"
    NO_ANSWER = "no_answer"
    HUMAN_ONLY = "human_only"
    FAILED_CHECK = "failed_check"
    AI_DOWN = "ai_down"
    STALE = "stale_question"
    RATE_LIMIT = "rate_limit"
    FRUSTRATION = "frustration"
    RULE = "rule"


class ReviewState(StrEnum):
    """Where a review item is."""

    OPEN = "open"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    HANDED_BACK = "handed_back"
    OUT_OF_SCOPE = "out_of_scope"
    CLOSED = "closed"


ENDED = frozenset({ReviewState.ANSWERED, ReviewState.HANDED_BACK, ReviewState.CLOSED})

_CAUSES = {
    Reason.EMPTY_KNOWLEDGE: Cause.NO_ANSWER,
    Reason.LOW_CONFIDENCE: Cause.NO_ANSWER,
    Reason.NOT_ANSWERABLE: Cause.NO_ANSWER,
    Reason.FAILED_CHECK: Cause.FAILED_CHECK,
    Reason.MODEL_DOWN: Cause.AI_DOWN,
    Reason.HUMAN_ONLY: Cause.HUMAN_ONLY,
}


def cause_of(reason: Reason | None) -> Cause:
    """The hand-over's cause for an engine's reason."""
    return _CAUSES.get(reason, Cause.NO_ANSWER) if reason else Cause.NO_ANSWER


@dataclass(frozen=True, slots=True)
class Given:
    """One reason as it was given, with its time."""

    at: Millis
    cause: Cause
    detail: str = ""


def grown(reasons: Iterable[Given], new: Given) -> tuple[Given, ...]:
    """The item's reasons with a later one added; the same one twice is one."""
    known = tuple(reasons)
    same = any(old.cause is new.cause and old.detail == new.detail for old in known)
    return known if same else (*known, new)

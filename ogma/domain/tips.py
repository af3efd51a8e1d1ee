"""Tips: what one is, and which closed tickets may teach one (L1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ogma.domain.archive import Side
from ogma.domain.clock import Millis
from ogma.domain.policies import LearningPolicy

TITLE_MAX: Final = 80
TEXT_MAX: Final = 4000
QUESTION_MAX: Final = 300


class TipState(StrEnum):
    """Where a tip is. Only a live one answers questions."""

    REVIEW = "review"
    LIVE = "live"
    REMOVED = "removed"


class TipOrigin(StrEnum):
    """Where a tip comes from."""

    LEARNED = "learned"
    MANUAL = "manual"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Tip:
    """One tip as stored."""

    id: int
    state: TipState
    origin: TipOrigin
    title: str
    question: str
    """What was asked: search words only, never shown to customers, never evidence."""
    text: str
    types: frozenset[str]
    """The ticket types that it answers; empty means all."""
    like_tip: int | None
    merged_into: int | None
    created_at: Millis
    changed_at: Millis
    changed_by: str
    channel_id: int | None
    message_id: int | None
    tickets: tuple[int, ...] = ()
    """The tickets that taught it, oldest first."""

    @property
    def document(self) -> str:
        """Its name in the knowledge base."""
        return document_name(self.id)

    @property
    def full_title(self) -> str:
        """Its title there, with its number."""
        return f"Tip {self.id}: {self.title}"


def document_name(tip_id: int) -> str:
    """The name of a tip's document in the knowledge base."""
    return f"tip:{tip_id}"


class Untaught(StrEnum):
    """Why a ticket teaches nothing."""

    OFF = "off"
    LOCKED = "locked"
    NO_STAFF = "no_staff"
    TOO_SHORT = "too_short"
    NOTHING = "nothing_to_teach"


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a ticket that still stands."""

    side: Side
    text: str
    answered: bool = False
    """Whether Ogma has answered it, so that it is nothing for the team."""


def asked_of_team(said: Sequence[Said]) -> Sequence[Said]:
    """The customer's messages that the team's first one may be about, oldest first.

    Those before it that Ogma did not answer; where there are none, all that the customer wrote.
    """
    sides = [one.side for one in said]
    first = sides.index(Side.STAFF) if Side.STAFF in sides else len(said)
    theirs = [one for one in said if one.side is Side.CUSTOMER]
    open_before = [one for one in said[:first] if one in theirs and not one.answered]
    return open_before or theirs


def untaught(policy: LearningPolicy, locked: bool, said: Sequence[Said]) -> Untaught | None:
    """Why the ticket may teach nothing; None when it may."""
    people = [one for one in said if one.side in (Side.CUSTOMER, Side.STAFF)]
    if not policy.auto:
        return Untaught.OFF
    if locked:
        return Untaught.LOCKED
    if not any(one.side is Side.STAFF for one in people):
        return Untaught.NO_STAFF
    if len(people) < policy.min_messages:
        return Untaught.TOO_SHORT
    return None


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is to become a tip; nothing private is left in it."""

    title: str
    text: str
    question: str = ""


def title_of(text: str) -> str:
    """The first words of a text as a title of one line."""
    lines = (re.sub(r"^[\s#>*+-]+|[*_`]+", "", line).strip() for line in text.splitlines())
    first = next((line for line in lines if re.search(r"\w", line)), "")
    sentence = re.match(r".{12,}?[.!?:](?=\s|$)", first)
    return shortened((sentence[0] if sentence else first).rstrip(".:!"), TITLE_MAX)


def shortened(text: str, limit: int) -> str:
    """One line of at most `limit` characters, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    return f"{head.rpartition(' ')[0] or head}…"

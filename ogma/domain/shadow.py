"""Drafts: answers that only staff see, and what staff made of them (A7)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ogma.domain.clock import Millis


class DraftState(StrEnum):
    """Where a draft stands."""

    OPEN = "open"
    SENT = "sent"
    EDITED = "edited"
    """Sent in other words."""
    WRONG = "wrong"
    OUTDATED = "outdated"
    """Something happened in the ticket, so it may not be sent any more."""


JUDGED: Final = (DraftState.SENT, DraftState.EDITED, DraftState.WRONG)
SENDABLE: Final = frozenset({DraftState.SENT, DraftState.EDITED})


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft. `revision` is the ticket's when the draft was made."""

    id: int
    answer_id: int
    ticket_id: int
    type_id: str
    revision: int
    state: DraftState
    text: str | None
    """The words that staff sent instead; None for the draft's own."""
    created_at: Millis
    judged_at: Millis | None
    judged_by: int | None
    judged_by_name: str
    message_id: int | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far staff agreed with the drafts of one ticket type."""

    type_id: str
    drafts: int
    sent: int
    edited: int
    wrong: int

    @property
    def judged(self) -> int:
        """Drafts with a verdict; the others are open, or were overtaken."""
        return self.sent + self.edited + self.wrong

    @property
    def rate(self) -> float | None:
        """The share of the judged drafts that were sent as they stood; None before any was."""
        return self.sent / self.judged if self.judged else None

"""Quality flags: what somebody should look at again (E3)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

NARROW: Final = 0.1
"""The part of the way from the threshold to certainty in which an answer counts as doubtful."""


class FlagKind(StrEnum):
    """Why a ticket is flagged; each is a text in the catalogue below 'flag.'."""

    ESCALATED = "escalated"
    NEGATIVE_CSAT = "negative_csat"
    LOW_CONFIDENCE = "low_confidence"
    FRUSTRATION = "frustration"
    SLA_BREACH = "sla_breach"
    NOT_SOLVED = "not_solved"


def doubtful(confidence: float, threshold: float) -> bool:
    """Whether an answer that was sent has only just passed the threshold."""
    return confidence < threshold + NARROW * (1 - threshold)

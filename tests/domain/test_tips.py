"""Which closed tickets may teach (C2, L1)."""

from __future__ import annotations

import pytest

from ogma.domain.archive import Side
from ogma.domain.policies import LearningPolicy
from ogma.domain.tips import Said, Untaught, asked_of_team, untaught

ASKED, TOLD = Said(Side.CUSTOMER, "How?"), Said(Side.STAFF, "So.")
OGMA, BOT = Said(Side.OGMA, "Answer"), Said(Side.OTHER, "beep")


@pytest.mark.parametrize(
    ("policy", "locked", "said", "why"),
    [
        ({}, False, [ASKED, TOLD], None),
        ({"auto": False}, False, [ASKED, TOLD], Untaught.OFF),
        ({}, True, [ASKED, TOLD], Untaught.LOCKED),
        ({}, False, [ASKED, ASKED, OGMA], Untaught.NO_STAFF),
        ({}, False, [], Untaught.NO_STAFF),
        ({}, False, [TOLD, OGMA, OGMA, BOT], Untaught.TOO_SHORT),
        ({"min_messages": 1}, False, [TOLD], None),
        ({"min_messages": 5}, False, [ASKED, TOLD] * 2, Untaught.TOO_SHORT),
        ({"min_messages": 5}, False, [ASKED, TOLD] * 3, None),
        ({"mode": "review"}, False, [ASKED, TOLD], None),
    ],
)
def test_c2_auto_learn_on_staff_took_part_minimum_messages_not_in_lockdown(
    policy: dict[str, object], locked: bool, said: list[Said], why: Untaught | None
) -> None:
    assert untaught(LearningPolicy.model_validate(policy), locked, said) is why


KNOWN = Said(Side.CUSTOMER, "And where?", answered=True)
THANKS = Said(Side.CUSTOMER, "Thanks!")


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ([ASKED, TOLD, THANKS], [ASKED]),
        ([KNOWN, OGMA, ASKED, THANKS, TOLD], [ASKED, THANKS]),
        ([KNOWN, OGMA, TOLD, THANKS], [KNOWN, THANKS]),
        ([TOLD, ASKED], [ASKED]),
        ([ASKED], [ASKED]),
        ([], []),
    ],
)
def test_l1_a_tip_is_about_what_the_team_was_asked(said: list[Said], asked: list[Said]) -> None:
    """L1: not about what Ogma had answered before."""
    assert list(asked_of_team(said)) == asked

"""When Ogma is silent (A2), from facts alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.domain.clock import MINUTE
from ogma.domain.policies import AiPolicy
from ogma.domain.replies import Burst, Silence, burst_is_over, merge, silence
from ogma.domain.tickets import State, Ticket

NOW = 1_800_000_000_000
TICKET = Ticket(
    id=1,
    key="k",
    guild_id=1,
    type_id="general",
    customer_id=2,
    customer_name="alice",
    state=State.OPEN,
    opened_at=NOW,
    last_activity_at=NOW,
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"state": State.OPENING}, Silence.NOT_OPEN),
        ({"state": State.CLOSING}, Silence.NOT_OPEN),
        ({"locked_at": NOW}, Silence.LOCKED),
        ({"escalated_at": NOW}, Silence.ESCALATED),
        ({"last_staff_at": NOW - 30 * MINUTE + 1}, Silence.STAFF_COOLDOWN),
        ({"last_staff_at": NOW - 30 * MINUTE}, None),
        ({"claimed_at": NOW}, None),
        ({"claimed_at": NOW, "last_staff_at": NOW - 31 * MINUTE}, None),
    ],
)
def test_a2_silence_by_the_facts(changes: dict[str, object], expected: Silence | None) -> None:
    """A2: cooldown, escalated, locked, closed; a claim alone silences nothing."""
    assert silence(replace(TICKET, **changes), AiPolicy(), True, NOW) is expected


def test_a2_ai_switched_off_for_all_or_for_the_type() -> None:
    assert silence(TICKET, AiPolicy(enabled=False), True, NOW) is Silence.AI_OFF
    assert silence(TICKET, AiPolicy(), False, NOW) is Silence.AI_OFF


def test_a2_without_a_cooldown_only_a_claim_with_a_message_silences() -> None:
    """A2: 0 means no time-based pause; claimed by staff who have written in it is silent."""
    policy = AiPolicy(staff_cooldown_minutes=0)
    wrote = replace(TICKET, last_staff_at=NOW)
    assert silence(wrote, policy, True, NOW) is None
    assert silence(replace(wrote, claimed_at=NOW), policy, True, NOW) is Silence.CLAIMED
    assert silence(replace(TICKET, claimed_at=NOW), policy, True, NOW) is None


@given(
    first=st.integers(0, 60_000),
    gap=st.integers(0, 60_000),
    wait=st.integers(0, 60_000),
)
def test_a1_a_burst_ends_after_3_s_of_quiet_or_15_s_in_all(first: int, gap: int, wait: int) -> None:
    """A1: 3 s quiet, at most 15 s."""
    burst = Burst(1, first=first, last=first + gap)
    now = first + gap + wait
    assert burst_is_over(burst, AiPolicy(), now) == (wait >= 3_000 or gap + wait >= 15_000)


def test_a_burst_is_one_question() -> None:
    assert merge([" hello ", "", "my server is down\n"]) == "hello\nmy server is down"

"""Refusals, slots, channel names and who sees a new ticket (O3, O5, O7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.domain.clock import DAY, HOUR, snowflake_at
from ogma.domain.opening import (
    BOT_BITS,
    Circumstances,
    Intention,
    Obstacle,
    Refusal,
    channel_name,
    free_slot,
    neutral_name,
    obstacle,
    overwrites,
    refusal,
)
from ogma.domain.permissions import SEND_MESSAGES, VIEW_CHANNEL
from ogma.domain.policies import LimitsPolicy, Naming, TypePolicy

KIND = TypePolicy(id="general", label="General", category=1)
_MENTION_EVERYONE = 1 << 17


def test_o3_refusals() -> None:
    """O3: disabled, role not allowed, limit reached; unlimited is 0."""
    assert refusal(None, set(), 0) is Refusal.DISABLED
    assert refusal(KIND.model_copy(update={"enabled": False}), set(), 0) is Refusal.DISABLED
    gated = KIND.model_copy(update={"open_roles": (7,)})
    assert refusal(gated, {8}, 0) is Refusal.ROLE
    assert refusal(gated, {7, 8}, 0) is None
    assert refusal(KIND, set(), 1) is Refusal.LIMIT
    assert refusal(KIND.model_copy(update={"max_open": 0}), set(), 99) is None


@given(st.integers(1, 10), st.sets(st.integers(0, 12)))
def test_o7_a_free_slot_is_free_and_within_the_limit(limit: int, taken: set[int]) -> None:
    slot = free_slot(limit, taken)
    if slot is None:
        assert set(range(limit)) <= taken
    else:
        assert slot not in taken and 0 <= slot < limit


@pytest.mark.parametrize(
    ("naming", "name", "expected"),
    [
        (Naming.USER, "Alice W.", "alice-w"),
        (Naming.USER, "  -- Zoë_Ü --", "zoë-ü"),
        (Naming.USER, "\u202e🎉🎉", "aaec-request"),
        (Naming.SEQUENTIAL, "Alice", "ticket-42"),
        (Naming.ANONYMOUS, "Alice", "aaec-request"),
    ],
)
def test_o5_names(naming: Naming, name: str, expected: str) -> None:
    assert channel_name(naming, name, 42) == expected


@given(st.text(max_size=200), st.integers(1, 10**6))
def test_o5_any_name_makes_a_channel_name_that_discord_takes(name: str, number: int) -> None:
    made = channel_name(Naming.USER, name, number)
    assert 1 <= len(made) <= 100
    assert made == made.strip("-") and " " not in made
    assert not any(character.isdigit() for character in neutral_name(number))


def test_o5_the_customer_staff_and_the_bot_see_the_channel_and_nobody_else() -> None:
    made = overwrites(guild_id=1, bot_id=2, customer_id=3, staff=frozenset({4, 5}))
    by_target = {one.target: one for one in made}
    assert set(by_target) == {1, 2, 3, 4, 5}
    assert by_target[1].deny & VIEW_CHANNEL and not by_target[1].allow
    assert all(by_target[seen].allow & VIEW_CHANNEL for seen in (2, 3, 4, 5))
    assert by_target[2].allow == BOT_BITS
    assert not any(one.allow & _MENTION_EVERYONE for one in made)


def test_c2_a_closing_channel_is_read_only_for_its_customer() -> None:
    made = overwrites(1, 2, 3, frozenset({4}), writable=False)
    customer = next(one for one in made if one.target == 3)
    assert (
        customer.allow & VIEW_CHANNEL
        and not customer.allow & SEND_MESSAGES
        and customer.deny & SEND_MESSAGES
    )


NOW = 1_800_000_000_000
OLD = Intention(snowflake_at(NOW - 400 * DAY), "old", frozenset(), "general", joined_at=NOW - DAY)
NO_LIMITS = LimitsPolicy()


def test_o3_nothing_stands_in_the_way_by_default() -> None:
    newcomer = Intention(snowflake_at(NOW), "new", frozenset(), "general", joined_at=NOW)
    openings = tuple(range(NOW - 100, NOW))
    assert obstacle(newcomer, NO_LIMITS, Circumstances(NOW, openings)) is None


@pytest.mark.parametrize(
    ("limits", "given", "expected"),
    [
        ({}, {"blocked": True}, Obstacle(Refusal.BLOCKED)),
        ({}, {"blocked": True, "blocked_until": 7}, Obstacle(Refusal.BLOCKED, 7)),
        ({}, {"closed": True, "opens_at": 9}, Obstacle(Refusal.OUTSIDE_HOURS, 9)),
        ({"account_days": 400}, {}, None),
        ({"account_days": 401}, {}, Obstacle(Refusal.ACCOUNT_YOUNG, NOW + DAY)),
        ({"member_days": 1}, {}, None),
        ({"member_days": 3}, {}, Obstacle(Refusal.MEMBER_YOUNG, NOW + 2 * DAY)),
        ({"openings": 3}, {"openings": (NOW - HOUR, NOW - 2)}, None),
        (
            {"openings": 2, "openings_hours": 2},
            {"openings": (NOW - 3 * HOUR, NOW - HOUR, NOW - 2)},
            Obstacle(Refusal.TOO_MANY, NOW + HOUR),
        ),
        (
            {"openings": 1, "openings_hours": 2},
            {"openings": (NOW - HOUR, NOW - 2)},
            Obstacle(Refusal.TOO_MANY, NOW - 2 + 2 * HOUR),
        ),
    ],
)
def test_o3_obstacles(
    limits: dict[str, int], given: dict[str, Any], expected: Obstacle | None
) -> None:
    """O3: block, ages, openings in a window, hours; with the instant from which it is possible."""
    policy = LimitsPolicy.model_validate(limits)
    assert obstacle(OLD, policy, Circumstances(NOW, **given)) == expected
    if expected is not None and expected.until and expected.until > NOW:
        later = {**given, "blocked": False, "closed": False}
        assert obstacle(OLD, policy, Circumstances(expected.until, **later)) is None


@pytest.mark.parametrize(
    ("channels", "expected"), [(None, None), (499, None), (500, Obstacle(Refusal.SERVER_FULL))]
)
def test_o3_a_full_server(channels: int | None, expected: Obstacle | None) -> None:
    full = replace(OLD, server_channels=channels)
    assert obstacle(full, NO_LIMITS, Circumstances(NOW)) == expected


def test_a_member_whose_joining_is_not_told_is_not_refused_for_it() -> None:
    unknown = replace(OLD, joined_at=None)
    assert obstacle(unknown, LimitsPolicy(member_days=30), Circumstances(NOW)) is None

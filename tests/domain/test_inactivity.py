"""Inactivity (C5): never without the promised notice, never later than one sweep after due."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ogma.domain.clock import DAY, HOUR, Millis
from ogma.domain.inactivity import CLOSE, Warn, due, inactive, last_activity
from ogma.domain.policies import InactivityPolicy
from ogma.domain.tickets import Ticket
from tests.domain.test_replies import NOW, TICKET

POLICY = InactivityPolicy(close_after_days=7, warn_days_before=2)


def quiet_since(days: float, **facts: object) -> Ticket:
    spoke = NOW - round(days * DAY)
    return replace(TICKET, opened_at=spoke, last_customer_at=spoke, **facts)


@pytest.mark.parametrize(
    ("ticket", "policy", "expected"),
    [
        (quiet_since(99), InactivityPolicy(), None),
        (quiet_since(4.9), POLICY, None),
        (quiet_since(5), POLICY, Warn(NOW + 2 * DAY)),
        (quiet_since(7, warned_at=NOW - 2 * DAY), POLICY, CLOSE),
        (quiet_since(7, warned_at=NOW - 2 * DAY + 1), POLICY, None),
        (quiet_since(30), POLICY, Warn(NOW + 2 * DAY)),
        (quiet_since(7), InactivityPolicy(close_after_days=7), CLOSE),
        (quiet_since(99, escalated_at=1), InactivityPolicy(close_after_days=7), CLOSE),
        (
            quiet_since(8, escalated_at=1),
            InactivityPolicy(close_after_days=7, escalated_after_days=9),
            None,
        ),
        (quiet_since(99), InactivityPolicy(close_after_days=7, close_awaiting_staff=False), None),
    ],
)
def test_c5_what_is_due(ticket: Ticket, policy: InactivityPolicy, expected: object) -> None:
    """C5: off, warning, full notice after downtime, escalated limit, awaiting staff."""
    assert due(ticket, policy, NOW) == expected


def test_c5_customer_mode_a_staff_reply_restarts_the_countdown_but_is_no_activity() -> None:
    """C5: after it a fresh warning is due; only the customer lifts the inactive mark."""
    policy = POLICY.model_copy(update={"mode": "customer"})
    warned = quiet_since(6, warned_at=NOW - DAY)
    assert inactive(warned, policy)
    replied = replace(warned, last_staff_at=NOW)
    assert due(replied, policy, NOW + 5 * DAY - 1) is None
    assert due(replied, policy, NOW + 5 * DAY) == Warn(NOW + 7 * DAY)
    assert inactive(replied, policy)
    assert not inactive(replied, POLICY)
    assert last_activity(replied, policy) == warned.last_customer_at
    assert not inactive(replace(replied, last_customer_at=NOW + 1), policy)


SWEEP: Millis = HOUR

steps = st.lists(
    st.tuples(
        st.sampled_from(["customer", "staff", "nobody", "nobody", "down"]),
        st.integers(1, 5 * 24),
    ),
    min_size=1,
    max_size=12,
)
policies = st.builds(
    InactivityPolicy,
    close_after_days=st.integers(1, 9),
    warn_days_before=st.integers(0, 9),
    mode=st.sampled_from(["any", "customer"]),
)


@pytest.mark.full
@settings(max_examples=10_000, deadline=None)
@given(policy=policies, story=steps)
def test_c5_ten_thousand_histories(policy: InactivityPolicy, story: list[tuple[str, int]]) -> None:
    """C5 in the issue's count."""
    check_story(policy, story)


@settings(max_examples=300, deadline=None)
@given(policy=policies, story=steps)
def test_c5_random_histories_with_downtime(
    policy: InactivityPolicy, story: list[tuple[str, int]]
) -> None:
    check_story(policy, story)


def check_story(policy: InactivityPolicy, story: list[tuple[str, int]]) -> None:
    """An hourly sweep over a story of (who writes or whether the bot is down, for how long)."""
    ticket = replace(TICKET, opened_at=0, last_customer_at=0)
    now: Millis = 0
    down = False
    for who, hours in story:
        down = who == "down"
        if who == "customer":
            ticket = replace(ticket, last_customer_at=now)
        elif who == "staff":
            ticket = replace(ticket, last_staff_at=now)
        for _ in range(hours):
            now += SWEEP
            if down:
                continue
            step = due(ticket, policy, now)
            if isinstance(step, Warn):
                assert step.closes_at >= now, "a warning names a date that is still to come"
                ticket = replace(ticket, warned_at=now)
            elif step is CLOSE:
                check_close(ticket, policy, now)
                return
            else:
                check_not_late(ticket, policy, now)


def spoken(ticket: Ticket) -> Millis:
    return max(ticket.opened_at, ticket.last_customer_at or 0, ticket.last_staff_at or 0)


def check_close(ticket: Ticket, policy: InactivityPolicy, now: Millis) -> None:
    """Recomputed by hand: enough quiet, and the full notice after the last word."""
    assert now - spoken(ticket) >= policy.close_after_days * DAY
    if policy.warn_days_before:
        assert ticket.warned_at is not None and ticket.warned_at >= spoken(ticket)
        notice = min(policy.warn_days_before, policy.close_after_days) * DAY
        assert now - ticket.warned_at >= notice


def check_not_late(ticket: Ticket, policy: InactivityPolicy, now: Millis) -> None:
    """Whatever was due at the last sweep has been done by then."""
    over = now - SWEEP >= spoken(ticket) + policy.close_after_days * DAY
    warned = ticket.warned_at is not None and ticket.warned_at > spoken(ticket)
    notice = min(policy.warn_days_before, policy.close_after_days) * DAY
    noticed = warned and now - SWEEP >= (ticket.warned_at or 0) + notice
    assert not (over and (noticed or not policy.warn_days_before))

"""Inactivity (C5): never without the promised notice, never later than one sweep after due."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ogma.domain.clock import DAY, HOUR, Millis
from ogma.domain.inactivity import CLOSE, Warn, due, inactive, last_activity
from ogma.domain.policies import InactivityPolicy
from ogma.domain.tickets import Ticket
from tests.domain.test_replies import NOW, TICKET

POLICY = InactivityPolicy(close_after_days=7, warn_days_before=2)


def quiet_since(days: float, **facts: Any) -> Ticket:
    spoke = NOW - round(days * DAY)
    spoken_at: dict[str, Any] = dict.fromkeys(
        ("opened_at", "last_customer_at", "last_activity_at"), spoke
    )
    return replace(TICKET, **{**spoken_at, **facts})


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
        st.sampled_from(["customer", "staff", "other", "escalated", "nobody", "down", "unposted"]),
        st.integers(1, 5 * 24),
    ),
    min_size=1,
    max_size=12,
)
policies = st.builds(
    InactivityPolicy,
    close_after_days=st.integers(1, 9),
    warn_days_before=st.integers(0, 9),
    escalated_after_days=st.integers(0, 12),
    mode=st.sampled_from(["any", "customer"]),
    close_awaiting_staff=st.booleans(),
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
    """C5: the bot down, its warning not posted, the limit grown or shrunk by a hand-over."""
    check_story(policy, story)


def check_story(policy: InactivityPolicy, story: list[tuple[str, int]]) -> None:
    """An hourly sweep over a story of (who writes, or what is down, for how long)."""
    ticket = replace(TICKET, opened_at=0, last_customer_at=0, last_activity_at=0)
    now: Millis = 0
    for what, hours in story:
        ticket = happened(ticket, policy, what, now)
        for _ in range(hours):
            now += SWEEP
            if what == "down":
                continue
            step = due(ticket, policy, now)
            if isinstance(step, Warn):
                assert step.closes_at >= now, "a warning names a date that is still to come"
                if what != "unposted":
                    ticket = replace(ticket, warned_at=now)
            elif step is CLOSE:
                check_close(ticket, policy, now)
                return
            else:
                check_not_late(ticket, policy, now)


def happened(ticket: Ticket, policy: InactivityPolicy, what: str, now: Millis) -> Ticket:
    """The facts as the conversation's record stores them."""
    moved = now if policy.mode == "any" else ticket.last_activity_at
    match what:
        case "customer":
            return replace(ticket, last_customer_at=now, last_activity_at=now)
        case "staff":
            return replace(ticket, last_staff_at=now, last_activity_at=moved, escalated_at=None)
        case "other":
            return replace(ticket, last_activity_at=moved)
        case "escalated":
            return replace(ticket, escalated_at=now)
    return ticket


def spoken(ticket: Ticket) -> Millis:
    said = (ticket.last_activity_at, ticket.last_customer_at or 0, ticket.last_staff_at or 0)
    return max(ticket.opened_at, *said)


def promised(ticket: Ticket, policy: InactivityPolicy) -> tuple[Millis, Millis]:
    """How long it must be quiet, and how long the notice is."""
    days = policy.close_after_days
    if ticket.escalated_at is not None:
        days = max(days, policy.escalated_after_days)
    return days * DAY, min(policy.warn_days_before, days) * DAY


def check_close(ticket: Ticket, policy: InactivityPolicy, now: Millis) -> None:
    """Recomputed by hand: enough quiet, and the full notice after the last word."""
    quiet, notice = promised(ticket, policy)
    assert now - spoken(ticket) >= quiet
    assert policy.close_awaiting_staff or ticket.waiting_on == "customer"
    if policy.warn_days_before:
        assert ticket.warned_at is not None and ticket.warned_at >= spoken(ticket)
        assert now - ticket.warned_at >= notice


def check_not_late(ticket: Ticket, policy: InactivityPolicy, now: Millis) -> None:
    """Whatever was due at the last sweep has been done by then."""
    if ticket.waiting_on == "staff" and not policy.close_awaiting_staff:
        return
    quiet, notice = promised(ticket, policy)
    over = now - SWEEP >= spoken(ticket) + quiet
    warned = ticket.warned_at is not None and ticket.warned_at > spoken(ticket)
    noticed = warned and now - SWEEP >= (ticket.warned_at or 0) + notice
    assert not (over and (noticed or not policy.warn_days_before))

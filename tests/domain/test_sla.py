"""Q5: by when staff must have replied and a ticket must be closed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ogma.domain.automation_policies import SlaPolicy
from ogma.domain.business_hours import Hours, Window, is_open
from ogma.domain.clock import HOUR, MINUTE, Millis
from ogma.domain.sla import Goal, Span, Term, Turn, reached, target_of, terms
from ogma.domain.tickets import State, Ticket

MONDAY: Millis = 1_767_603_600_000
"""2026-01-05 09:00 UTC."""

TICKET = Ticket(
    id=1,
    key="k",
    guild_id=1,
    type_id="general",
    customer_id=2,
    customer_name="alice",
    state=State.OPEN,
    opened_at=MONDAY,
    last_activity_at=MONDAY,
)


def policy(**values: object) -> SlaPolicy:
    target = {"first_response_minutes": 60, "resolution_minutes": 480}
    return SlaPolicy.model_validate({"targets": [target], **values})


def term(
    goal: Goal,
    ticket: Ticket,
    rules: SlaPolicy,
    turns: tuple[Turn, ...] = (),
    hours: Hours | None = None,
) -> Term:
    return next(one for one in terms(ticket, rules, hours, turns) if one.goal is goal)


def week() -> Hours:
    from zoneinfo import ZoneInfo

    day = (Window(9 * 60, 17 * 60),)
    return Hours(ZoneInfo("UTC"), dict.fromkeys(range(5), day))


def test_q5_the_first_target_that_fits_counts() -> None:
    rules = SlaPolicy.model_validate(
        {
            "targets": [
                {"types": ["billing"], "first_response_minutes": 5},
                {"first_response_minutes": 60},
            ]
        }
    )
    assert target_of(rules, TICKET) is rules.targets[1]
    assert target_of(rules, replace(TICKET, type_id="billing")) is rules.targets[0]
    assert terms(TICKET, SlaPolicy(), None, ()) == ()


def test_q5_a_response_is_due_warned_and_missed_once_its_time_is_over() -> None:
    due = term(Goal.RESPONSE, TICKET, policy())
    assert (due.warn_at, due.due_at) == (MONDAY + 45 * MINUTE, MONDAY + HOUR)
    assert not due.warned(MONDAY + 44 * MINUTE)
    assert due.warned(MONDAY + 45 * MINUTE)
    assert not due.breached(MONDAY + HOUR - 1)
    assert due.breached(MONDAY + HOUR)


def test_q5_a_reply_after_the_close_makes_nothing_late() -> None:
    closed = replace(TICKET, state=State.CLOSING, closing_at=MONDAY + 59 * MINUTE)
    answered = replace(closed, first_response_at=MONDAY + 2 * HOUR)
    assert not term(Goal.RESPONSE, answered, policy()).breached(MONDAY + 3 * HOUR)


def test_q5_what_was_done_in_time_is_never_missed_and_what_was_late_always_is() -> None:
    """Seen late, after downtime, the facts say the same."""
    prompt = term(Goal.RESPONSE, replace(TICKET, first_response_at=MONDAY + 59 * MINUTE), policy())
    late = term(Goal.RESPONSE, replace(TICKET, first_response_at=MONDAY + 61 * MINUTE), policy())
    assert not prompt.breached(MONDAY + 99 * HOUR)
    assert late.breached(MONDAY + 99 * HOUR)
    assert late.next_at(MONDAY) is None


def test_q5_a_ticket_that_nobody_was_asked_for_owes_no_response() -> None:
    rules = policy(response_from="handed_over")
    assert [one.goal for one in terms(TICKET, rules, None, ())] == [Goal.RESOLUTION]
    handed = replace(TICKET, escalated_at=MONDAY + 10 * HOUR)
    assert term(Goal.RESPONSE, handed, rules).due_at == MONDAY + 11 * HOUR


def test_q5_the_resolution_waits_while_the_customer_has_the_word() -> None:
    """Asked at 9, answered at 10, the customer back at 20: one of eight hours is used up."""
    rules = policy(pause_awaiting_customer=True)
    answered = (Turn(MONDAY, False), Turn(MONDAY + HOUR, True), Turn(MONDAY + 2 * HOUR, True))
    assert term(Goal.RESOLUTION, TICKET, rules, answered).due_at is None
    back = (*answered, Turn(MONDAY + 11 * HOUR, False))
    assert term(Goal.RESOLUTION, TICKET, rules, back).due_at == MONDAY + 18 * HOUR
    assert term(Goal.RESOLUTION, TICKET, policy(), back).due_at == MONDAY + 8 * HOUR


def test_q5_in_business_time_only_the_hours_of_the_team_count() -> None:
    """Opened at 16:30 on Monday, an hour: 9:30 on Tuesday. On Friday: on Monday."""
    rules = policy(business_time=True)
    late = replace(TICKET, opened_at=MONDAY + 7 * HOUR + 30 * MINUTE)
    assert term(Goal.RESPONSE, late, rules, (), week()).due_at == MONDAY + 24 * HOUR + 30 * MINUTE
    friday = replace(late, opened_at=late.opened_at + 4 * 24 * HOUR)
    due = term(Goal.RESPONSE, friday, rules, (), week()).due_at
    assert due == MONDAY + 7 * 24 * HOUR + 30 * MINUTE


@given(
    starts=st.lists(st.tuples(st.integers(0, 600), st.integers(1, 200)), min_size=1, max_size=6),
    need=st.integers(5, 900),
    business=st.booleans(),
)
def test_q5_the_time_is_what_a_stopwatch_would_show(
    starts: list[tuple[int, int]], need: int, business: bool
) -> None:
    """Minute by minute through the spans, against the computed date."""
    spans, at = [], 0
    for gap, length in starts:
        spans.append(Span(MONDAY + (at + gap) * MINUTE, MONDAY + (at + gap + length) * MINUTE))
        at += gap + length
    hours = week() if business else None
    minutes = [
        start
        for span in spans
        for start in range(span.start, span.end or 0, MINUTE)
        if hours is None or is_open(hours, start)
    ]
    expected = minutes[need - 1] + MINUTE if len(minutes) >= need else None
    assert reached(spans, need * MINUTE, hours) == expected


def test_q5_a_ticket_closed_in_time_owes_no_response_any_more() -> None:
    closed = replace(TICKET, state=State.CLOSING, closing_at=MONDAY + 10 * MINUTE)
    assert not term(Goal.RESPONSE, closed, policy()).breached(MONDAY + 99 * HOUR)


def test_q5_targets_may_differ_by_priority() -> None:
    rules = SlaPolicy.model_validate(
        {
            "targets": [
                {"priorities": ["urgent", "high"], "first_response_minutes": 15},
                {"first_response_minutes": 240},
            ]
        }
    )
    urgent = replace(TICKET, priority="urgent")
    assert term(Goal.RESPONSE, urgent, rules).due_at == MONDAY + 15 * MINUTE
    assert term(Goal.RESPONSE, TICKET, rules).due_at == MONDAY + 4 * HOUR

"""Limits of questions: per member, ticket and server, across restarts, and nothing lost (A2)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from ogma.domain.clock import HOUR, MINUTE, SECOND
from ogma.domain.effects import Kind
from ogma.domain.escalation import Cause
from ogma.domain.rates import Scope
from ogma.services import escalation, rates, replies
from ogma.services.desk import Desk
from ogma.store import messages
from ogma.store.opening import open_database

from .conftest import ALICE, CUSTOMER, SAM, SETTINGS, START, Office


def limited(office: Office, **limits: int) -> Desk:
    """The office's desk with these limits and no others."""
    off = {"questions_per_user": 0, "questions_per_ticket": 0, "questions_per_server": 0}
    settings = SETTINGS.model_copy(
        update={"limits": SETTINGS.limits.model_copy(update=off | limits)}
    )
    return Desk(office.desk.db, lambda: settings, office.desk.data, office.clock)


@pytest.mark.parametrize(
    ("limit", "scope", "other"),
    [
        ("questions_per_user", Scope.USER, (SAM, 1)),
        ("questions_per_ticket", Scope.TICKET, (ALICE, 2)),
        ("questions_per_server", Scope.SERVER, None),
    ],
)
def test_a2_a_limit_counts_its_own_within_an_hour(
    office: Office, limit: str, scope: Scope, other: tuple[int, int] | None
) -> None:
    """A2: "rate limit (hourly, per user, ticket and server)"."""
    desk = limited(office, **{limit: 3})
    for second in range(3):
        assert rates.allow(desk, ALICE, 1, START + second * SECOND)
    refused = rates.allow(desk, ALICE, 1, START + MINUTE)
    assert not refused
    assert (refused.used_up, refused.until) == (scope, START + HOUR)
    if other:
        assert rates.allow(desk, *other, START + MINUTE)
    assert not rates.allow(desk, ALICE, 1, START + HOUR - 1)
    assert rates.allow(desk, ALICE, 1, START + HOUR)
    assert not rates.allow(desk, ALICE, 1, START + HOUR)


def test_a2_a_refused_question_takes_nothing_from_the_other_limits(office: Office) -> None:
    """Somebody who is refused all the time must not use up the server's share."""
    desk = limited(office, questions_per_user=1, questions_per_server=2)
    assert rates.allow(desk, ALICE, None, START)
    for _ in range(5):
        assert not rates.allow(desk, ALICE, None, START)
    assert rates.allow(desk, SAM, None, START)


def test_a2_limits_outlive_a_restart(office: Office) -> None:
    desk = limited(office, questions_per_user=1)
    assert rates.allow(desk, ALICE, None, START)
    again = open_database(office.desk.data)
    try:
        restarted = Desk(again, desk.settings, desk.data, desk.clock)
        assert not rates.allow(restarted, ALICE, None, START + MINUTE)
    finally:
        again.close()


def test_a2_a_limit_holds_whoever_asks_at_the_same_time(office: Office) -> None:
    """A2: counted and taken in one write, also over two connections to the database."""
    desk = limited(office, questions_per_user=3)
    other = open_database(office.desk.data)
    desks = [desk, Desk(other, desk.settings, desk.data, desk.clock)]
    try:
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(rates.allow, desks[n % 2], ALICE, 1, START) for n in range(24)]
        assert sum(bool(one.result()) for one in asked) == 3
    finally:
        other.close()


def test_a2_outside_of_tickets_only_member_and_server_count(office: Office) -> None:
    desk = limited(office, questions_per_ticket=1)
    assert all(rates.allow(desk, ALICE, None, START) for _ in range(5))


def test_a2_what_no_limit_looks_back_to_is_forgotten(office: Office) -> None:
    for minute in range(0, 180, 5):
        assert rates.allow(office.desk, ALICE, 1, START + minute * MINUTE)
    kept = office.desk.db.execute("SELECT count(*) FROM question_taken")[0][0]
    assert kept <= 12


def test_a2_beyond_the_limit_a_person_answers_and_nothing_is_lost(office: Office) -> None:
    """A2, E1: the customer gets one sentence; the question stands in the review item."""
    desk = limited(office, questions_per_ticket=1)
    office.open(subject=None)
    office.say(CUSTOMER, "first?")
    assert replies.begin(desk, 1) is not None
    rows = messages.pending(desk.db, 1)
    messages.decide(desk.db, [row["id"] for row in rows], "answered")
    second = office.say(CUSTOMER, "and the second?")
    assert replies.begin(desk, 1) is None
    assert sorted(office.deliver()) == [Kind.SAY, Kind.SYNC_REVIEW]
    item = escalation.review_item(desk, 1)
    assert [(one.cause, one.detail) for one in item.reasons] == [(Cause.RATE_LIMIT, "ticket")]
    assert item.question == "and the second?"
    row = messages.get(desk.db, second)
    assert row is not None and row["ai"] == "escalated"
    third = office.say(CUSTOMER, "hello?")
    later = messages.get(desk.db, third)
    assert later is not None and later["ai"] == "silent:escalated"
    assert office.deliver() == []

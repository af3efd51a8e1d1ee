"""The one gate, cell by cell for the actions of the spine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ogma.domain.access import (
    OWNER,
    Action,
    Actor,
    Denial,
    Rank,
    denial,
)
from ogma.domain.permissions import ADMINISTRATOR, MANAGE_CHANNELS
from ogma.domain.tickets import State
from tests.domain.test_replies import TICKET

SUPPORT, MANAGEMENT, OTHER_STAFF = 10, 20, 30
RANK = Rank(frozenset({SUPPORT, MANAGEMENT}), frozenset({MANAGEMENT}))
ACTORS = {
    "customer": Actor(TICKET.customer_id, "alice"),
    "stranger": Actor(3, "bob"),
    "staff": Actor(4, "sam", frozenset({SUPPORT})),
    "other_staff": Actor(5, "bill", frozenset({OTHER_STAFF})),
    "management": Actor(6, "mia", frozenset({MANAGEMENT})),
    "manage_channels": Actor(7, "chan", permissions=MANAGE_CHANNELS),
    "administrator": Actor(8, "omar", permissions=ADMINISTRATOR),
    "owner": OWNER,
}
ALLOWED = {
    Action.REQUEST_HUMAN: {"customer"},
    Action.JUDGE_ANSWER: {"customer"},
    Action.CLAIM: {"staff", "management", "owner"},
    Action.UNCLAIM: {"staff", "management", "owner"},
    Action.HAND_BACK: {"staff", "management", "owner"},
    Action.OUT_OF_SCOPE: {"staff", "management", "owner"},
    Action.SEND_DRAFT: {"staff", "management", "owner"},
    Action.JUDGE_DRAFT: {"staff", "management", "owner"},
    Action.REQUEST_CLOSE: {"staff", "management", "owner"},
    Action.ANSWER_REQUEST: {"customer"},
    Action.ADD: {"staff", "management", "owner"},
    Action.REMOVE: {"staff", "management", "owner"},
    Action.RENAME: {"staff", "management", "owner"},
    Action.LOCKDOWN: {"management", "administrator", "owner"},
    Action.UNLOCK: {"management", "administrator", "owner"},
    Action.REOPEN: set(),
    Action.CLOSE: {"manage_channels", "administrator", "owner"},
    Action.SEE: {"staff", "management", "administrator", "owner"},
}


@pytest.mark.parametrize("name", ACTORS)
@pytest.mark.parametrize("action", sorted(ALLOWED))
def test_open_ticket(action: Action, name: str) -> None:
    """C1: Manage Channels closes, a staff role alone is refused; Q1: staff claim."""
    allowed = denial(ACTORS[name], action, TICKET, RANK) is None
    assert allowed == (name in ALLOWED[action])


AT_ANY_TIME = {Action.SEE, Action.JUDGE_DRAFT, Action.RATE, Action.FOLLOW_UP, Action.REOPEN}


@pytest.mark.parametrize("state", sorted(set(State) - {State.OPEN}))
@pytest.mark.parametrize("action", sorted(set(Action) - AT_ANY_TIME))
def test_nothing_is_done_to_a_ticket_that_is_not_open(state: State, action: Action) -> None:
    assert denial(OWNER, action, replace(TICKET, state=state), RANK) is Denial.NOT_OPEN


def test_a_rating_is_for_the_customer_after_the_close() -> None:
    """C3: only the customer."""
    closed = replace(TICKET, state=State.CLOSED)
    assert denial(ACTORS["customer"], Action.RATE, closed, RANK) is None
    assert denial(ACTORS["staff"], Action.RATE, closed, RANK) is Denial.NOT_CUSTOMER
    assert denial(ACTORS["customer"], Action.RATE, TICKET, RANK) is Denial.NOT_CLOSED


def test_a_customer_with_a_staff_role_is_no_staff_of_their_own_ticket() -> None:
    customer = Actor(TICKET.customer_id, "sam", frozenset({SUPPORT}))
    assert denial(customer, Action.CLAIM, TICKET, RANK) is Denial.NOT_STAFF


def test_a_claim_is_given_up_by_its_holder_or_by_management() -> None:
    held = replace(TICKET, claimed_by=ACTORS["staff"].id)
    colleague = Actor(9, "sue", frozenset({SUPPORT}))
    assert denial(ACTORS["staff"], Action.UNCLAIM, held, RANK) is None
    assert denial(colleague, Action.UNCLAIM, held, RANK) is Denial.NOT_YOURS
    assert denial(ACTORS["management"], Action.UNCLAIM, held, RANK) is None


def test_a_locked_ticket_is_for_management_only() -> None:
    """Q4: regular staff are out; so is Manage Channels without a management role."""
    locked = replace(TICKET, locked_at=1)
    assert denial(ACTORS["staff"], Action.CLAIM, locked, RANK) is Denial.LOCKED
    assert denial(ACTORS["manage_channels"], Action.CLOSE, locked, RANK) is Denial.LOCKED
    assert denial(ACTORS["management"], Action.CLAIM, locked, RANK) is None


def test_an_added_member_with_a_staff_role_is_no_staff_of_that_ticket() -> None:
    rank = Rank(RANK.staff, RANK.management, frozenset({ACTORS["staff"].id}))
    assert denial(ACTORS["staff"], Action.CLAIM, TICKET, rank) is Denial.NOT_STAFF


def test_q4_without_a_management_role_nobody_locks() -> None:
    """Q4: refused while no management role is configured."""
    rank = Rank(frozenset({SUPPORT}), frozenset())
    for actor in ACTORS.values():
        assert denial(actor, Action.LOCKDOWN, TICKET, rank) is Denial.NO_MANAGEMENT_ROLE


def test_a_hasty_close_is_undone_only_in_its_grace_period() -> None:
    """Reopen works only while closing, before the archiving: for the customer and staff."""
    closing = replace(TICKET, state=State.CLOSING)
    assert denial(ACTORS["staff"], Action.REOPEN, closing, RANK) is Denial.NOT_REOPENABLE
    in_grace = replace(closing, grace_until=1)
    for name, actor in ACTORS.items():
        allowed = denial(actor, Action.REOPEN, in_grace, RANK) is None
        assert allowed == (name in {"customer", "staff", "management", "owner"}), name

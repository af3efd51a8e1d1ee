"""The permission matrix at the gate, generated from a table: every actor, action and situation.

Over the wire the same table is played in `tests/e2e/test_matrix.py`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from ogma.domain.access import Action, Actor, Rank, denial, management_denial, team_denial
from ogma.domain.permissions import ADMINISTRATOR, MANAGE_CHANNELS, MANAGE_GUILD
from ogma.domain.tickets import State, Ticket
from tests.domain.test_replies import TICKET

SUPPORT, BILLING, MANAGEMENT = 10, 30, 20
ADDED = 11
ACTORS = {
    "stranger": Actor(3, "stan"),
    "customer": Actor(TICKET.customer_id, "alice"),
    "other_customer": Actor(12, "bob"),
    "added": Actor(ADDED, "carol"),
    "staff": Actor(4, "sam", frozenset({SUPPORT})),
    "other_staff": Actor(5, "bill", frozenset({BILLING})),
    "management": Actor(6, "mia", frozenset({MANAGEMENT})),
    "manage_channels": Actor(7, "chan", permissions=MANAGE_CHANNELS),
    "manage_server": Actor(13, "max", permissions=MANAGE_GUILD),
    "administrator": Actor(8, "omar", permissions=ADMINISTRATOR),
    "bot": Actor(9, "robot"),
}
RANK = Rank(frozenset({SUPPORT, MANAGEMENT}), frozenset({MANAGEMENT}), frozenset({ADDED}))
TEAM = Rank(frozenset({SUPPORT, BILLING, MANAGEMENT}), frozenset({MANAGEMENT}))

CLOSED = {"state": State.CLOSED, "closed_at": 2}
SITUATIONS: dict[str, Ticket] = {
    "open": TICKET,
    "escalated": replace(TICKET, escalated_at=1),
    "locked": replace(TICKET, locked_at=1),
    "grace": replace(TICKET, state=State.CLOSING, grace_until=9),
    "grace_locked": replace(TICKET, state=State.CLOSING, grace_until=9, locked_at=1),
    "closed": replace(TICKET, **CLOSED),  # type: ignore[arg-type]
    "closed_locked": replace(TICKET, **CLOSED, locked_at=1),  # type: ignore[arg-type]
}

NOBODY = ""
STAFF, LOCKED = "staff management", "management"
WORK = {"open": STAFF, "escalated": STAFF, "locked": LOCKED}
ASK = dict.fromkeys(("open", "escalated", "locked"), "customer")
AFTER = dict.fromkeys(("grace", "grace_locked", "closed", "closed_locked"), "customer")
LOCKING = dict.fromkeys(("open", "escalated", "locked"), "management manage_server administrator")
SEE = {
    **dict.fromkeys(("open", "escalated", "grace", "closed"), f"{STAFF} administrator"),
    **dict.fromkeys(("locked", "grace_locked", "closed_locked"), "management administrator"),
}
MAY: dict[Action, dict[str, str]] = {
    **dict.fromkeys(
        (
            *(Action.CLAIM, Action.UNCLAIM, Action.ASSIGN, Action.TAG, Action.PRIORITISE),
            *(Action.NOTE, Action.MACRO, Action.TRANSFER, Action.HAND_BACK, Action.OUT_OF_SCOPE),
            *(Action.SEND_DRAFT, Action.REQUEST_CLOSE, Action.ADD, Action.REMOVE, Action.RENAME),
        ),
        WORK,
    ),
    **dict.fromkeys((Action.REQUEST_HUMAN, Action.JUDGE_ANSWER, Action.ANSWER_REQUEST), ASK),
    **dict.fromkeys((Action.RATE, Action.FOLLOW_UP), AFTER),
    **dict.fromkeys((Action.LOCKDOWN, Action.UNLOCK), LOCKING),
    Action.JUDGE_DRAFT: {
        **dict.fromkeys(("open", "escalated", "grace", "closed"), STAFF),
        **dict.fromkeys(("locked", "grace_locked", "closed_locked"), LOCKED),
    },
    Action.CLOSE: {
        "open": "manage_channels administrator",
        "escalated": "manage_channels administrator",
        "locked": "administrator",
    },
    Action.REOPEN: {"grace": f"customer {STAFF}", "grace_locked": LOCKED},
    Action.SEE: SEE,
}
"""Who may do what when; a situation that is not named is nobody's. Two words about words:

An administrator without a staff role is neither side: may lock, close and see, and works on no
ticket. Members with Manage Server use management's commands, and see nothing that is locked.
"""


def allowed(action: Action, situation: str) -> set[str]:
    return set(MAY[action].get(situation, NOBODY).split())


def test_every_action_stands_in_the_table() -> None:
    """An action that is added to the gate needs its row."""
    assert set(MAY) == set(Action)


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("action", sorted(MAY))
def test_every_cell(action: Action, situation: str) -> None:
    """Q1 to Q4, C1, C3, C4, E2: each of the actors, in one action and one situation."""
    ticket = SITUATIONS[situation]
    may = {name for name, actor in ACTORS.items() if not denial(actor, action, ticket, RANK)}
    assert may == allowed(action, situation)


def test_nobody_gains_by_being_several_things() -> None:
    """A customer or added member with a staff role works on their own ticket as little as without.

    Roles only ever add to what an actor may do, apart from that.
    """
    for action, (situation, ticket) in product(MAY, SITUATIONS.items()):
        if action in (Action.CLOSE, Action.LOCKDOWN, Action.UNLOCK):
            continue
        for one in ("customer", "added"):
            both = replace(ACTORS[one], roles=frozenset({SUPPORT}))
            plain = denial(ACTORS[one], action, ticket, RANK) is None
            assert (denial(both, action, ticket, RANK) is None) == plain, (action, situation, one)


MANAGERS = "management manage_server administrator"


@pytest.mark.parametrize(
    ("may", "deny"),
    [
        (MANAGERS, lambda one: management_denial(one, {MANAGEMENT})),
        (f"staff other_staff {MANAGERS}", lambda one: team_denial(one, TEAM)),
    ],
    ids=["management", "team"],
)
def test_what_is_about_no_ticket(may: str, deny: object) -> None:
    """O3, L1, Q2: the block list is management's; tips and lists are the team's."""
    assert {name for name, one in ACTORS.items() if not deny(one)} == set(may.split())  # type: ignore[operator]

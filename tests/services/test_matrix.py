"""The permission matrix for what is listed: the queue, the search, flags and transcripts (Q2, Q4).

For every actor, in every situation, they show a ticket exactly when the gate lets that actor see
it: nobody learns from a list what a door keeps from them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ogma.domain.access import Actor, Denial
from ogma.domain.archive import View
from ogma.domain.opening import Intention
from ogma.domain.permissions import ADMINISTRATOR, MANAGE_CHANNELS, MANAGE_GUILD
from ogma.domain.policies import TypePolicy
from ogma.domain.queue import Queue
from ogma.domain.tickets import Ticket
from ogma.services import flags, opening, people, queue, search
from ogma.services.data import export
from ogma.services.people import Member
from ogma.store import flags as flag_store
from tests.domain.test_matrix import SEE

from .conftest import ALICE, CLOSER, CUSTOMER, MANAGEMENT, SETTINGS, STAFF, SUPPORT, Office

BILLING, GLOBAL = 70, 71
ACTORS = {
    "stranger": Actor(50, "stan"),
    "customer": CUSTOMER,
    "other_customer": Actor(51, "bob"),
    "added": Actor(52, "carol", frozenset({SUPPORT})),
    "staff": STAFF,
    "other_staff": Actor(53, "bill", frozenset({BILLING})),
    "management": Actor(54, "mia", frozenset({MANAGEMENT})),
    "manage_channels": Actor(55, "chan", permissions=MANAGE_CHANNELS),
    "manage_server": Actor(56, "max", permissions=MANAGE_GUILD),
    "administrator": Actor(57, "omar", permissions=ADMINISTRATOR),
    "bot": Actor(58, "robot"),
}
SITUATIONS: dict[str, dict[str, object]] = {
    "open": {},
    "escalated": {"escalated_at": 1},
    "locked": {"locked_at": 1},
    "closed": {"state": "closed", "closed_at": 2},
    "closed_locked": {"state": "closed", "closed_at": 2, "locked_at": 1},
}
WORD = "chrysanthemum"


@pytest.fixture
def desk_of_types(office: Office) -> Office:
    """Support is staff of the general type only, billing of another; nobody is of all."""
    general = SETTINGS.types[0].model_copy(update={"staff_roles": (SUPPORT,)})
    billing = TypePolicy(id="billing", label="Billing", category=40, staff_roles=(BILLING,))
    roles = SETTINGS.roles.model_copy(update={"staff": (GLOBAL,)})
    settings = SETTINGS.model_copy(update={"types": (general, billing), "roles": roles})
    return Office(replace(office.desk, settings=lambda: settings), office.clock)


def _queue(office: Office, actor: Actor) -> set[int]:
    found = queue.page(office.desk, actor, Queue.ALL)
    return set() if isinstance(found, Denial) else {one.id for one in found.tickets}


def _search(office: Office, actor: Actor) -> set[int]:
    found = search.page(office.desk, actor, WORD)
    return set() if isinstance(found, Denial) else {one.ticket_id for one in found.found}


def _flags(office: Office, actor: Actor) -> set[int]:
    found = flags.page(office.desk, actor)
    return set() if isinstance(found, Denial) else {one.ticket_id for one in found.flags}


def _transcripts(office: Office, actor: Actor) -> set[int]:
    return {
        number
        for number in (1, 2)
        if export.for_actor(office.desk, actor, number, "txt", View.STAFF) is not None
    }


LISTS: dict[str, Callable[[Office, Actor], set[int]]] = {
    "queue": _queue,
    "search": _search,
    "flags": _flags,
    "transcripts": _transcripts,
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_list_shows_what_the_gate_lets_see(desk_of_types: Office, situation: str) -> None:
    """Q2, Q4, E3, T3: eleven actors, four lists, in one situation; another type's is not theirs."""
    office = desk_of_types
    office.open()
    other = Intention(ALICE, "alice", frozenset(), "billing", subject="Other")
    assert isinstance(opening.open_ticket(office.desk, other, 99), Ticket)
    office.deliver()
    member = Member(52, "carol", False, False)
    assert people.add(office.desk, CLOSER, 1, member) is None
    office.say(CUSTOMER, f"A {WORD} is a flower.")
    with office.desk.db.write():
        flag_store.add(office.desk.db, 1, office.clock.at, "negative_csat")
    for column, value in SITUATIONS[situation].items():
        office.desk.db.execute(f"UPDATE ticket SET {column} = ? WHERE id = 1", (value,))
    may = set(SEE[situation].split())
    for name, actor in ACTORS.items():
        for what, seen in LISTS.items():
            gone = what == "queue" and "closed" in situation
            expected = name in may and not gone
            assert (1 in seen(office, actor)) == expected, (name, what)
    assert 2 in _queue(office, ACTORS["other_staff"])
    assert 2 not in _queue(office, ACTORS["staff"])

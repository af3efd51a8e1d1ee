"""Opening: the slot is taken in the database, before any channel exists."""

from __future__ import annotations

import threading
from dataclasses import replace

from ogma.domain.effects import Kind
from ogma.domain.opening import Intention, Refusal
from ogma.domain.tickets import State, Ticket
from ogma.services import opening, strays
from ogma.services.opening import Refused
from ogma.store import messages, outbox

from .conftest import ALICE, Office

WISH = Intention(ALICE, "alice", frozenset(), "general", subject="Help", description="It broke")


def test_o4_o5_an_opened_ticket_gets_its_channel_then_its_greeting_then_the_pin(
    office: Office,
) -> None:
    """O5, O4: channel, greeting, pin, in this order; the intake is the first question."""
    ticket = opening.open_ticket(office.desk, WISH, 77)
    assert isinstance(ticket, Ticket) and ticket.state is State.OPENING
    assert office.deliver() == [Kind.OPEN_CHANNEL, Kind.GREET, Kind.PIN_GREETING]
    opened = office.ticket()
    assert (opened.state, opened.channel_id) == (State.OPEN, 1001)
    assert opened.greeting_id is not None
    waiting = messages.pending(office.desk.db, opened.id)
    assert [(row["content"], row["origin"]) for row in waiting] == [("Help\nIt broke", "intake")]


def test_o7_the_same_interaction_opens_one_ticket(office: Office) -> None:
    """P7: an event that comes twice has no further effect."""
    first = opening.open_ticket(office.desk, WISH, 77)
    again = opening.open_ticket(office.desk, WISH, 77)
    assert isinstance(first, Ticket) and isinstance(again, Ticket)
    assert first.id == again.id
    assert len(outbox.of_ticket(office.desk.db, first.id)) == 3


def test_o3_a_second_ticket_of_the_type_is_refused_with_the_first(office: Office) -> None:
    ticket = office.open()
    refused = opening.open_ticket(office.desk, WISH, 78)
    assert refused == Refused(Refusal.LIMIT, ticket)
    other_type = Intention(ALICE, "alice", frozenset(), "quiet")
    assert isinstance(opening.open_ticket(office.desk, other_type, 79), Ticket)


def test_o7_simultaneous_openings_from_many_threads_make_one_ticket(office: Office) -> None:
    """O7, P4: the limit holds under any number of simultaneous clicks."""
    outcomes: list[object] = []

    def click(number: int) -> None:
        outcomes.append(opening.open_ticket(office.desk, WISH, 100 + number))
        office.desk.db.close()

    threads = [threading.Thread(target=click, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(outcome, Ticket) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 19


def test_p3_an_opening_that_fails_for_good_frees_its_slot_and_tells_staff(office: Office) -> None:
    """P3, O5: state failed, the greeting never runs, staff are told, the member may try again."""
    opening.open_ticket(office.desk, WISH, 77)
    performed = office.deliver(fail=frozenset({Kind.OPEN_CHANNEL}))
    assert performed == [Kind.OPEN_CHANNEL, Kind.STAFF_NOTICE]
    assert office.ticket().state is State.FAILED
    assert "refused by the test" in (office.ticket().failure or "")
    assert isinstance(opening.open_ticket(office.desk, WISH, 78), Ticket)


def test_a_number_is_never_used_twice(office: Office) -> None:
    """O5: a failed opening may leave a gap, but its number does not come back."""
    opening.open_ticket(office.desk, WISH, 77)
    office.deliver(fail=frozenset({Kind.OPEN_CHANNEL}))
    second = opening.open_ticket(office.desk, WISH, 78)
    assert isinstance(second, Ticket) and second.id == 2


def test_p1_a_second_channel_of_a_ticket_is_a_stray(office: Office) -> None:
    """P1: what was made twice is known; an opening, an unknown key and the home are not."""
    failed = opening.open_ticket(office.desk, replace(WISH, customer_id=78), 4710)
    office.deliver(fail=frozenset({Kind.OPEN_CHANNEL}))
    home = office.open()
    wish = Intention(77, "bob", frozenset(), "general", subject="Wait")
    opened = opening.open_ticket(office.desk, wish, 4711)
    assert isinstance(opened, Ticket) and isinstance(failed, Ticket)
    assert home.channel_id is not None
    marked = {home.channel_id: home.key, 5001: home.key, 5002: opened.key, 5003: "0badcafe"}
    marked[5004] = failed.key
    assert strays.strays(office.desk, marked) == {5001: home.channel_id, 5004: None}

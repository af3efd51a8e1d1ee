"""Notes, prepared replies, and moving a ticket to another type (Q3)."""

from __future__ import annotations

import json

import pytest

from ogma.domain.access import Actor, Denial
from ogma.domain.archive import View
from ogma.domain.assignment import Method, Teammate
from ogma.domain.effects import Kind
from ogma.domain.macros import Filling, MacroPolicy, filled, unknown_placeholders
from ogma.domain.tickets import Ticket
from ogma.errors import UsageError
from ogma.services import (
    archive,
    escalation,
    lockdown,
    macros,
    notes,
    people,
    replies,
    staff,
    team,
    transfer,
)
from ogma.services.desk import Desk
from ogma.store import outbox, tickets

from .conftest import ALICE, CLOSER, CUSTOMER, SETTINGS, STAFF, SUPPORT, Office

EXPERT = 11
EVA = Actor(6, "eva", frozenset({EXPERT}))
SECRET = "She threatened us last year."


def under(office: Office, **changed: object) -> Desk:
    chosen = SETTINGS.model_copy(update=changed)
    office.desk = Desk(office.desk.db, lambda: chosen, office.desk.data, office.clock)
    return office.desk


def test_q3_a_note_is_seen_by_staff_and_by_nobody_else(office: Office) -> None:
    """Q3: a note is in no message, no prompt and no transcript of the customer."""
    office.open("How do I reset my password?")
    assert notes.add(office.desk, STAFF, 1, f"  {SECRET} ") is None
    found = notes.of_ticket(office.desk, STAFF, 1)
    assert not isinstance(found, Denial)
    assert [(note.author, note.text) for note in found] == [("sam", SECRET)]
    archived = archive.build(office.desk, 1)
    for form in ("html", "json", "md", "txt"):
        assert SECRET not in archive.rendered(office.desk, archived, form, View.CUSTOMER)
        assert SECRET in archive.rendered(office.desk, archived, form, View.STAFF)
    office.say(CUSTOMER, "It says that the link is too old.")
    office.clock.at += 20_000
    question = replies.begin(office.desk, 1)
    assert question is not None and SECRET not in str(question)
    said = json.dumps([dict(one) for one in outbox.of_ticket(office.desk.db, 1)], default=str)
    assert SECRET not in said
    assert office.ticket().waiting_on == "staff"


def test_q3_customers_neither_write_nor_read_notes(office: Office) -> None:
    office.open()
    assert notes.add(office.desk, CUSTOMER, 1, "x") is Denial.NOT_STAFF
    assert notes.of_ticket(office.desk, CUSTOMER, 1) is Denial.NOT_STAFF
    lockdown.lock(office.desk, CLOSER, 1)
    assert notes.add(office.desk, STAFF, 1, "x") is Denial.LOCKED
    assert notes.of_ticket(office.desk, STAFF, 1) is Denial.LOCKED


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2001])
def test_q3_a_note_says_something_and_not_too_much(office: Office, text: str) -> None:
    office.open()
    with pytest.raises(UsageError, match="1 to 2000"):
        notes.add(office.desk, STAFF, 1, text)


MACROS = (
    MacroPolicy(id="hello", text="Hello {customer}, {staff} here, ticket {ticket}. {hours}"),
    MacroPolicy(id="quiet-only", text="Only here.", types=("quiet",)),
)


def fill(ticket: Ticket) -> Filling:
    return Filling(ticket.customer_name, ticket.id, "sam", "Around the clock.")


def test_q3_a_macro_is_shown_first_and_counts_as_a_reply(office: Office) -> None:
    """Q3: nothing is sent by looking; sent, it ends the hand-over and passes the turn."""
    desk = under(office, macros=MACROS)
    office.open()
    escalation.request_human(desk, CUSTOMER, 1)
    office.deliver()
    expected = "Hello alice, sam here, ticket 1. Around the clock."
    assert macros.prepared(desk, STAFF, 1, "hello", fill) == expected
    assert office.deliver() == [] and office.ticket().waiting_on == "staff"
    office.clock.at += 1
    assert macros.send(desk, STAFF, 1, "hello", fill) is True
    [said] = [row for row in outbox.of_ticket(desk.db, 1) if expected in row["payload"]]
    assert said["kind"] == Kind.SAY
    ticket = office.ticket()
    assert (ticket.waiting_on, ticket.escalated) == ("customer", False)
    assert ticket.first_response_at == office.clock.at


def test_q3_macros_are_offered_where_they_belong(office: Office) -> None:
    """Q3: by type, by what is typed, to staff only."""
    desk = under(office, macros=MACROS)
    office.open()
    quiet = office.open(type_id="quiet")
    assert macros.known(desk, STAFF, office.ticket(), "") == ["hello"]
    assert macros.known(desk, STAFF, quiet, "ON") == ["quiet-only"]
    assert macros.known(desk, CUSTOMER, quiet, "") == []
    assert macros.prepared(desk, STAFF, 1, "quiet-only", fill) is None
    assert macros.send(desk, STAFF, 1, "quiet-only", fill) is False
    assert macros.send(desk, CUSTOMER, 1, "hello", fill) is Denial.NOT_STAFF


def test_q3_placeholders_are_filled_once() -> None:
    """Q3: a customer named like a placeholder stays what they are called."""
    assert filled("{customer} {ticket}", Filling("{staff}", 7, "sam", "")) == "{staff} 7"
    assert unknown_placeholders("{customer} {costumer} {}") == ["costumer", ""]


def moved(office: Office, **changed: object) -> Desk:
    """Two types with staff of their own, eva for 'quiet', and an open ticket of the first."""
    own = SETTINGS.types[1].model_copy(update={"staff_roles": (EXPERT,), "category": 41, **changed})
    first = SETTINGS.types[0].model_copy(update={"staff_roles": (SUPPORT,)})
    roles = SETTINGS.roles.model_copy(update={"staff": ()})
    desk = under(office, types=(first, own), roles=roles)
    office.open()
    return desk


def test_q3_transfer_changes_type_staff_and_category_together(office: Office) -> None:
    """Q3: one transaction; one effect that names who is no longer staff."""
    desk = moved(office)
    assert transfer.transfer(desk, STAFF, 1, "general") is transfer.Unfit.SAME
    assert transfer.transfer(desk, STAFF, 1, "nothing") is transfer.Unfit.UNKNOWN
    assert transfer.transfer(desk, CUSTOMER, 1, "quiet") is Denial.NOT_STAFF
    assert isinstance(transfer.transfer(desk, STAFF, 1, "quiet"), Ticket)
    assert office.ticket().type_id == "quiet"
    [move] = [row for row in outbox.of_ticket(desk.db, 1) if row["kind"] == Kind.MOVE_CHANNEL]
    assert json.loads(move["payload"]) == {"gone": [SUPPORT]} and move["lane"] == "ticket:1"
    assert notes.add(desk, STAFF, 1, "mine?") is Denial.NOT_STAFF
    assert notes.add(desk, EVA, 1, "mine!") is None
    transferred = [one for one in tickets.events(desk.db, 1) if one["kind"] == "transferred"]
    assert [one["detail"] for one in transferred] == ["general → quiet"]


def test_q3_whoever_is_not_staff_of_the_new_type_loses_the_ticket(office: Office) -> None:
    """Q1, Q3: the new type's own way of assigning begins."""
    desk = moved(office, assignment=Method.ROUND_ROBIN)
    team.saw(desk, [Teammate(one.id, one.name, one.roles) for one in (STAFF, EVA)])
    staff.claim(desk, STAFF, 1)
    transfer.transfer(desk, STAFF, 1, "quiet")
    assert office.ticket().claimed_by is None
    office.deliver()
    assert office.ticket().claimed_by == EVA.id


def test_q3_whoever_is_staff_of_both_types_keeps_it(office: Office) -> None:
    desk = moved(office)
    both = Actor(3, "sam", frozenset({SUPPORT, EXPERT}))
    team.saw(desk, [Teammate(both.id, both.name, both.roles)])
    staff.claim(desk, both, 1)
    transfer.transfer(desk, both, 1, "quiet")
    assert office.ticket().claimed_by == both.id


def test_q3_staff_may_transfer_beyond_the_customers_limit(office: Office) -> None:
    """O2, Q3: the limit is for what customers open; both tickets count from then on."""
    office.open(type_id="quiet")
    office.open(type_id="general")
    assert isinstance(transfer.transfer(office.desk, STAFF, 2, "quiet"), Ticket)
    slots = [office.ticket(number).slot for number in (1, 2)]
    assert slots == [0, 1]
    held = tickets.holding_slots(office.desk.db, 1, ALICE, "quiet")
    assert [one.id for one in held] == [1, 2]


def test_q3_a_topic_is_changed_as_often_as_discord_lets(office: Office) -> None:
    """Q3: renames and topics count together; beyond that the topic stays, and nothing waits."""
    office.open()
    for type_id in ("quiet", "general", "quiet"):
        transfer.transfer(office.desk, STAFF, 1, type_id)
    assert office.deliver().count(Kind.MOVE_CHANNEL) == 3
    assert office.delivered.count(Kind.RENAME_CHANNEL) == 2
    assert isinstance(people.rename(office.desk, STAFF, 1, "name"), people.TooSoon)
    office.clock.at += people.RENAME_WINDOW + 1
    assert people.rename(office.desk, STAFF, 1, "name") is None

"""Who takes part, what the channel is called, and lockdown."""

from __future__ import annotations

from ogma.domain.access import Denial
from ogma.domain.clock import MINUTE
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.effects import Kind
from ogma.services import closing, escalation, lockdown, people
from ogma.services.closing import Closure
from ogma.services.people import Member, Misfit, TooSoon
from ogma.store import messages

from .conftest import ALICE, CLOSER, CUSTOMER, STAFF, Office

BOB = Member(55, "bob")


def test_q3_an_added_member_is_on_the_customers_side(office: Office) -> None:
    """Q3, A2: their messages are customers' messages, even with a staff role."""
    office.open(subject=None)
    assert people.add(office.desk, CUSTOMER, 1, BOB) is Denial.NOT_STAFF
    assert people.add(office.desk, STAFF, 1, BOB) is None
    assert people.add(office.desk, STAFF, 1, BOB) is Misfit.ALREADY_THERE
    assert sorted(office.deliver()) == [Kind.SAY, Kind.SET_MEMBER]
    bob = STAFF.__class__(BOB.id, BOB.name, STAFF.roles)
    said = office.say(bob, "me too")
    row = messages.get(office.desk.db, said)
    assert row is not None and row["side"] == "customer"
    assert people.remove(office.desk, STAFF, 1, BOB) is None
    assert people.remove(office.desk, STAFF, 1, BOB) is Misfit.NOT_THERE


def test_q3_who_cannot_be_added_or_removed(office: Office) -> None:
    office.open()
    alice = Member(ALICE, "alice")
    assert people.add(office.desk, STAFF, 1, alice) is Misfit.ALREADY_THERE
    assert people.add(office.desk, STAFF, 1, Member(9, "x", machine=True)) is Misfit.MACHINE
    assert people.add(office.desk, STAFF, 1, Member(8, "y", staff=True)) is Misfit.ALREADY_THERE
    assert people.remove(office.desk, STAFF, 1, alice) is Misfit.CUSTOMER


def test_q3_two_renames_in_ten_minutes_and_then_a_sentence(office: Office) -> None:
    """Q3: within Discord's 2 per 10 min."""
    office.open()
    start = office.clock.at
    assert people.rename(office.desk, STAFF, 1, "a") is None
    office.clock.at += MINUTE
    assert people.rename(office.desk, STAFF, 1, "b") is None
    assert people.rename(office.desk, STAFF, 1, "c") == TooSoon(start + 10 * MINUTE)
    office.clock.at = start + 10 * MINUTE
    assert people.rename(office.desk, STAFF, 1, "c") is None
    assert office.deliver().count(Kind.RENAME_CHANNEL) == 3


def test_q4_lockdown_is_managements_and_silences_the_ai(office: Office) -> None:
    """Q4, A2."""
    office.open(subject=None)
    escalation.request_human(office.desk, CUSTOMER, 1)
    office.deliver()
    assert lockdown.lock(office.desk, STAFF, 1) is Denial.NOT_MANAGEMENT
    assert lockdown.lock(office.desk, CLOSER, 1) is True
    assert lockdown.lock(office.desk, CLOSER, 1) is False
    assert sorted(office.deliver()) == [Kind.LOCKDOWN, Kind.SYNC_REVIEW]
    said = office.say(CUSTOMER, "secret")
    row = messages.get(office.desk.db, said)
    assert row is not None and row["ai"] == "silent:locked"
    assert lockdown.unlock(office.desk, CLOSER, 1) is True
    assert lockdown.unlock(office.desk, CLOSER, 1) is False


def test_q4_a_close_in_lockdown_posts_no_transcript(office: Office) -> None:
    """C2, Q4: and the closed ticket stays restricted."""
    office.open()
    lockdown.lock(office.desk, CLOSER, 1)
    closing.close(office.desk, CLOSER, 1, Closure(CloseReason.OTHER, CloseCause.COMMAND))
    performed = office.deliver()
    assert Kind.POST_TRANSCRIPT not in performed and Kind.ARCHIVE in performed
    assert office.ticket().locked


def test_kept_overwrites_are_the_first_ones(office: Office) -> None:
    """Q4: a second attempt after a crash must not take the locked state for the former one."""
    office.open()
    lockdown.keep_overwrites(office.desk, 1, [{"id": "1"}], "lockdown")
    lockdown.keep_overwrites(office.desk, 1, [{"id": "2"}], "lockdown")
    assert lockdown.kept_overwrites(office.desk, 1, "lockdown") == [{"id": "1"}]

"""One review item per escalation, that grows and ends."""

from __future__ import annotations

from ogma.domain.access import Denial
from ogma.domain.effects import Kind
from ogma.domain.escalation import Cause, ReviewState
from ogma.services import escalation, staff
from ogma.services.escalation import HandOver
from ogma.store import records

from .conftest import CUSTOMER, STAFF, Office


def items(office: Office) -> list[dict[str, object]]:
    return records.escalations(office.desk.db, 1)


def test_e2_later_reasons_grow_the_same_item(office: Office) -> None:
    """E1, E2: exactly one item per escalation; the same reason twice is one."""
    office.open(subject=None)
    assert escalation.request_human(office.desk, CUSTOMER, 1) is True
    assert escalation.request_human(office.desk, CUSTOMER, 1) is False
    with office.desk.db.write():
        escalation.escalate(office.desk, office.ticket(), HandOver(Cause.AI_DOWN, "timeout"))
    assert len(items(office)) == 1
    item = escalation.review_item(office.desk, 1)
    assert [given.cause for given in item.reasons] == [Cause.REQUEST, Cause.AI_DOWN]
    assert office.events().count("escalated") == 1


def test_only_the_customer_asks_for_a_person(office: Office) -> None:
    office.open(subject=None)
    assert escalation.request_human(office.desk, STAFF, 1) is Denial.NOT_CUSTOMER


def test_a2_a_staff_reply_ends_the_escalation_and_a_later_one_is_new(office: Office) -> None:
    """A2: that reply also ends the escalated state; a later escalation has its own item."""
    office.open(subject=None)
    escalation.request_human(office.desk, CUSTOMER, 1)
    office.clock.at += 1000
    office.say(STAFF, "here I am")
    assert not office.ticket().escalated
    escalation.request_human(office.desk, CUSTOMER, 1)
    assert [item["state"] for item in items(office)] == ["answered", "open"]


def test_claiming_moves_the_item_and_tells_the_customer(office: Office) -> None:
    office.open(subject=None)
    escalation.request_human(office.desk, CUSTOMER, 1)
    office.deliver()
    staff.claim(office.desk, STAFF, 1)
    assert sorted(office.deliver()) == [Kind.SAY, Kind.SYNC_REVIEW]
    assert escalation.review_item(office.desk, 1).state is ReviewState.CLAIMED
    staff.unclaim(office.desk, STAFF, 1)
    assert escalation.review_item(office.desk, 1).state is ReviewState.OPEN
    assert office.ticket().claimed_by is None


def test_handing_back_lets_the_ai_speak_again(office: Office) -> None:
    """E2: Hand back to AI."""
    office.open(subject=None)
    escalation.request_human(office.desk, CUSTOMER, 1)
    assert escalation.hand_back(office.desk, CUSTOMER, 1) is Denial.NOT_STAFF
    assert escalation.hand_back(office.desk, STAFF, 1) is True
    assert not office.ticket().escalated
    assert escalation.hand_back(office.desk, STAFF, 1) is False


def test_out_of_scope_marks_the_question_and_closes_nothing(office: Office) -> None:
    """E2: none of the knowledge base's business."""
    office.open(subject=None)
    escalation.request_human(office.desk, CUSTOMER, 1)
    assert escalation.out_of_scope(office.desk, STAFF, 1) is True
    assert escalation.review_item(office.desk, 1).out_of_scope
    assert office.ticket().escalated
    assert escalation.out_of_scope(office.desk, STAFF, 99) is False

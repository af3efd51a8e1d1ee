"""Tags and priority (Q3)."""

from __future__ import annotations

import pytest

from ogma.domain.access import Actor, Denial
from ogma.domain.marks import TAGS_MAX, Priority, tag_name
from ogma.errors import UsageError
from ogma.services import lockdown, marks
from ogma.store import marks as stored

from .conftest import ALICE, CLOSER, STAFF, Office

CUSTOMER = Actor(ALICE, "alice")


def test_q3_tags_are_hung_once_and_taken_off(office: Office) -> None:
    """Q3: /tag, in whatever case and spacing it is typed."""
    office.open()
    assert marks.tag(office.desk, STAFF, 1, " Refund Wanted ") == "refund-wanted"
    assert marks.tag(office.desk, STAFF, 1, "refund-wanted") is None
    assert marks.tag(office.desk, STAFF, 1, "bug") == "bug"
    assert stored.of_ticket(office.desk.db, 1) == ["bug", "refund-wanted"]
    assert marks.tags_like(office.desk, "Re") == ["refund-wanted"]
    assert marks.untag(office.desk, STAFF, 1, "BUG") == "bug"
    assert marks.untag(office.desk, STAFF, 1, "bug") is None
    assert office.events(1)[-3:] == ["tagged", "tagged", "untagged"]


@pytest.mark.parametrize("text", ["", "  ", "#x", "a" * 33, "a--b", "-a", "x\u200by", "@here"])
def test_q3_what_is_no_tag_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="cannot be a tag"):
        tag_name(text)


def test_q3_a_ticket_has_only_so_many_tags(office: Office) -> None:
    office.open()
    for number in range(TAGS_MAX):
        marks.tag(office.desk, STAFF, 1, f"tag{number}")
    with pytest.raises(UsageError, match="already"):
        marks.tag(office.desk, STAFF, 1, "one-more")


def test_q3_priority_is_set_by_staff(office: Office) -> None:
    """Q3: /priority."""
    office.open()
    assert office.ticket(1).priority == Priority.NORMAL
    assert marks.prioritise(office.desk, STAFF, 1, Priority.HIGH) is True
    assert marks.prioritise(office.desk, STAFF, 1, Priority.HIGH) is False
    assert office.ticket(1).priority == Priority.HIGH


def test_q3_customers_hang_nothing_and_a_locked_ticket_is_managements(office: Office) -> None:
    office.open()
    assert marks.tag(office.desk, CUSTOMER, 1, "bug") is Denial.NOT_STAFF
    assert marks.prioritise(office.desk, CUSTOMER, 1, Priority.LOW) is Denial.NOT_STAFF
    lockdown.lock(office.desk, CLOSER, 1)
    assert marks.tag(office.desk, STAFF, 1, "bug") is Denial.LOCKED
    assert marks.untag(office.desk, STAFF, 1, "bug") is Denial.LOCKED
    assert marks.tag(office.desk, CLOSER, 1, "bug") == "bug"

"""Closing: planned at once, carried out by the outbox, never without the archive."""

from __future__ import annotations

import pytest

from ogma.domain.access import OWNER, Denial
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.effects import Kind
from ogma.domain.tickets import State
from ogma.errors import UsageError
from ogma.services import closing, escalation, jobs
from ogma.services.closing import Closure
from ogma.store import outbox

from .conftest import CLOSER, CUSTOMER, STAFF, Office

RESOLVED = Closure(CloseReason.RESOLVED, CloseCause.COMMAND, "all good")


def test_c2_a_close_runs_in_order_and_frees_the_slot_last(office: Office) -> None:
    """C1, C2: reason, note and cause are stored; the slot is held until the channel is gone."""
    office.open()
    closing.close(office.desk, CLOSER, 1, RESOLVED)
    assert office.ticket().state is State.CLOSING
    performed = office.deliver()
    assert performed.index(Kind.LOCK_CHANNEL) < performed.index(Kind.ARCHIVE)
    assert performed.index(Kind.ARCHIVE) < performed.index(Kind.DELETE_CHANNEL)
    closed = office.ticket()
    assert closed.state is State.CLOSED
    assert (closed.close_reason, closed.close_note, closed.close_cause) == (
        "resolved", "all good", "command",
    )  # fmt: skip
    office.open()


def test_c2_a_failed_archive_holds_the_deletion_back_until_it_is_retried(office: Office) -> None:
    """C2, P2: the channel is never deleted before the archive is safe; staff are told."""
    office.open()
    closing.close(office.desk, CLOSER, 1, RESOLVED)
    performed = office.deliver(fail=frozenset({Kind.ARCHIVE}))
    assert Kind.DELETE_CHANNEL not in performed and Kind.STAFF_NOTICE in performed
    assert outbox.states(office.desk.db)["blocked"] == 4
    failed = outbox.listed(office.desk.db, ["failed"], 5)[0]
    assert jobs.retry_by_hand(office.desk, failed["id"])
    assert not jobs.retry_by_hand(office.desk, failed["id"])
    office.deliver()
    assert office.ticket().state is State.CLOSED


def test_c3_a_closed_dm_is_recorded_and_holds_nothing_back(office: Office) -> None:
    """C3, P20."""
    office.open()
    closing.close(office.desk, CLOSER, 1, RESOLVED)
    office.deliver(fail=frozenset({Kind.CSAT_DM}))
    assert office.ticket().state is State.CLOSED
    assert office.ticket().csat == "undelivered"


def test_c1_who_may_close(office: Office) -> None:
    """C1: Manage Channels; a staff role alone is refused; the owner's shell may."""
    office.open()
    assert closing.close(office.desk, STAFF, 1, RESOLVED) is Denial.NOT_MANAGE_CHANNELS
    assert closing.close(office.desk, CUSTOMER, 1, RESOLVED) is Denial.NOT_MANAGE_CHANNELS
    closing.close(office.desk, OWNER, 1, RESOLVED)
    assert closing.close(office.desk, OWNER, 1, RESOLVED) is Denial.NOT_OPEN


def test_c1_a_long_note_changes_nothing(office: Office) -> None:
    office.open()
    long = Closure(CloseReason.OTHER, CloseCause.COMMAND, "x" * 501)
    with pytest.raises(UsageError, match="501 characters; at most 500"):
        closing.close(office.desk, CLOSER, 1, long)
    assert office.ticket().state is State.OPEN


def test_c3_the_first_rating_counts_and_only_the_customers(office: Office) -> None:
    """C3: only the customer, once; a comment once."""
    office.open()
    assert closing.rate(office.desk, CUSTOMER, 1, "helpful") is Denial.NOT_CLOSED
    closing.close(office.desk, CLOSER, 1, RESOLVED)
    office.deliver()
    assert closing.rate(office.desk, STAFF, 1, "helpful") is Denial.NOT_CUSTOMER
    assert closing.rate(office.desk, CUSTOMER, 1, "unhelpful") == "unhelpful"
    assert closing.rate(office.desk, CUSTOMER, 1, "helpful") == "unhelpful"
    assert closing.comment(office.desk, CUSTOMER, 1, "too slow") is None
    assert closing.comment(office.desk, CUSTOMER, 1, "again") is None
    assert office.ticket().csat_comment == "too slow"


def test_c6_a_channel_deleted_by_hand_is_closed_from_what_is_stored(office: Office) -> None:
    """C6, P16: archived, rated, closed, without touching the channel; the slot is free."""
    office.open()
    assert closing.channel_deleted(office.desk, 1001) == 1
    assert closing.channel_deleted(office.desk, 1001) is None
    assert closing.channel_deleted(office.desk, 4711) is None
    assert Kind.LOCK_CHANNEL not in office.deliver()
    assert office.ticket().close_cause == "channel_deleted"
    office.open()


def test_closing_ends_the_review_item_and_drops_what_lost_its_sense(office: Office) -> None:
    office.open()
    escalation.request_human(office.desk, CUSTOMER, 1)
    closing.close(office.desk, CLOSER, 1, RESOLVED)
    assert escalation.review_item(office.desk, 1).state == "closed"
    assert Kind.SAY not in office.deliver()

"""What is recorded as it happens, and what it does to an answer under way."""

from __future__ import annotations

from ogma.domain.clock import MINUTE
from ogma.services import conversation
from ogma.services.conversation import Incoming
from ogma.store import messages

from .conftest import CUSTOMER, STAFF, Office


def fate(office: Office, message_id: int) -> str | None:
    row = messages.get(office.desk.db, message_id)
    assert row is not None
    return row["ai"]


def test_t1_a_message_is_stored_once_with_its_side(office: Office) -> None:
    """T1, P7: stored as it happens; the same event twice is one message."""
    office.open(subject=None)
    office.say(CUSTOMER, "hello")
    office.say(STAFF, "hi")
    twice = Incoming(
        id=99, channel_id=1001, author_id=9, author_name="Ogma", at=office.clock.at, content="x",
        ours=True,
    )  # fmt: skip
    conversation.record(office.desk, twice)
    conversation.record(office.desk, twice)
    rows = messages.of_ticket(office.desk.db, 1)
    assert sorted((row["content"], row["side"]) for row in rows) == [
        ("hello", "customer"), ("hi", "staff"), ("x", "ogma"),
    ]  # fmt: skip


def test_messages_elsewhere_are_nobodys_business(office: Office) -> None:
    office.open()
    assert office.say(CUSTOMER, "hello", channel=31)
    assert len(messages.of_ticket(office.desk.db, 1)) == 1


def test_a2_what_is_written_in_the_cooldown_is_decided_at_once(office: Office) -> None:
    """A2: within 30 min of a staff message Ogma is silent, and never answers that later."""
    office.open(subject=None)
    office.say(STAFF, "on it")
    office.clock.at += 30 * MINUTE - 1
    during = office.say(CUSTOMER, "still broken")
    office.clock.at += 1
    after = office.say(CUSTOMER, "and now?")
    assert fate(office, during) == "silent:staff_cooldown"
    assert fate(office, after) == messages.PENDING


def test_a3_a_staff_message_takes_over_the_waiting_questions(office: Office) -> None:
    """A3: no answer is sent once a staff message was received."""
    ticket = office.open(subject=None)
    asked = office.say(CUSTOMER, "how?")
    office.say(STAFF, "like this")
    assert fate(office, asked) == "silent:staff_replied"
    assert office.ticket().revision > ticket.revision
    assert office.ticket().first_response_at == office.clock.at


def test_notes_of_machines_do_not_count_as_staff(office: Office) -> None:
    """A2: other bots and webhooks do not count, whatever roles they have."""
    office.open(subject=None)
    office.say(STAFF, "beep", machine=True)
    assert office.ticket().last_staff_at is None


def test_p18_edits_and_deletions_are_kept_and_stop_an_answer(office: Office) -> None:
    """P18, A3: the former text is kept, the question counts as it now stands."""
    office.open(subject=None)
    asked = office.say(CUSTOMER, "how do I fly?")
    before = office.ticket().revision
    conversation.record_edit(office.desk, asked, {"content": "how do I swim?"}, office.clock.at)
    row = messages.get(office.desk.db, asked)
    assert row is not None and row["content"] == "how do I swim?"
    assert messages.versions(office.desk.db, 1) == {asked: [(office.clock.at, "how do I fly?")]}
    assert office.ticket().revision == before + 1
    conversation.record_deletion(office.desk, asked, office.clock.at)
    assert fate(office, asked) == "silent:deleted"
    assert office.ticket().revision == before + 2


def test_an_edit_without_content_changes_no_question(office: Office) -> None:
    """Discord tells of link previews as edits."""
    office.open(subject=None)
    asked = office.say(CUSTOMER, "see https://example.org")
    before = office.ticket().revision
    conversation.record_edit(office.desk, asked, {"embeds": [{"title": "x"}]}, office.clock.at)
    assert office.ticket().revision == before
    assert messages.versions(office.desk.db, 1) == {}

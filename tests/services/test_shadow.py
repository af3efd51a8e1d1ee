"""Shadow mode: drafts that only staff see, and what staff make of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ogma.domain.access import Denial
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.effects import Kind
from ogma.domain.policies import Settings
from ogma.domain.shadow import Agreement, DraftState
from ogma.services import closing, conversation, drafts, escalation, lockdown, replies, shadow
from ogma.services.closing import Closure
from ogma.services.desk import Desk
from ogma.services.shadow import Sending
from ogma.store import messages, records

from .conftest import CLOSER, CUSTOMER, SETTINGS, STAFF, START, Office
from .test_replies import ANSWER, SEARCH, UNKNOWN, ask


@pytest.fixture
def veiled(office: Office) -> Office:
    """A desk whose answers are drafts, with an open ticket."""
    settings = SETTINGS.model_copy(update={"ai": SETTINGS.ai.model_copy(update={"mode": "shadow"})})
    office.desk = Desk(office.desk.db, lambda: settings, office.desk.data, office.clock)
    office.open(subject=None)
    return office


def draft(office: Office, text: str = "how?") -> int:
    """A question whose answer is kept back; gives the draft's id. Its item is posted."""
    replies.finish(office.desk, ask(office, text), ANSWER, SEARCH)
    assert office.deliver() == [Kind.SYNC_DRAFT]
    return int(records.answers(office.desk.db, 1)[-1]["id"])


def state(office: Office, draft_id: int = 1) -> DraftState:
    return drafts.found(office.desk, draft_id).state


def test_a7_an_answer_is_a_draft_that_the_customer_does_not_see(veiled: Office) -> None:
    """A7: nothing in the ticket's channel; one item in #staff-review, which follows the draft."""
    made = draft(veiled)
    assert state(veiled) is DraftState.OPEN
    assert drafts.found(veiled.desk, made).message_id is not None
    assert replies.sendable(veiled.desk, 1, veiled.ticket().revision) is None
    assert replies.due(veiled.desk) == []


def test_a7_what_is_no_answer_is_handed_over_as_ever(veiled: Office) -> None:
    """A7, A1: a draft is an answer; without one, a person is asked."""
    replies.finish(veiled.desk, ask(veiled), UNKNOWN, SEARCH)
    assert sorted(veiled.deliver()) == [Kind.SAY, Kind.SYNC_REVIEW]


@pytest.mark.parametrize(
    ("text", "becomes", "said"),
    [
        (None, DraftState.SENT, "Press the button."),
        (" Press  the button. ", DraftState.SENT, "Press the button."),
        ("Press it twice.", DraftState.EDITED, "Press it twice."),
    ],
)
def test_a7_sending_goes_the_way_of_every_answer(
    veiled: Office, text: str | None, becomes: DraftState, said: str
) -> None:
    """A7, A3: as it stands or in other words, through the same effect and its last check."""
    assert shadow.send(veiled.desk, STAFF, draft(veiled), text) is Sending.DONE
    ready = replies.sendable(veiled.desk, 1, veiled.ticket().revision)
    assert ready is not None and ready.text == said
    assert sorted(veiled.deliver()) == [Kind.ANSWER, Kind.SYNC_DRAFT, Kind.SYNC_DRAFT]
    assert state(veiled) is becomes
    assert records.answers(veiled.desk.db, 1)[0]["message_id"] is not None
    assert shadow.send(veiled.desk, STAFF, 1) is Sending.JUDGED
    assert shadow.wrong(veiled.desk, STAFF, 1) is False
    assert f"draft_{becomes}" in veiled.events()


def test_a7_an_empty_edit_sends_nothing(veiled: Office) -> None:
    assert shadow.send(veiled.desk, STAFF, draft(veiled), " \n ") is Sending.EMPTY
    assert state(veiled) is DraftState.OPEN


def test_a7_wrong_is_counted_also_later_and_sends_nothing(veiled: Office) -> None:
    """A7: the verdict may come after staff have answered by themselves."""
    made = draft(veiled)
    veiled.say(STAFF, "It is like this.")
    shadow.expire_overtaken(veiled.desk)
    assert state(veiled) is DraftState.OUTDATED
    assert shadow.send(veiled.desk, STAFF, made) is Sending.OUTDATED
    assert shadow.wrong(veiled.desk, STAFF, made) is True
    assert Kind.ANSWER not in veiled.deliver()
    assert [one.wrong for one in shadow.agreement(veiled.desk, 0)] == [1]


def test_a7_only_staff_of_the_ticket_judge(veiled: Office) -> None:
    """A7, C1: the gate is asked at each click."""
    made = draft(veiled)
    for press in (shadow.send, shadow.wrong, shadow.editable):
        assert press(veiled.desk, CUSTOMER, made) is Denial.NOT_STAFF
    assert shadow.editable(veiled.desk, STAFF, made) == "Press the button."
    assert state(veiled) is DraftState.OPEN


def staff_reply(office: Office) -> None:
    office.say(STAFF, "let me look")


def close(office: Office) -> None:
    closing.close(office.desk, CLOSER, 1, Closure(CloseReason.RESOLVED, CloseCause.COMMAND))


def hand_over(office: Office) -> None:
    escalation.request_human(office.desk, CUSTOMER, 1)


def take_back(office: Office) -> None:
    asked = messages.of_ticket(office.desk.db, 1)[-1]["id"]
    conversation.record_deletion(office.desk, asked, office.clock.at)


@pytest.mark.parametrize("change", [staff_reply, close, hand_over, take_back])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a3_a_draft_is_not_sent_once_the_ticket_has_moved_on(
    veiled: Office, change: Callable[[Office], None], moment: str
) -> None:
    """A7, A3: the press itself is refused, and what was pressed before is checked again."""
    made = draft(veiled)
    if moment == "before":
        change(veiled)
        outcome = shadow.send(veiled.desk, STAFF, made)
        assert outcome in (Sending.OUTDATED, Denial.NOT_OPEN)
    else:
        assert shadow.send(veiled.desk, STAFF, made) is Sending.DONE
        change(veiled)
        assert replies.sendable(veiled.desk, 1, 0) is None
    if moment == "before":
        assert Kind.ANSWER not in veiled.deliver()


def test_a3_an_edited_question_gets_a_new_draft(veiled: Office) -> None:
    draft(veiled, "how do I fly?")
    asked = messages.of_ticket(veiled.desk.db, 1)[-1]["id"]
    conversation.record_edit(veiled.desk, asked, {"content": "how do I swim?"}, veiled.clock.at)
    assert shadow.expire_overtaken(veiled.desk) == 1
    again = replies.begin(veiled.desk, 1)
    assert again is not None and again.text == "how do I swim?"


def test_q4_a_lockdown_brings_every_draft_up_to_date(veiled: Office) -> None:
    """Q4: its item stands in a channel that all staff see."""
    draft(veiled)
    lockdown.lock(veiled.desk, CLOSER, 1)
    assert Kind.SYNC_DRAFT in veiled.deliver()


def test_a7_the_agreement_is_counted_per_type(veiled: Office) -> None:
    for text in (None, None, "Other words."):
        shadow.send(veiled.desk, STAFF, draft(veiled), text)
        veiled.deliver()
    shadow.wrong(veiled.desk, STAFF, draft(veiled))
    veiled.deliver()
    draft(veiled)
    [counted] = shadow.agreement(veiled.desk, START)
    assert counted == Agreement("general", drafts=5, sent=2, edited=1, wrong=1)
    assert (counted.judged, counted.rate) == (4, 0.5)
    assert shadow.agreement(veiled.desk, veiled.clock.at + 1) == []


def test_a7_a_mode_that_changes_back_keeps_a_planned_answer_from_the_customer(
    office: Office,
) -> None:
    """A7: an answer planned while live is not sent once the owner has chosen shadow."""
    office.open(subject=None)
    replies.finish(office.desk, ask(office), ANSWER, SEARCH)
    assert replies.sendable(office.desk, 1, 0) is not None
    settings = SETTINGS.model_copy(update={"ai": SETTINGS.ai.model_copy(update={"mode": "shadow"})})
    desk = Desk(office.desk.db, lambda: settings, office.desk.data, office.clock)
    assert replies.sendable(desk, 1, 0) is None


@pytest.mark.parametrize(
    ("ai", "kind", "mode"),
    [
        ({}, {}, "live"),
        ({"mode": "shadow"}, {}, "shadow"),
        ({"mode": "off"}, {}, "off"),
        ({"mode": "off"}, {"ai_mode": "shadow"}, "shadow"),
        ({"mode": "shadow"}, {"ai_mode": "live"}, "live"),
        ({}, {"ai_mode": "off"}, "off"),
        ({}, {"ai": False, "ai_mode": "live"}, "off"),
        ({"enabled": False}, {"ai_mode": "live"}, "off"),
    ],
)
def test_a7_the_mode_is_the_types_or_the_servers(
    ai: dict[str, object], kind: dict[str, object], mode: str
) -> None:
    """A7: per server or type; switching the AI off wins over both."""
    plain = SETTINGS.model_dump(mode="json")
    general = {**plain["types"][0], **kind}
    settings = Settings.model_validate({**plain, "ai": {**plain["ai"], **ai}, "types": [general]})
    assert settings.ai_mode("general") == mode
    assert settings.ai_mode("unknown") == "off"

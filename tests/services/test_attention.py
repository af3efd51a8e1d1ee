"""Manners and moods in a ticket: nothing searched for small talk; a person for the frustrated."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ogma.domain.clock import MINUTE, SECOND
from ogma.domain.effects import Kind
from ogma.domain.escalation import Cause
from ogma.services import escalation, replies
from ogma.services.desk import Desk
from ogma.store import flags, messages, outbox, tickets

from .conftest import CUSTOMER, SETTINGS, STAFF, Office


def with_frustration(office: Office, mode: str) -> Office:
    update = {"escalation": SETTINGS.escalation.model_copy(update={"frustration": mode})}
    settings = SETTINGS.model_copy(update=update)
    desk = Desk(office.desk.db, lambda: settings, office.desk.data, office.clock)
    return Office(desk, office.clock, office.messages)


def write(office: Office, text: str) -> tuple[replies.Question | None, str]:
    """A burst of one message; gives the question that it became, and what was decided."""
    message = office.say(CUSTOMER, text)
    office.clock.at += 4 * SECOND
    question = replies.begin(office.desk, 1)
    row = messages.get(office.desk.db, message)
    assert row is not None
    return question, row["ai"]


def said(office: Office) -> list[tuple[str, Any]]:
    rows = outbox.of_ticket(office.desk.db, 1)
    told = [json.loads(row["payload"]) for row in rows if row["kind"] == Kind.SAY]
    return [(one["notice"], one["values"].get("kind")) for one in told]


def test_a1_small_talk_is_answered_once_and_neither_searched_nor_escalated(office: Office) -> None:
    """A1: greetings and thanks get no escalation, no search, no model."""
    office.open(subject=None)
    for text in ("hi", "Hello!", "thanks", "thank you!", "👍"):
        assert write(office, text) == (None, "silent:small_talk")
    assert said(office) == [("small_talk", "greeting"), ("small_talk", "thanks")]
    assert not office.ticket().escalated
    assert office.deliver() == [Kind.SAY, Kind.SAY]


def test_a1_hello_asked_again_is_a_question_to_somebody(office: Office) -> None:
    office.open(subject=None)
    assert write(office, "hello?")[0] is None
    question, _ = write(office, "hello??")
    assert question is not None and question.text == "hello??"


def test_a1_a_question_beside_a_greeting_is_asked(office: Office) -> None:
    office.open(subject=None)
    question, _ = write(office, "hi, how do I reset it?")
    assert question is not None and said(office) == []


def test_a3_a_friendly_word_is_dropped_once_staff_have_written(office: Office) -> None:
    office.open(subject=None)
    write(office, "hi")
    (effect,) = [row for row in outbox.of_ticket(office.desk.db, 1) if row["kind"] == Kind.SAY]
    before = json.loads(effect["payload"])["revision"]
    office.say(STAFF, "hello Alice")
    assert office.ticket().revision != before


def test_e1_suggest_offers_a_person_once_and_goes_on(office: Office) -> None:
    """E1, E3: the score's signs are recorded, the ticket is flagged, the question is asked."""
    office.open(subject=None)
    question, _ = write(office, "this is useless, how do I cancel")
    assert question is not None
    office.clock.at += MINUTE
    assert write(office, "ridiculous. how do I cancel?")[0] is not None
    assert [notice for notice, _ in said(office)] == ["offer_human"]
    (flag,) = flags.of_ticket(office.desk.db, 1)
    assert (flag["kind"], flag["detail"]) == ("frustration", "phrases (0.6)")
    events = [e["detail"] for e in tickets.events(office.desk.db, 1) if e["kind"] == "frustrated"]
    assert events[0] == "phrases (0.6)" and len(events) == 2


def test_e1_auto_hands_over_with_the_reason(office: Office) -> None:
    """E1: escalates on frustration (score; suggest, auto or off)."""
    eager = with_frustration(office, "auto")
    eager.open(subject=None)
    question, decided = write(eager, "THIS IS USELESS. HOW DO I CANCEL???")
    assert (question, decided) == (None, "escalated")
    item = escalation.review_item(eager.desk, 1)
    (reason,) = item.reasons
    assert reason.cause is Cause.FRUSTRATION
    assert reason.detail.startswith("phrases, capitals, marks")
    assert "frustration" in [row["kind"] for row in flags.of_ticket(eager.desk.db, 1)]


@pytest.mark.parametrize("text", ["this is useless, how do I cancel", "WTF IS THIS USELESS BOT"])
def test_e1_off_takes_no_notice(office: Office, text: str) -> None:
    deaf = with_frustration(office, "off")
    deaf.open(subject=None)
    assert write(deaf, text)[0] is not None
    assert said(deaf) == [] and flags.of_ticket(deaf.desk.db, 1) == []


def test_a6_a_long_wait_is_told_unless_something_has_happened(office: Office) -> None:
    """The place in the line before the model; nothing is said in a ticket that moved on."""
    office.open(subject=None)
    question, _ = write(office, "how do I cancel?")
    assert question is not None
    replies.wait_longer(office.desk, question, 3)
    office.say(STAFF, "let me look")
    replies.wait_longer(office.desk, question, 2)
    rows = outbox.of_ticket(office.desk.db, 1)
    told = [json.loads(row["payload"]) for row in rows if row["kind"] == Kind.SAY]
    assert [one["values"] for one in told if one["notice"] == "waiting"] == [{"position": 3}]

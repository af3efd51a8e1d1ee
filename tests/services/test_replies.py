"""From waiting messages to an answer or a hand-over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ogma.domain.answers import Citation, Outcome, Reason, Verdict
from ogma.domain.clock import MINUTE, SECOND
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.effects import Kind
from ogma.domain.passages import Search
from ogma.services import closing, conversation, escalation, jobs, listing, replies
from ogma.services.closing import Closure
from ogma.store import flags, messages, outbox, records

from .conftest import CLOSER, CUSTOMER, STAFF, Office

CITED = Citation(1, "a.md", "A", "", None, "Press the button.")


def verdict(outcome: Outcome, reason: Reason | None = None) -> Verdict:
    text = "Press the button." if outcome is Outcome.ANSWER else None
    cited = (CITED,) if text else ()
    return Verdict(outcome, "q", 0.9, 0.45, "extractive", reason, text, cited)


ANSWER = verdict(Outcome.ANSWER)
UNKNOWN = verdict(Outcome.ESCALATE, Reason.LOW_CONFIDENCE)
SEARCH = Search("q", "words", (), 1)


def ask(office: Office, text: str = "how?") -> replies.Question:
    office.say(CUSTOMER, text)
    office.clock.at += 4 * SECOND
    assert replies.due(office.desk) == [1]
    question = replies.begin(office.desk, 1)
    assert question is not None
    return question


def test_a1_a_burst_is_one_question(office: Office) -> None:
    """A1: 3 s quiet, at most 15 s."""
    office.open(subject=None)
    for second in range(5):
        office.say(CUSTOMER, f"part {second}")
        office.clock.at += 2 * SECOND
        assert replies.due(office.desk) == []
    office.clock.at += SECOND
    question = replies.begin(office.desk, replies.due(office.desk)[0])
    assert question is not None
    assert question.text == "\n".join(f"part {second}" for second in range(5))


def test_a1_a_burst_that_goes_on_is_cut_after_15_s(office: Office) -> None:
    office.open(subject=None)
    for _ in range(8):
        office.say(CUSTOMER, "and")
        office.clock.at += 2 * SECOND
    assert replies.due(office.desk) == [1]


def test_a8_an_answer_is_recorded_planned_and_sent_once(office: Office) -> None:
    """A8, A4: the record comes with the plan; the message id with the receipt."""
    office.open(subject=None)
    question = ask(office)
    replies.finish(office.desk, question, ANSWER, SEARCH)
    assert office.deliver() == [Kind.ANSWER]
    record = records.answers(office.desk.db, 1)[0]
    assert (record["outcome"], record["withdrawn"]) == ("answer", None)
    assert record["message_id"] is not None
    assert replies.due(office.desk) == []


@pytest.mark.parametrize(
    ("confidence", "document", "kinds"),
    [(0.46, "a.md", ["low_confidence"]), (0.9, "a.md", []), (0.46, "tool:orders", [])],
)
def test_e3_an_answer_that_only_just_passed_flags_its_ticket_once(
    office: Office, confidence: float, document: str, kinds: list[str]
) -> None:
    """E3: when it is sent; one from a tool's facts did not have to pass."""
    cited = (replace(CITED, document=document),)
    doubtful = replace(ANSWER, confidence=confidence, citations=cited)
    office.open(subject=None)
    for _ in range(2):
        replies.finish(office.desk, ask(office), doubtful, SEARCH)
        assert flags.open_kinds(office.desk.db, [1])[1] in ([], kinds)
        office.deliver()
        assert flags.open_kinds(office.desk.db, [1])[1] == kinds


def test_a1_no_answer_means_a_hand_over_with_one_review_item(office: Office) -> None:
    """A1, E2: the customer is told, staff get one item, Ogma falls silent."""
    office.open(subject=None)
    replies.finish(office.desk, ask(office), UNKNOWN, SEARCH)
    assert sorted(office.deliver()) == [Kind.SAY, Kind.SYNC_REVIEW]
    assert office.ticket().escalated
    later = office.say(CUSTOMER, "hello?")
    row = messages.get(office.desk.db, later)
    assert row is not None and row["ai"] == "silent:escalated"


def change_staff(office: Office, asked: int) -> None:
    office.say(STAFF, "let me look")


def change_close(office: Office, asked: int) -> None:
    closing.close(office.desk, CLOSER, 1, Closure(CloseReason.RESOLVED, CloseCause.COMMAND))


def change_edit(office: Office, asked: int) -> None:
    conversation.record_edit(office.desk, asked, {"content": "never mind"}, office.clock.at)


def change_delete(office: Office, asked: int) -> None:
    conversation.record_deletion(office.desk, asked, office.clock.at)


def change_escalate(office: Office, asked: int) -> None:
    escalation.request_human(office.desk, CUSTOMER, 1)


CHANGES = [change_staff, change_close, change_edit, change_delete, change_escalate]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("moment", ["asking", "planned", "claimed", "sent"])
def test_a3_no_answer_once_the_event_is_known(office: Office, change, moment: str) -> None:  # type: ignore[no-untyped-def]
    """A3, P24: checked before planning and before sending; what crossed is taken back."""
    office.open(subject=None)
    question = ask(office)
    asked = question.messages[0]
    if moment == "asking":
        change(office, asked)
        replies.finish(office.desk, question, ANSWER, SEARCH)
        assert Kind.ANSWER not in office.deliver()
        return
    replies.finish(office.desk, question, ANSWER, SEARCH)
    record = records.answers(office.desk.db, 1)[0]["id"]
    if moment == "planned":
        change(office, asked)
        assert replies.sendable(office.desk, record, question.revision) is None
        return
    job = jobs.claim(office.desk, 5)[0]
    assert job.kind is Kind.ANSWER
    if moment == "claimed":
        change(office, asked)
        assert replies.sendable(office.desk, record, job.payload["revision"]) is None
        jobs.complete(office.desk, job, {"withdrawn": "outdated"})
        assert records.answers(office.desk.db, 1)[0]["withdrawn"] == "outdated"
        return
    assert replies.sendable(office.desk, record, job.payload["revision"]) is not None
    change(office, asked)
    jobs.complete(office.desk, job, {"message": 555})
    kinds = {row["kind"] for row in outbox.of_ticket(office.desk.db, 1)}
    assert records.answers(office.desk.db, 1)[0]["withdrawn"] == "crossed"
    assert Kind.DELETE_MESSAGE in kinds


def test_a8_an_answer_that_a_close_drops_is_not_shown_as_sent(office: Office) -> None:
    """A8: its record says so; one that was sent before the close keeps its own."""
    office.open(subject=None)
    replies.finish(office.desk, ask(office), ANSWER, SEARCH)
    assert office.deliver() == [Kind.ANSWER]
    office.clock.at += 2 * SECOND
    replies.finish(office.desk, ask(office, "and now?"), ANSWER, SEARCH)
    change_close(office, 0)
    shown = listing.why(office.desk, office.ticket())["answers"]
    assert [one["withdrawn"] for one in shown] == [None, "closed"]
    assert [one["message"] is None for one in shown] == [False, True]


def test_an_edited_question_is_asked_anew_as_it_stands(office: Office) -> None:
    office.open(subject=None)
    question = ask(office, "how do I fly?")
    change_edit(office, question.messages[0])
    replies.finish(office.desk, question, ANSWER, SEARCH)
    again = replies.begin(office.desk, 1)
    assert again is not None and again.text == "never mind"


def test_p9_a_question_that_waited_through_an_outage_goes_to_a_person(office: Office) -> None:
    """P9: a stale question gets a hand-over, not an AI answer to a solved problem."""
    office.open(subject=None)
    office.say(CUSTOMER, "how?")
    office.clock.at += 31 * MINUTE
    assert replies.begin(office.desk, 1) is None
    assert office.ticket().escalated


def test_an_answer_that_cannot_be_posted_becomes_a_hand_over(office: Office) -> None:
    """P3: no question is lost because Discord refuses the message."""
    office.open(subject=None)
    replies.finish(office.desk, ask(office), ANSWER, SEARCH)
    office.deliver(fail=frozenset({Kind.ANSWER}))
    assert office.ticket().escalated


def test_a_type_without_ai_is_never_answered(office: Office) -> None:
    """A2, O2: silent when the type has AI off; why is recorded."""
    office.open(type_id="quiet", subject=None)
    asked = office.say(CUSTOMER, "how?")
    row = messages.get(office.desk.db, asked)
    assert row is not None and row["ai"] == "silent:ai_off"


def test_feedback_is_the_customers(office: Office) -> None:
    """A4: helpful / not helpful; only the ticket's customer is heard."""
    office.open(subject=None)
    replies.finish(office.desk, ask(office), ANSWER, SEARCH)
    office.deliver()
    assert not replies.judge(office.desk, STAFF.id, 1, helpful=True)
    assert replies.judge(office.desk, CUSTOMER.id, 1, helpful=False)
    assert records.answers(office.desk.db, 1)[0]["feedback"] == "unhelpful"

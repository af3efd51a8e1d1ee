"""C1: what a close has cut off goes on when it is undone in its grace period."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ogma.domain.access import Denial
from ogma.domain.clock import HOUR, SECOND
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.effects import Kind
from ogma.domain.policies import ClosingPolicy
from ogma.domain.shadow import DraftState
from ogma.services import closing, conversation, drafts, escalation, replies, shadow, staff
from ogma.services.closing import Closure
from ogma.services.desk import Desk
from ogma.store import messages, records

from .conftest import CLOSER, CUSTOMER, SETTINGS, STAFF, Office
from .test_replies import ANSWER, SEARCH, UNKNOWN, ask

RESOLVED = Closure(CloseReason.RESOLVED, CloseCause.COMMAND)


@pytest.fixture(params=["live", "shadow"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def lenient(office: Office, mode: str) -> Iterator[Office]:
    """A desk with a day of grace, with an open ticket; `mode` is that of its answers."""
    settings = SETTINGS.model_copy(
        update={
            "closing": ClosingPolicy(grace_minutes=24 * 60),
            "ai": SETTINGS.ai.model_copy(update={"mode": mode}),
        }
    )
    office.desk = Desk(office.desk.db, lambda: settings, office.desk.data, office.clock)
    office.open(subject=None)
    yield office


def close(office: Office) -> None:
    assert not isinstance(closing.close(office.desk, CLOSER, 1, RESOLVED), Denial)


def reopen(office: Office) -> None:
    """Hours later: longer than a question may wait while the bot is away."""
    office.clock.at += 3 * HOUR
    assert not isinstance(closing.reopen(office.desk, CUSTOMER, 1), Denial)


def became(office: Office, message_id: int) -> str:
    row = messages.get(office.desk.db, message_id)
    assert row is not None
    return str(row["ai"])


def test_c1_a_planned_answer_that_a_close_has_dropped_is_planned_anew(
    lenient: Office, mode: str
) -> None:
    """Whether its effect waited, or a draft stood before staff and the sweep has noticed."""
    question = ask(lenient)
    replies.finish(lenient.desk, question, ANSWER, SEARCH)
    if mode == "shadow":
        lenient.deliver()
    close(lenient)
    shadow.expire_overtaken(lenient.desk)
    lenient.deliver()
    reopen(lenient)
    shadow.expire_overtaken(lenient.desk)
    assert replies.due(lenient.desk) == [1]
    again = replies.begin(lenient.desk, 1)
    assert again is not None and again.text == question.text
    replies.finish(lenient.desk, again, ANSWER, SEARCH)
    [_, second] = records.answers(lenient.desk.db, 1)
    assert second["withdrawn"] is None
    performed = lenient.deliver()
    assert performed.count(Kind.ANSWER if mode == "live" else Kind.SYNC_DRAFT) == 1
    if mode == "shadow":
        assert [drafts.found(lenient.desk, n).state for n in (1, 2)] == [
            DraftState.OUTDATED,
            DraftState.OPEN,
        ]


def test_c1_a_question_that_waited_is_asked_or_handed_over(lenient: Office) -> None:
    """Not even looked at when the ticket was closed, and thought about when it was reopened."""
    waiting = lenient.say(CUSTOMER, "how?")
    close(lenient)
    while_closing = lenient.say(CUSTOMER, "wait, one more thing")
    assert became(lenient, while_closing) == "silent:not_open"
    reopen(lenient)
    assert became(lenient, waiting) == became(lenient, while_closing) == messages.PENDING
    lenient.clock.at += 4 * SECOND
    question = replies.begin(lenient.desk, 1)
    assert question is not None and question.text == "how?\nwait, one more thing"
    replies.finish(lenient.desk, question, UNKNOWN, SEARCH)
    assert lenient.ticket().escalated


def test_c1_an_answer_that_was_being_made_is_made_again(lenient: Office) -> None:
    """The model has thought across the close and the reopening; A3 holds, nothing is lost."""
    question = ask(lenient)
    close(lenient)
    reopen(lenient)
    replies.finish(lenient.desk, question, ANSWER, SEARCH)
    assert replies.due(lenient.desk) == [1]


def test_c1_what_was_answered_or_deleted_stays_so(lenient: Office, mode: str) -> None:
    replies.finish(lenient.desk, ask(lenient), ANSWER, SEARCH)
    lenient.deliver()
    if mode == "shadow":
        assert shadow.send(lenient.desk, STAFF, 1) is shadow.Sending.DONE
        lenient.deliver()
    gone = lenient.say(CUSTOMER, "never mind")
    conversation.record_deletion(lenient.desk, gone, lenient.clock.at)
    close(lenient)
    reopen(lenient)
    assert replies.due(lenient.desk) == []
    assert messages.pending(lenient.desk.db, 1) == []


def test_a2_beside_staff_the_ai_stays_silent(lenient: Office) -> None:
    """A2: staff closed it after a word of their own, so they are the ones to go on."""
    lenient.say(CUSTOMER, "how?")
    lenient.clock.at += SECOND
    lenient.say(STAFF, "Like this.")
    late = lenient.say(CUSTOMER, "And then?")
    close(lenient)
    lenient.clock.at += SECOND
    assert not isinstance(closing.reopen(lenient.desk, CUSTOMER, 1), Denial)
    assert replies.due(lenient.desk) == []
    assert became(lenient, late) == "silent:staff_cooldown"


@pytest.mark.parametrize("claimed", [False, True])
def test_e2_a_hand_over_goes_on_in_its_own_item(lenient: Office, claimed: bool) -> None:
    """E2: one item per escalation; with its buttons again, since somebody waits for a person."""
    escalation.request_human(lenient.desk, CUSTOMER, 1)
    if claimed:
        staff.claim(lenient.desk, STAFF, 1)
    lenient.deliver()
    close(lenient)
    lenient.deliver()
    assert records.open_escalation(lenient.desk.db, 1) is None
    reopen(lenient)
    assert Kind.SYNC_REVIEW in lenient.deliver()
    assert lenient.ticket().escalated
    [item] = records.escalations(lenient.desk.db, 1)
    assert (item["state"], item["ended_at"]) == ("claimed" if claimed else "open", None)
    escalation.request_human(lenient.desk, CUSTOMER, 1)
    assert len(records.escalations(lenient.desk.db, 1)) == 1


def test_e2_a_hand_over_that_was_over_stays_over(lenient: Office) -> None:
    escalation.request_human(lenient.desk, CUSTOMER, 1)
    lenient.say(STAFF, "Here I am.")
    close(lenient)
    reopen(lenient)
    [item] = records.escalations(lenient.desk.db, 1)
    assert item["state"] == "answered" and item["ended_at"] is not None

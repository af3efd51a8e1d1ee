"""L2: what could not be answered, by subject, and what is done about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ogma.domain.answers import Reason
from ogma.domain.clock import DAY
from ogma.domain.escalation import Cause
from ogma.domain.gaps import clusters
from ogma.domain.tips import TipState
from ogma.errors import NotFound
from ogma.services import escalation, lockdown, tips
from ogma.services.escalation import HandOver
from ogma.services.knowledge import gaps
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.store import records
from tests.knowledge.fakes import ReadingHere, WordEmbedder
from tests.services.conftest import CLOSER, STAFF, Office

REFUND = [
    "How do I get a refund for my order?",
    "get a refund for my order",
    "refund for order, how do I get it",
]
HOURS = ["When does the shop open on Sunday?", "shop open Sunday when"]


def asked(
    office: Office,
    text: str,
    ticket: int | None = None,
    reason: Reason = Reason.LOW_CONFIDENCE,
    outcome: str = "escalate",
) -> int:
    values = {
        "ticket_id": ticket,
        "at": office.desk.now(),
        "question": text,
        "searched": text,
        "outcome": outcome,
        "record": json.dumps({"reason": reason}),
    }
    with office.desk.db.write():
        return records.add_answer(office.desk.db, values)


@pytest.fixture(params=["words", "vectors"])
def knowledge(office: Office, tmp_path: Path, request: pytest.FixtureRequest) -> KnowledgeService:
    embedder = WordEmbedder() if request.param == "vectors" else None
    return KnowledgeService(office.desk.db, tmp_path, embedder, reading=ReadingHere)


def shown(office: Office, knowledge: KnowledgeService, *, locked: bool = False) -> dict[str, int]:
    found = gaps.listed(office.desk, knowledge, locked=locked)
    return {gap.label: len(gap.questions) for gap in found}


def test_l2_unanswered_questions_are_grouped_most_asked_first(
    office: Office, knowledge: KnowledgeService
) -> None:
    numbers = [asked(office, text) for text in [*HOURS, *REFUND]]
    asked(office, "What is that?", outcome="answer")
    asked(office, "Is the model down?", reason=Reason.MODEL_DOWN)
    first, second = gaps.listed(office.desk, knowledge)
    assert {question.text for question in first.questions} == set(REFUND)
    assert {question.text for question in second.questions} == set(HOURS)
    assert first.label in REFUND and second.id == numbers[0]
    office.clock.at += 91 * DAY
    assert gaps.listed(office.desk, knowledge) == []


def test_l2_a_label_holds_nothing_private(office: Office, knowledge: KnowledgeService) -> None:
    asked(office, "Please write to mia@example.com about the parcel " + "x" * 200)
    (gap,) = gaps.listed(office.desk, knowledge)
    assert "mia@" not in gap.label and len(gap.label) <= 100


def test_l2_a_gap_is_filled_by_a_document(office: Office, knowledge: KnowledgeService) -> None:
    numbers = [asked(office, text) for text in REFUND]
    asked(office, HOURS[0])
    made = gaps.add(office.desk, knowledge, numbers[1], "Write to us within 14 days.", "Refunds")
    assert made.document == "Refunds"
    assert knowledge.search("refund").hits[0].passage.document == "Refunds"
    assert list(shown(office, knowledge)) == [HOURS[0]]
    asked(office, REFUND[0])
    assert shown(office, knowledge)[REFUND[0]] == 1, "asked again in vain: open again"
    with pytest.raises(NotFound, match="no open gap"):
        gaps.gap(office.desk, knowledge, numbers[0])


def test_l2_a_gap_is_filled_by_a_tip_that_its_question_finds(
    office: Office, knowledge: KnowledgeService
) -> None:
    number = asked(office, REFUND[0])
    made = gaps.teach(office.desk, knowledge, number, "Write to us within 14 days.")
    assert made.new and tips.tip(office.desk, made.tip.id).state is TipState.LIVE
    assert knowledge.search(REFUND[0]).hits[0].passage.text == "Write to us within 14 days."
    assert shown(office, knowledge) == {}


def test_l2_what_is_out_of_scope_stays_out_with_later_questions_like_it(
    office: Office, knowledge: KnowledgeService
) -> None:
    number = asked(office, REFUND[0])
    asked(office, HOURS[0])
    assert gaps.dismiss(office.desk, knowledge, number).questions[0].settled is None
    asked(office, REFUND[1])
    assert list(shown(office, knowledge)) == [HOURS[0]]


def test_l2_staff_may_call_it_out_of_scope_in_its_ticket(
    office: Office, knowledge: KnowledgeService
) -> None:
    ticket = office.open()
    asked(office, REFUND[0], ticket.id)
    office.clock.at += 20
    escalation.escalate(office.desk, ticket, HandOver(Cause.NO_ANSWER))
    assert list(shown(office, knowledge)) == [REFUND[0]]
    assert escalation.out_of_scope(office.desk, STAFF, 1) is True
    assert shown(office, knowledge) == {}


def test_l2_q4_questions_of_locked_tickets_are_not_for_everybody(
    office: Office, knowledge: KnowledgeService
) -> None:
    ticket = office.open()
    asked(office, REFUND[0], ticket.id)
    assert lockdown.lock(office.desk, CLOSER, ticket.id) is True
    assert shown(office, knowledge) == {}
    assert list(shown(office, knowledge, locked=True)) == [REFUND[0]]


def test_everyone_in_a_group_is_like_its_middle() -> None:
    """A chain a-b-c-d, each like its neighbours, is no single subject."""
    chain = [{0, 1}, {0, 1, 2}, {1, 2, 3}, {2, 3}]
    assert clusters(chain) == [[1, 0, 2], [3]]
    assert clusters([]) == []

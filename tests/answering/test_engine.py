"""The ladder: gate before everything, extractive floor, human-only list (A1, A6, E1)."""

from __future__ import annotations

import pytest

from ogma.answering.engine import Answerer
from ogma.domain.answers import Outcome, Reason
from ogma.domain.policies import AiPolicy

from .conftest import MakeHit, MakeSearch

AI = AiPolicy(engine="extractive")
TEXT = "Refunds are paid within 14 days to the card that you used."


async def test_answers_with_source_when_the_passage_speaks_to_it(
    make_search: MakeSearch, make_hit: MakeHit
) -> None:
    verdict = await Answerer(AI).answer(
        "When are refunds paid?", make_search("When are refunds paid?", make_hit(TEXT))
    )
    assert verdict.outcome is Outcome.ANSWER and verdict.reason is None
    assert verdict.text == TEXT and verdict.citations[0].document == "billing.md"
    assert verdict.engine == "extractive" and verdict.confidence >= verdict.threshold
    assert all(check.passed for check in verdict.checks)


async def test_nothing_found_is_handed_over(make_search: MakeSearch) -> None:
    verdict = await Answerer(AI).answer("When?", make_search("When?"))
    assert (verdict.outcome, verdict.reason) == (Outcome.ESCALATE, Reason.EMPTY_KNOWLEDGE)
    assert verdict.engine == "none" and verdict.text is None


async def test_below_the_threshold_no_engine_is_asked(
    make_search: MakeSearch, make_hit: MakeHit
) -> None:
    far = make_hit(TEXT, cosine=0.05, bm25=0.0, score=0.02)
    verdict = await Answerer(AI).answer(
        "Best pizza in Naples?", make_search("Best pizza in Naples?", far)
    )
    assert verdict.reason is Reason.LOW_CONFIDENCE and verdict.engine == "none"


async def test_a_confident_search_whose_sentences_do_not_speak_is_handed_over(
    make_search: MakeSearch, make_hit: MakeHit
) -> None:
    question = "Which colour has the card reader in the lobby?"
    verdict = await Answerer(AI).answer(
        question, make_search(question, make_hit(TEXT, cosine=0.95, bm25=0.95, score=0.95))
    )
    assert verdict.reason is Reason.NOT_ANSWERABLE and verdict.text is None


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("I want a REFUND now", Reason.HUMAN_ONLY),
        ("please delete my\naccount", Reason.HUMAN_ONLY),
        ("what about refunding", None),
    ],
)
async def test_the_owners_human_only_words_go_to_staff(
    question: str, reason: Reason | None, make_search: MakeSearch, make_hit: MakeHit
) -> None:
    answerer = Answerer(AI, human_only=("refund", "delete my account"))
    verdict = await answerer.answer(question, make_search(question, make_hit(TEXT)))
    assert (verdict.reason is Reason.HUMAN_ONLY) == (reason is Reason.HUMAN_ONLY)

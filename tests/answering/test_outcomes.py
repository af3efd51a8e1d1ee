"""Each illness of a model has one defined outcome for the customer (A6, P23)."""

from __future__ import annotations

from typing import Any

import pytest

from ogma.answering.engine import Answerer
from ogma.domain.answers import Outcome, Reason
from ogma.domain.policies import AiPolicy, OllamaPolicy
from ogma.sandbox.fake_ollama import FakeOllama
from ogma.sandbox.fake_ollama_replies import _CHANGED
from ogma.sandbox.fake_ollama_wire import _BREAKS, INSTEAD

from .conftest import MakeHit, MakeSearch
from .illnesses import ANSWERED, CUT_SHORT, HANDED_OVER, QUOTED

TEXT = "Refunds are paid within 14 days to the card that you used."
QUESTION = "When are refunds paid?"


async def outcome(
    fake: FakeOllama,
    rule: dict[str, Any],
    make_search: MakeSearch,
    make_hit: MakeHit,
    text: str = TEXT,
) -> Any:
    """The verdict on the question; only what never replies is not waited for."""
    silent = rule.get("do") == "hang" or rule.get("delay_s", 0) > 1
    fake.state.rules.append({"do": "status", "times": None, **rule})
    policy = OllamaPolicy(url=fake.url, deadline_s=0.3 if silent else 30)
    answerer = Answerer(AiPolicy(engine="ollama"), policy)
    try:
        return await answerer.answer(QUESTION, make_search(QUESTION, make_hit(text)))
    finally:
        await answerer.aclose()


@pytest.mark.parametrize("name", ANSWERED)
async def test_a_model_that_is_well_enough_answers(
    name: str, fake_ollama: FakeOllama, make_search: MakeSearch, make_hit: MakeHit
) -> None:
    verdict = await outcome(fake_ollama, ANSWERED[name], make_search, make_hit)
    assert (verdict.outcome, verdict.engine, verdict.text) == (Outcome.ANSWER, "ollama", TEXT)


@pytest.mark.parametrize("name", QUOTED)
async def test_a_model_that_is_ill_is_replaced_by_a_quotation(
    name: str, fake_ollama: FakeOllama, make_search: MakeSearch, make_hit: MakeHit
) -> None:
    rule, error = QUOTED[name]
    verdict = await outcome(fake_ollama, rule, make_search, make_hit)
    assert (verdict.outcome, verdict.engine) == (Outcome.ANSWER, "extractive")
    assert (verdict.text, verdict.model_error) == (TEXT, error)


@pytest.mark.parametrize("name", QUOTED)
async def test_a_model_that_is_ill_where_nothing_can_be_quoted_means_a_person(
    name: str, fake_ollama: FakeOllama, make_search: MakeSearch, make_hit: MakeHit
) -> None:
    rule, error = QUOTED[name]
    beside = "Refunds and when they are paid are a matter of some debate among historians?"
    verdict = await outcome(fake_ollama, rule, make_search, make_hit, beside)
    assert (verdict.outcome, verdict.reason) == (Outcome.ESCALATE, Reason.MODEL_DOWN)
    assert (verdict.text, verdict.model_error) == (None, error)
    broken = [check.name for check in verdict.checks if not check.passed]
    assert ("done_reason" in broken) is (name in CUT_SHORT)


@pytest.mark.parametrize("name", HANDED_OVER)
async def test_a_reply_that_may_not_be_sent_means_a_person(
    name: str, fake_ollama: FakeOllama, make_search: MakeSearch, make_hit: MakeHit
) -> None:
    rule, reason = HANDED_OVER[name]
    verdict = await outcome(fake_ollama, rule, make_search, make_hit)
    assert (verdict.outcome, verdict.reason, verdict.text) == (Outcome.ESCALATE, reason, None)
    assert verdict.model_error is None


def test_every_script_of_the_fake_has_its_outcome_here() -> None:
    """A script that is added to the fake has to be added to this table."""
    rules = [*ANSWERED.values()]
    rules += [rule for rule, _ in QUOTED.values()] + [rule for rule, _ in HANDED_OVER.values()]
    tried = {rule.get("do", "status") for rule in rules}
    assert tried >= {*INSTEAD, *_CHANGED, *_BREAKS, "normal", "reply"}

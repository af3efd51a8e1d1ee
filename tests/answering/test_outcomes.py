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

TEXT = "Refunds are paid within 14 days to the card that you used."
QUESTION = "When are refunds paid?"
FOREIGN = {"answerable": True, "sentences": [{"text": "Ask.", "passages": [9], "quotes": ["x"]}]}
WRONG = {"answerable": True, "sentences": [{"text": "In 2 days.", "passages": [1], "quotes": []}]}

ANSWERED: dict[str, dict[str, Any]] = {
    "normal": {"do": "normal"},
    "slow": {"do": "normal", "delay_s": 0.2},
    "fenced_json": {"do": "fenced_json"},
    "blank_line": {"do": "blank_line"},
    "half_line": {"do": "half_line"},
    "garbage": {"do": "garbage"},
    "busy once": {"do": "status", "status": 503, "body": {"error": "server busy"}, "times": 1},
}
"""The model answers: what breaks a stream does not touch a whole reply."""

QUOTED: dict[str, tuple[dict[str, Any], str]] = {
    "400 too long": (
        {"status": 400, "body": {"error": "the prompt is longer than the context length"}},
        "TooLong",
    ),
    "400 too long for llama-server": (
        {"status": 400, "body": {"error": '{"error":{"type":"exceed_context_size_error"}}'}},
        "TooLong",
    ),
    "404 try pulling": (
        {"status": 404, "body": {"error": 'model "x" not found, try pulling it first'}},
        "NotFound",
    ),
    "404": ({"status": 404, "body": {"error": "model 'x' not found"}}, "NotFound"),
    "400 bad request": ({"status": 400, "body": {"error": "invalid"}}, "ServerError"),
    "400 empty body": ({"status": 400, "body": {"error": "missing request body"}}, "ServerError"),
    "400 no model": ({"status": 400, "body": {"error": "model is required"}}, "ServerError"),
    "400 cannot chat": (
        {"status": 400, "body": {"error": '"x" does not support chat'}},
        "ServerError",
    ),
    "403 no cloud": (
        {"status": 403, "body": {"error": "cloud is disabled", "signin_url": "y"}},
        "ServerError",
    ),
    "500 wrong type": (
        {"status": 500, "body": {"error": 'option "num_ctx" must be of type integer'}},
        "ServerError",
    ),
    "504 HTML": ({"do": "html", "status": 504}, "Timeout"),
    "200 list": ({"do": "list", "status": 200}, "BadReply"),
    "403 empty": ({"status": 403, "body": ""}, "ServerError"),
    "401 signed out": ({"status": 401, "body": {"error": "x", "signin_url": "y"}}, "ServerError"),
    "499": ({"status": 499, "body": {"error": "request canceled"}}, "ServerError"),
    "500 crash": ({"status": 500, "body": {"error": "model runner stopped"}}, "ServerError"),
    "502 HTML": ({"do": "html", "status": 502}, "ServerError"),
    "503": ({"status": 503, "body": {"error": "server busy, please try again"}}, "Busy"),
    "200 HTML": ({"do": "html", "status": 200}, "BadReply"),
    "empty": ({"do": "empty"}, "BadReply"),
    "list": ({"do": "list"}, "BadReply"),
    "missing field": ({"do": "missing_field"}, "BadReply"),
    "not JSON": ({"do": "not_json"}, "BadReply"),
    "drop": ({"do": "drop"}, "Unreachable"),
    "hang": ({"do": "hang"}, "Timeout"),
    "cold": ({"do": "normal", "delay_s": 120}, "Timeout"),
    "redirect": ({"do": "redirect"}, "BadReply"),
    "mid-stream error": ({"do": "midstream_error"}, "ServerError"),
    "cut": ({"do": "cut"}, "Unreachable"),
    "no done": ({"do": "no_done"}, "BadReply"),
    "repeated token": ({"do": "repeat"}, "BadReply"),
    "prose": ({"do": "invalid_json"}, "BadReply"),
    "length": ({"do": "truncated"}, "BadReply"),
    "thinking only": ({"do": "thinking_only"}, "BadReply"),
    "no content": ({"do": "empty_content"}, "BadReply"),
    "odd line break": ({"do": "nel"}, "BadReply"),
    "cut prompt": (
        {"do": "reply", "content": FOREIGN, "prompt_eval_count": 3},
        "TooLong",
    ),
    "wrong schema": ({"do": "reply", "content": {"answer": "yes"}}, "BadReply"),
}
"""The model is as good as not there: a quotation takes its place, and the record says why."""

CUT_SHORT = {"no done", "repeated token", "length"}
"""Those of which the model said, or did not say, that they are not whole: a check in the record."""

HANDED_OVER: dict[str, tuple[dict[str, Any], Reason]] = {
    "unknown passage": ({"do": "reply", "content": FOREIGN}, Reason.FAILED_CHECK),
    "nothing quoted": ({"do": "reply", "content": WRONG}, Reason.FAILED_CHECK),
    "declined": (
        {"do": "reply", "content": {"answerable": False, "sentences": []}},
        Reason.NOT_ANSWERABLE,
    ),
}
"""The model speaks, and what it says is not sent."""


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

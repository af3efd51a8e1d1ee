"""The ladder: gate before everything, extractive floor, human-only list (A1, A6, E1)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from ogma.answering.engine import Answerer
from ogma.answering.errors import Unreachable
from ogma.answering.grounding import CHECKS
from ogma.domain.answers import Outcome, Reason
from ogma.domain.policies import AiPolicy, OllamaPolicy
from ogma.errors import ConfigError
from ogma.sandbox.fake_ollama import FakeOllama

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


OLLAMA = OllamaPolicy(num_ctx=4096, num_predict=256, deadline_s=5, warm_up_s=5)
QUESTION = "When are refunds paid?"


@pytest.fixture
async def with_model(fake_ollama: FakeOllama) -> AsyncIterator[Answerer]:
    made = Answerer(AiPolicy(), OLLAMA.model_copy(update={"url": fake_ollama.url}))
    yield made
    await made.aclose()


async def test_the_model_answers_and_the_record_is_whole(
    with_model: Answerer, make_search: MakeSearch, make_hit: MakeHit
) -> None:
    """A8: engine, model and digest, prompt size against the model's count, checks, times."""
    verdict = await with_model.answer(QUESTION, make_search(QUESTION, make_hit(TEXT)))
    assert (verdict.outcome, verdict.engine, verdict.text) == (Outcome.ANSWER, "ollama", TEXT)
    assert (verdict.model, verdict.model_digest) == ("gemma4:e4b", "9b" * 32)
    assert verdict.prompt_tokens_estimated and verdict.prompt_tokens_counted
    assert {"done_reason", "answerable", *CHECKS} == {check.name for check in verdict.checks}
    assert {"confidence", "prompt", "model", "checks"} <= set(verdict.timings_ms)


async def test_no_model_is_asked_below_the_threshold(
    with_model: Answerer, fake_ollama: FakeOllama, make_search: MakeSearch, make_hit: MakeHit
) -> None:
    far = make_hit(TEXT, cosine=0.05, bm25=0.0, score=0.02)
    question = "Best pizza in Naples?"
    assert (await with_model.answer(question, make_search(question, far))).engine == "none"
    assert fake_ollama.state.requests == []


async def test_the_models_own_refusal_is_taken(
    with_model: Answerer, fake_ollama: FakeOllama, make_search: MakeSearch, make_hit: MakeHit
) -> None:
    fake_ollama.script("reply", content={"answerable": False, "sentences": []})
    verdict = await with_model.answer(QUESTION, make_search(QUESTION, make_hit(TEXT)))
    assert verdict.reason is Reason.NOT_ANSWERABLE and verdict.engine == "ollama"


async def test_an_invention_is_never_said_and_never_replaced_by_another_try(
    with_model: Answerer, fake_ollama: FakeOllama, make_search: MakeSearch, make_hit: MakeHit
) -> None:
    invented = {"text": "Refunds are paid within 2 days.", "passages": [1], "quotes": [TEXT]}
    fake_ollama.script("reply", content={"answerable": True, "sentences": [invented]})
    verdict = await with_model.answer(QUESTION, make_search(QUESTION, make_hit(TEXT)))
    assert (verdict.reason, verdict.text) == (Reason.FAILED_CHECK, None)
    assert len(fake_ollama.asked()) == 1


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"do": "status", "status": 503, "body": {"error": "server busy"}, "times": None}, "Busy"),
    ({"do": "status", "status": 404, "body": {"error": "model 'm' not found"}}, "NotFound"),
    ({"do": "status", "status": 400, "body": {"error": "exceed_context_size_error"}}, "TooLong"),
    ({"do": "status", "status": 500, "body": {"error": "out of memory"}}, "ServerError"),
    ({"do": "status", "status": 403, "body": ""}, "ServerError"),
    ({"do": "html", "status": 502}, "ServerError"),
    ({"do": "html", "status": 200}, "BadReply"),
    ({"do": "empty"}, "BadReply"),
    ({"do": "list"}, "BadReply"),
    ({"do": "missing_field"}, "BadReply"),
    ({"do": "midstream_error"}, "ServerError"),
    ({"do": "no_done"}, "BadReply"),
    ({"do": "repeat"}, "BadReply"),
    ({"do": "truncated"}, "BadReply"),
    ({"do": "invalid_json"}, "BadReply"),
    ({"do": "thinking_only"}, "BadReply"),
    ({"do": "empty_content"}, "BadReply"),
    ({"do": "reply", "content": {"answer": "Sure!"}}, "BadReply"),
    ({"do": "reply", "prompt_eval_count": 3}, "TooLong"),
    ({"do": "cut", "times": None}, "Unreachable"),
    ({"do": "drop", "times": None}, "Unreachable"),
]


@pytest.mark.parametrize(
    ("rule", "name"), FAULTS, ids=[f"{n}-{rule['do']}" for n, (rule, _) in enumerate(FAULTS)]
)
async def test_every_failure_of_the_model_ends_in_a_quotation_or_in_staffs_hands(
    rule: dict[str, Any],
    name: str,
    with_model: Answerer,
    fake_ollama: FakeOllama,
    make_search: MakeSearch,
    make_hit: MakeHit,
) -> None:
    """A6, P23: the ladder; one error in the record, one defined outcome, at most one retry."""
    fake_ollama.state.rules.append(dict(rule))
    verdict = await with_model.answer(QUESTION, make_search(QUESTION, make_hit(TEXT)))
    assert (verdict.model_error, verdict.engine) == (name, "extractive")
    assert verdict.text == TEXT and verdict.reason is None
    assert len(fake_ollama.asked()) <= 2
    fake_ollama.state.rules[:] = [dict(rule)]
    silent = make_hit("Our office dog is called Rex.", cosine=0.95, bm25=0.95, score=0.95)
    verdict = await with_model.answer(QUESTION, make_search(QUESTION, silent))
    assert (verdict.reason, verdict.text) == (Reason.MODEL_DOWN, None)


async def test_without_ollama_the_ladder_holds(make_search: MakeSearch, make_hit: MakeHit) -> None:
    answerer = Answerer(AiPolicy(), OLLAMA.model_copy(update={"url": "http://127.0.0.1:9"}))
    for _ in range(5):
        verdict = await answerer.answer(QUESTION, make_search(QUESTION, make_hit(TEXT)))
        assert (verdict.model_error, verdict.text) == ("Unreachable", TEXT)
    assert answerer.model_down
    with pytest.raises(Unreachable):
        await answerer.warm_up()
    await answerer.aclose()


async def test_a_json_fence_and_odd_characters_do_not_cost_the_answer(
    with_model: Answerer, fake_ollama: FakeOllama, make_search: MakeSearch, make_hit: MakeHit
) -> None:
    fake_ollama.script("fenced_json")
    verdict = await with_model.answer(QUESTION, make_search(QUESTION, make_hit(TEXT)))
    assert (verdict.engine, verdict.text) == ("ollama", TEXT)


async def test_the_prompt_holds_the_ticket_and_its_passages_only(
    with_model: Answerer, fake_ollama: FakeOllama, make_search: MakeSearch, make_hit: MakeHit
) -> None:
    hits = [make_hit(f"Refunds are paid, canary{n}.", chunk_id=n) for n in range(9)]
    await with_model.answer(QUESTION, make_search(QUESTION, *hits), context=["alice: canary-turn"])
    (body,) = fake_ollama.asked()
    content = body["messages"][-1]["content"]
    assert "canary5" in content and "canary6" not in content  # ai.passages = 6
    assert "canary-turn" in content and content.rstrip().endswith("</question>")


async def test_heavy_work_runs_off_the_event_loop(
    make_search: MakeSearch, make_hit: MakeHit
) -> None:
    threads: set[int] = set()

    def embed(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        threads.add(threading.get_ident())
        return np.ones((len(texts), 1), dtype=np.float32)

    verdict = await Answerer(AI, embed=embed).answer(
        QUESTION, make_search(QUESTION, make_hit(TEXT))
    )
    assert verdict.text == TEXT and threads and threading.get_ident() not in threads


async def test_a_cancelled_question_leaves_the_line(
    with_model: Answerer, fake_ollama: FakeOllama, make_search: MakeSearch, make_hit: MakeHit
) -> None:
    await with_model.warm_up()
    fake_ollama.script("hang")
    search = make_search(QUESTION, make_hit(TEXT))
    first = asyncio.create_task(with_model.answer(QUESTION, search, ticket=1))
    while not fake_ollama.asked():
        await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert (await with_model.answer(QUESTION, search, ticket=2)).engine == "ollama"


async def test_a_setting_that_cannot_work_is_said_at_once() -> None:
    with pytest.raises(ConfigError, match="allow_cloud"):
        Answerer(AiPolicy(), OllamaPolicy(model="big:cloud"))

"""Tips in the model's words: only what the team wrote, or nothing (L1)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from ogma.answering.engine import Answerer
from ogma.answering.errors import BadReply, ModelError, Unreachable
from ogma.domain.policies import AiPolicy, OllamaPolicy
from ogma.sandbox.fake_ollama import FakeOllama

ASKED = "My router is frozen, what now?"
TOLD = (
    "Hold the reset button for ten seconds until the light blinks green.",
    "After that the router needs two minutes to start.",
)
POLICY = OllamaPolicy(num_ctx=4096, num_predict=256, deadline_s=5, warm_up_s=5)


@pytest.fixture
async def answerer(fake_ollama: FakeOllama) -> AsyncIterator[Answerer]:
    made = Answerer(AiPolicy(), POLICY.model_copy(update={"url": fake_ollama.url}))
    yield made
    await made.aclose()


def says(fake: FakeOllama, *texts: str, quote: str = TOLD[0], answerable: bool = True) -> None:
    sentences = [{"text": text, "passages": [1], "quotes": [quote]} for text in texts]
    fake.script("reply", content={"answerable": answerable, "sentences": sentences})


async def test_l1_the_tip_is_worded_by_the_model(
    answerer: Answerer, fake_ollama: FakeOllama
) -> None:
    worded = "Hold the reset button ten seconds, until the light blinks green."
    says(fake_ollama, worded)
    assert answerer.has_model
    assert await answerer.write_tip(ASKED, TOLD) == worded
    [asked] = fake_ollama.asked()
    prompt = "\n".join(message["content"] for message in asked["messages"])
    assert "support team wrote" in prompt and TOLD[1] in prompt and ASKED in prompt


async def test_l1_nothing_worth_telling_is_no_tip(
    answerer: Answerer, fake_ollama: FakeOllama
) -> None:
    says(fake_ollama, answerable=False)
    assert await answerer.write_tip(ASKED, TOLD) is None


@pytest.mark.parametrize(
    "invented",
    [
        "Hold the reset button for thirty seconds until the light blinks green.",
        "Never hold the reset button until the light blinks green.",
        "Write to support at https://evil.example about the reset button.",
        "Send your router to our office in Berlin for a refund.",
    ],
)
async def test_l1_what_the_team_did_not_write_is_refused(
    answerer: Answerer, fake_ollama: FakeOllama, invented: str
) -> None:
    """L1: every sentence is checked against the staff's own words; the rule takes over."""
    says(fake_ollama, invented)
    with pytest.raises(BadReply):
        await answerer.write_tip(ASKED, TOLD)


async def test_supported_sentences_stay_without_the_invented_one(
    answerer: Answerer, fake_ollama: FakeOllama
) -> None:
    says(fake_ollama, TOLD[0], "Then buy a new one for 99 EUR.")
    assert await answerer.write_tip(ASKED, TOLD) == TOLD[0]


@pytest.mark.parametrize("do", ["invalid_json", "truncated", "empty_content", "cut"])
async def test_a_failing_model_is_a_model_error(
    answerer: Answerer, fake_ollama: FakeOllama, do: str
) -> None:
    rule: dict[str, Any] = {"do": do, "times": None}
    fake_ollama.state.rules.append(rule)
    with pytest.raises(ModelError):
        await answerer.write_tip(ASKED, TOLD)


async def test_without_ollama_it_is_unreachable() -> None:
    made = Answerer(AiPolicy(), POLICY.model_copy(update={"url": "http://127.0.0.1:9"}))
    with pytest.raises(Unreachable):
        await made.write_tip(ASKED, TOLD)
    await made.aclose()
    assert not Answerer(AiPolicy(engine="extractive")).has_model

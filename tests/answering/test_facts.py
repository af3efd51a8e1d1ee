"""Live facts in the ladder: they open the gate for themselves, and the checks still decide."""

from __future__ import annotations

from ogma.answering.engine import Answerer
from ogma.domain.answers import Outcome, Reason
from ogma.domain.passages import Passage
from ogma.domain.policies import AiPolicy, OllamaPolicy
from ogma.sandbox.fake_ollama import FakeOllama

from .conftest import MakeHit, MakeSearch

AI = AiPolicy(engine="extractive")
QUESTION = "Where is my order 4711?"
TEXT = "Your order 4711 was shipped on Monday and is in Berlin."
FACT = Passage(-1, "tool:orders", "Order 4711", "", None, TEXT)


async def test_a_fact_answers_where_the_knowledge_base_has_nothing(make_search: MakeSearch) -> None:
    verdict = await Answerer(AI).answer(QUESTION, make_search(QUESTION), facts=[FACT])
    assert (verdict.outcome, verdict.text) == (Outcome.ANSWER, TEXT)
    [cited] = verdict.citations
    assert (cited.title, cited.url, cited.document) == ("Order 4711", None, "tool:orders")


async def test_a_fact_that_does_not_speak_to_it_is_handed_over(
    make_search: MakeSearch,
) -> None:
    other = Passage(-1, "tool:orders", "Weather", "", None, "Rain is expected in Oslo.")
    verdict = await Answerer(AI).answer(QUESTION, make_search(QUESTION), facts=[other])
    assert (verdict.outcome, verdict.reason) == (Outcome.ESCALATE, Reason.NOT_ANSWERABLE)
    assert verdict.text is None


async def test_what_was_found_below_the_threshold_stays_out(
    make_search: MakeSearch, make_hit: MakeHit, fake_ollama: FakeOllama
) -> None:
    """The gate is opened for the fact, not for a passage that the search is not sure of."""
    far = make_hit("Orders of pizza in Naples.", cosine=0.05, bm25=0.0, score=0.02)
    answerer = Answerer(AiPolicy(engine="ollama"), OllamaPolicy(url=fake_ollama.url))
    verdict = await answerer.answer(QUESTION, make_search(QUESTION, far), facts=[FACT])
    await answerer.aclose()
    assert verdict.engine == "ollama" and verdict.outcome is Outcome.ANSWER
    prompt = fake_ollama.asked()[-1]["messages"][-1]["content"]
    assert "Naples" not in prompt
    assert f'<passage id="1">\nOrder 4711\n{TEXT}' in prompt


async def test_facts_stand_before_what_was_found(
    make_search: MakeSearch, make_hit: MakeHit, fake_ollama: FakeOllama
) -> None:
    near = make_hit("An order is shipped within two days.", cosine=0.9, bm25=0.9, score=0.9)
    answerer = Answerer(AiPolicy(engine="ollama"), OllamaPolicy(url=fake_ollama.url))
    verdict = await answerer.answer(QUESTION, make_search(QUESTION, near), facts=[FACT])
    await answerer.aclose()
    assert verdict.confidence >= verdict.threshold
    prompt = fake_ollama.asked()[-1]["messages"][-1]["content"]
    assert prompt.index(TEXT) < prompt.index("within two days")


async def test_questions_for_people_stay_with_people(make_search: MakeSearch) -> None:
    answerer = Answerer(AI, human_only=("order",))
    verdict = await answerer.answer(QUESTION, make_search(QUESTION), facts=[FACT])
    assert verdict.reason is Reason.HUMAN_ONLY

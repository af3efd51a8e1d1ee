"""One question through the pipeline: what is searched for a follow-up (A1)."""

from __future__ import annotations

from typing import Any, cast

from ogma.answering.engine import Answerer
from ogma.domain.passages import Hit, Passage, Search
from ogma.domain.policies import AiPolicy
from ogma.services import answers
from ogma.services.knowledge.knowledge import KnowledgeService

CONTEXT = ("customer: How do I upgrade to the premium plan?", "ogma: Choose Upgrade.")
PASSAGE = Passage(1, "plans.md", "Plans", "", None, "The premium plan costs 5 EUR a month.")


class Shelf:
    """A knowledge base that finds one passage, and is as sure as it is told to be."""

    def __init__(self, sure_of: str = "") -> None:
        self.asked: list[str] = []
        self._sure_of = sure_of

    def search(self, query: str, *scope: Any, **more: Any) -> Search:
        self.asked.append(query)
        score = 0.9 if query == self._sure_of else 0.4
        return Search(query, "hybrid", (Hit(PASSAGE, score, score, score),), 1)


async def ask(shelf: Shelf, question: str, *context: str) -> tuple[str, str | None]:
    """What was searched in the end, and who worded it."""
    knowledge = cast(KnowledgeService, shelf)
    answerer = Answerer(AiPolicy(engine="extractive"))
    verdict, search = await answers.answer(knowledge, answerer, question, context=context)
    return search.query, verdict.reworded_by


async def test_a1_a_follow_up_is_searched_as_it_stands_alone_and_recorded_so() -> None:
    """A1, A8: the searched question is in the record, with who worded it."""
    shelf = Shelf()
    asked = await ask(shelf, "And how much is it?", *CONTEXT)
    assert asked == ("And how much is it? upgrade premium plan", "rule")


async def test_a1_a_whole_question_is_searched_once_and_as_it_was_asked() -> None:
    shelf = Shelf()
    whole = "How do I reset my password?"
    assert await ask(shelf, whole, *CONTEXT) == (whole, None)
    assert shelf.asked == [whole]


async def test_a1_a_first_question_needs_no_context() -> None:
    assert await ask(Shelf(), "how much is it?") == ("how much is it?", None)


async def test_a1_where_the_question_alone_is_surer_it_is_searched_as_asked() -> None:
    """Nothing gets worse for what was said before it."""
    question = "Is it delivered on sundays?"
    shelf = Shelf(sure_of=question)
    assert await ask(shelf, question, *CONTEXT) == (question, None)
    assert len(shelf.asked) == 2

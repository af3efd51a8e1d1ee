"""The ladder from question to verdict: gate, model, checks, quotation, hand-over."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from ogma.answering.confidence import confidence
from ogma.answering.extractive import Embed, Extract, extract
from ogma.answering.words import fold
from ogma.domain.answers import Outcome, Reason, Verdict
from ogma.domain.passages import Search
from ogma.domain.policies import AiPolicy

EXTRACTIVE: Final = "extractive"
NONE: Final = "none"


class Answerer:
    """Answers questions from passages as the policies say. Holds no state between questions."""

    def __init__(
        self,
        ai: AiPolicy,
        *,
        human_only: Sequence[str] = (),
        embed: Embed | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ai = ai
        self._human_only = _phrases(human_only)
        self._embed = embed
        self._monotonic = monotonic

    async def answer(
        self, question: str, search: Search, *, context: Sequence[str] = ()
    ) -> Verdict:
        """Decide about one question. Never raises for anything that a model or passage says.

        `search` is what the knowledge base found for the question; `context` is the ticket so
        far, oldest first.
        """
        watch = _Stopwatch(self._monotonic)
        sure = await asyncio.to_thread(confidence, search)
        watch.lap("confidence")
        case = _Case(question, search, sure, self._ai.threshold, watch)
        if self._human_only and self._human_only.search(fold(question)):
            return case.hand_over(Reason.HUMAN_ONLY)
        if not search.hits:
            return case.hand_over(Reason.EMPTY_KNOWLEDGE)
        if sure < self._ai.threshold:
            return case.hand_over(Reason.LOW_CONFIDENCE)
        return await self._quote(case)

    async def _quote(self, case: _Case) -> Verdict:
        hits = case.search.hits[: self._ai.passages]
        found = await asyncio.to_thread(extract, case.question, hits, embed=self._embed)
        case.watch.lap("extract")
        return case.quoted(found)


def _phrases(human_only: Sequence[str]) -> re.Pattern[str] | None:
    """One pattern for the owner's words and phrases, whole words only."""
    listed = [fold(phrase).split() for phrase in human_only]
    any_of = "|".join(r"\s+".join(map(re.escape, phrase)) for phrase in listed if phrase)
    return re.compile(rf"(?<!\w)(?:{any_of})(?!\w)") if any_of else None


class _Stopwatch:
    """Milliseconds per named part."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._last = monotonic()
        self.laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = self._monotonic()
        self.laps[name] = round((now - self._last) * 1000, 3)
        self._last = now


@dataclass(slots=True)
class _Case:
    """One question on its way through the ladder."""

    question: str
    search: Search
    confidence: float
    threshold: float
    watch: _Stopwatch = field(repr=False)

    def hand_over(self, reason: Reason) -> Verdict:
        return Verdict(
            outcome=Outcome.ESCALATE,
            question=self.question,
            confidence=self.confidence,
            threshold=self.threshold,
            engine=NONE,
            reason=reason,
            timings_ms=self.watch.laps,
        )

    def quoted(self, found: Extract) -> Verdict:
        answered = found.text is not None
        return Verdict(
            outcome=Outcome.ANSWER if answered else Outcome.ESCALATE,
            question=self.question,
            confidence=self.confidence,
            threshold=self.threshold,
            engine=EXTRACTIVE,
            reason=None if answered else Reason.NOT_ANSWERABLE,
            text=found.text,
            citations=found.citations,
            checks=(found.check,),
            timings_ms=self.watch.laps,
        )

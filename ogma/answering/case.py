"""One question on its way through the ladder, and the verdicts that it can end in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from ogma.answering.extractive import Extract
from ogma.answering.grounding import Judgement
from ogma.domain.answers import Check, Citation, Outcome, Reason, Verdict
from ogma.domain.passages import Hit, Passage

EXTRACTIVE: Final = "extractive"
OLLAMA: Final = "ollama"
NONE: Final = "none"
WHOLE: Final = "done_reason"
"""Whether the model came to the end of its reply; what was cut is not even read."""
ANSWERABLE: Final = "answerable"
"""The model's own word on whether the passages answer."""


class Stopwatch:
    """Milliseconds per named part, of a monotonic clock in seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._last = monotonic()
        self.laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        """The time since the last lap belongs to this part."""
        now = self._monotonic()
        self.laps[name] = round((now - self._last) * 1000, 3)
        self._last = now


@dataclass(slots=True)
class Case:
    """What is known so far."""

    question: str
    facts: tuple[Passage, ...]
    """What the owner's tools say; it stands before what was found."""
    hits: tuple[Hit, ...]
    """What was found and may be answered from, best first."""
    confidence: float
    threshold: float
    watch: Stopwatch = field(repr=False)
    model: str | None = None
    model_digest: str | None = None
    model_error: str | None = None
    cut: str | None = None
    """What was missing of the model's reply, where it was not whole."""
    tokens_estimated: int | None = None
    tokens_counted: int | None = None

    def hand_over(self, reason: Reason) -> Verdict:
        """No engine was asked."""
        return self._verdict(NONE, reason)

    def declined(self) -> Verdict:
        """The model says that the passages do not answer."""
        checks = (Check(WHOLE, True), Check(ANSWERABLE, False, "the model declined"))
        return self._verdict(OLLAMA, Reason.NOT_ANSWERABLE, checks=checks)

    def judged(self, found: Judgement) -> Verdict:
        """What the checks left of the model's proposal."""
        reason = Reason.FAILED_CHECK if found.text is None else None
        checks = (Check(WHOLE, True), Check(ANSWERABLE, True), *found.checks)
        return self._verdict(OLLAMA, reason, found.text, found.citations, checks)

    def quoted(self, found: Extract) -> Verdict:
        """What was quoted without a model; the model's failure is the reason when it was asked."""
        refused = Reason.MODEL_DOWN if self.model_error else Reason.NOT_ANSWERABLE
        reason = refused if found.text is None else None
        checks: tuple[Check, ...] = (found.check,)
        if self.cut is not None and reason is not None:
            checks = (Check(WHOLE, False, self.cut), *checks)
        return self._verdict(EXTRACTIVE, reason, found.text, found.citations, checks)

    def _verdict(
        self,
        engine: str,
        reason: Reason | None,
        text: str | None = None,
        citations: tuple[Citation, ...] = (),
        checks: tuple[Check, ...] = (),
    ) -> Verdict:
        return Verdict(
            outcome=Outcome.ANSWER if reason is None else Outcome.ESCALATE,
            question=self.question,
            confidence=self.confidence,
            threshold=self.threshold,
            engine=engine,
            reason=reason,
            text=text,
            citations=citations,
            checks=checks,
            model=self.model,
            model_digest=self.model_digest,
            prompt_tokens_estimated=self.tokens_estimated,
            prompt_tokens_counted=self.tokens_counted,
            model_error=self.model_error,
            timings_ms=dict(self.watch.laps),
        )

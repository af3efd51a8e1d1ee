"""What answering a question yields: an answer with its proof, or a reason to hand over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What is to be done with a question."""

    ANSWER = "answer"
    ESCALATE = "escalate"


class Reason(StrEnum):
    """Why a question was not answered (the `reason` of `kb ask` and of the answer record)."""

    EMPTY_KNOWLEDGE = "empty_knowledge"
    LOW_CONFIDENCE = "low_confidence"
    NOT_ANSWERABLE = "not_answerable"
    FAILED_CHECK = "failed_check"
    MODEL_DOWN = "model_down"
    HUMAN_ONLY = "human_only"


@dataclass(frozen=True, slots=True)
class Citation:
    """One passage that the answer rests on, with the words taken from it."""

    chunk_id: int
    document: str
    title: str
    heading: str
    url: str | None
    quote: str


@dataclass(frozen=True, slots=True)
class Check:
    """One named check of an answer."""

    name: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The whole decision about one question, as it is recorded and shown by `tickets why`."""

    outcome: Outcome
    question: str
    confidence: float
    threshold: float
    engine: str
    """'extractive', 'ollama', or 'none' when no engine was asked."""
    reason: Reason | None = None
    text: str | None = None
    """The answer without its source lines; None unless the outcome is ANSWER."""
    citations: tuple[Citation, ...] = ()
    checks: tuple[Check, ...] = ()
    model: str | None = None
    model_digest: str | None = None
    prompt_tokens_estimated: int | None = None
    prompt_tokens_counted: int | None = None
    model_error: str | None = None
    """The name of the adapter error when a model was asked and failed; the ladder went on."""
    reworded_by: str | None = None
    """'rule' or 'model' where a follow-up was made to stand alone; it was searched like that."""
    timings_ms: Mapping[str, float] = field(default_factory=dict)

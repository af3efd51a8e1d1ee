"""What the owner decided about the AI: when it answers, with which model, when people take over."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ogma.domain.setting_types import Duration, HttpUrl, Policy, Snowflake


class AiPolicy(Policy):
    """[ai]: when Ogma answers and when it is silent."""

    engine: Literal["ollama", "extractive"] = "ollama"
    enabled: bool = True
    mode: Literal["live", "shadow", "off"] = "live"
    """'shadow': answers are drafts that only staff see (A7); for types that say nothing else."""
    staff_cooldown_minutes: Annotated[int, Field(ge=0, le=10_080)] = 30
    burst_quiet_s: Annotated[float, Field(ge=0, le=60)] = 3
    burst_max_s: Annotated[float, Field(ge=0, le=300)] = 15
    threshold: Annotated[float, Field(ge=0, le=1)] = 0
    """The confidence below which a question is handed over; 0: as `ogma kb calibrate` found."""
    passages: Annotated[int, Field(ge=1, le=20)] = 6


class OllamaPolicy(Policy):
    """[ollama]"""

    url: HttpUrl = "http://127.0.0.1:11434"
    hosts: tuple[HttpUrl, ...] = ()
    """Further machines with the same model; the least busy one that is well is asked."""
    model: Annotated[str, Field(min_length=1)] = "gemma4:e4b"
    num_ctx: Annotated[int, Field(ge=2048, le=131_072)] = 8192
    num_predict: Annotated[int, Field(ge=64, le=4096)] = 512
    keep_alive: Duration = "30m"
    deadline_s: Annotated[float, Field(gt=0, le=3600)] = 120
    warm_up_s: Annotated[float, Field(gt=0, le=3600)] = 300
    allow_cloud: bool = False


class EscalationPolicy(Policy):
    """[escalation]"""

    ping_roles: tuple[Snowflake, ...] = ()
    """Pinged in #staff-review: these and no others."""
    expected_response: Annotated[str, Field(max_length=100)] = ""
    """For example 'within two hours'; told to the customer when a ticket is handed over."""
    human_only: tuple[Annotated[str, Field(min_length=1)], ...] = (
        "refund",
        "chargeback",
        "money back",
        "delete my account",
        "close my account",
        "delete my data",
        "lawyer",
        "attorney",
        "legal",
        "talk to a human",
        "speak to a human",
        "talk to a person",
        "speak to a person",
        "real person",
        "erstattung",
        "rückerstattung",
        "geld zurück",
        "konto löschen",
        "account löschen",
        "daten löschen",
        "anwalt",
        "rechtsanwalt",
        "rechtlich",
        "rechtliche",
        "mit einem menschen",
        "echter mensch",
        "echten menschen",
    )
    """Questions with one of these words go to staff without asking the knowledge base."""
    frustration: Literal["suggest", "auto", "off"] = "suggest"
    """Towards somebody who seems frustrated: offer a person, hand over, or take no notice (E1)."""

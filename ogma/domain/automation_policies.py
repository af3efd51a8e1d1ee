"""What the owner has decided about service levels, rules, alerts, reminders and webhooks.

Field names are the keys of config.toml; every default is the shipped one.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ogma.domain.setting_types import Policy, Slug


class SlaTargetPolicy(Policy):
    """[[sla.targets]]: how soon staff must have replied, and how soon it must be closed."""

    types: tuple[Slug, ...] = ()
    """Ticket types that it is for; empty means all."""
    first_response_minutes: Annotated[int, Field(ge=0, le=525_600)] = 0
    resolution_minutes: Annotated[int, Field(ge=0, le=525_600)] = 0


class SlaPolicy(Policy):
    """[sla]: of `targets`, the first that fits a ticket counts (Q5)."""

    business_time: bool = False
    """Only the time in which staff are there counts, by [hours]."""
    pause_awaiting_customer: bool = False
    response_from: Literal["opened", "handed_over"] = "opened"
    """What the first response is counted from."""
    warn_percent: Annotated[int, Field(ge=0, le=99)] = 75
    """How much of the time is used up when a warning is due; 0: none."""
    targets: tuple[SlaTargetPolicy, ...] = ()

"""What the owner has decided about service levels, rules, alerts, reminders and webhooks.

Field names are the keys of config.toml; every default is the shipped one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ogma.domain.setting_types import Policy, Slug, Snowflake

Cron = Annotated[
    str,
    StringConstraints(pattern=r"^(\S+( \S+){4})?$"),
    Field(description='five fields such as "0 9 * * mon-fri" (minute, hour, day, month, weekday)'),
]


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


class Topic(StrEnum):
    """What managers may be alerted to."""

    SLA = "sla"
    MODEL = "model"
    CHANNELS = "channels"
    JOBS = "jobs"
    RATING = "rating"


class AlertsPolicy(Policy):
    """[alerts]: what is posted in channels.alerts (Q7)."""

    ping_roles: tuple[Snowflake, ...] = ()
    topics: tuple[Topic, ...] = tuple(Topic)
    quiet_outside_hours: bool = True
    """Outside of [hours], alerts and reminders wait for the opening."""
    digest: Cron = ""
    """When a summary of the queue and the open flags is posted, in the zone of [hours]."""


class NudgesPolicy(Policy):
    """[nudges]: reminders in a ticket; hours without the side whose turn it is, 0: none."""

    staff_after_hours: Annotated[int, Field(ge=0, le=720)] = 0
    customer_after_hours: Annotated[int, Field(ge=0, le=720)] = 0

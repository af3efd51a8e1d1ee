"""What the owner has decided about service levels, rules, alerts, reminders and webhooks (Q5-Q8).

Field names are the keys of config.toml; every default is the shipped one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ogma.domain.marks import Priority
from ogma.domain.setting_types import HttpUrl, Policy, Slug, Snowflake

Cron = Annotated[
    str,
    StringConstraints(pattern=r"^(\S+( \S+){4})?$"),
    Field(description='five fields such as "0 9 * * mon-fri" (minute, hour, day, month, weekday)'),
]


class SlaTargetPolicy(Policy):
    """[[sla.targets]]: how soon staff must have replied, and how soon it must be closed."""

    types: tuple[Slug, ...] = ()
    """Ticket types that it is for; empty means all."""
    priorities: tuple[Priority, ...] = ()
    """Priorities that it is for; empty means all."""
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


class Trigger(StrEnum):
    """What may make a rule fire."""

    TICKET_OPENED = "ticket_opened"
    TICKET_ESCALATED = "ticket_escalated"
    MESSAGE_CONTAINS = "message_contains"
    CSAT_NEGATIVE = "csat_negative"
    SLA_BREACH = "sla_breach"
    TICKET_CLAIMED = "ticket_claimed"
    TICKET_CLOSED = "ticket_closed"


class ActionKind(StrEnum):
    """What a rule may do."""

    ESCALATE = "escalate"
    ADD_TAG = "add_tag"
    ASSIGN = "assign"
    ASSIGN_ROUND_ROBIN = "assign_round_robin"
    PRIORITY = "priority"
    REPLY = "reply"
    NOTIFY = "notify"
    WEBHOOK = "webhook"
    CLOSE = "close"


class ActionPolicy(Policy):
    """[[rules.actions]]: one thing that a rule does."""

    do: ActionKind
    value: Annotated[str, Field(max_length=1500)] = ""
    """The tag, the member's id, the priority, the text, the webhook's id or the close reason."""


class RulePolicy(Policy):
    """[[rules]]: what is done by itself when something happens (Q6)."""

    id: Slug
    name: Annotated[str, Field(max_length=100)] = ""
    enabled: bool = True
    trigger: Trigger
    match: Annotated[str, Field(max_length=500)] = ""
    """Text, in whatever case, or 'regex:' and a pattern; "" fits everything."""
    types: tuple[Slug, ...] = ()
    """Ticket types that it is for; empty means all."""
    actions: Annotated[tuple[ActionPolicy, ...], Field(max_length=10)] = ()

    @property
    def shown(self) -> str:
        """What people call it."""
        return self.name or self.id


class WebhookPolicy(Policy):
    """[[webhooks]]: a server of the owner's that is told what happens to tickets (Q8)."""

    id: Slug
    url: HttpUrl
    enabled: bool = True
    events: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Names such as "ticket.closed"; empty means all."""
    secret_file: str = ""
    """Holds the key of the signatures; relative to the data folder. "": webhook-ID.secret."""

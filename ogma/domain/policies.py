"""What the owner decided, as typed frozen values. `settings/` turns TOML into them.

Field names are the keys of config.toml; every default is the shipped one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from ogma.domain.ai_policies import AiPolicy as AiPolicy
from ogma.domain.ai_policies import EscalationPolicy as EscalationPolicy
from ogma.domain.ai_policies import OllamaPolicy as OllamaPolicy
from ogma.domain.assignment import AssignmentPolicy, Method
from ogma.domain.automation_policies import (
    AlertsPolicy,
    NudgesPolicy,
    RulePolicy,
    SlaPolicy,
    WebhookPolicy,
)
from ogma.domain.intake import MOST_FIELDS, FieldPolicy
from ogma.domain.macros import MacroPolicy
from ogma.domain.setting_types import (
    ChannelName,
    Holiday,
    HoursWindow,
    InternalHost,
    Language,
    MaybeSnowflake,
    Policy,
    Slug,
    Snowflake,
)
from ogma.domain.tool_policies import ToolPolicy


class Intake(StrEnum):
    """What is asked before a ticket opens."""

    NONE = "none"
    SUBJECT = "subject"
    DESCRIPTION = "description"
    BOTH = "both"


class Naming(StrEnum):
    """How ticket channels are named."""

    USER = "user"
    SEQUENTIAL = "sequential"
    ANONYMOUS = "anonymous"


class DiscordPolicy(Policy):
    """[discord]"""

    guild: Snowflake
    members_intent: bool = True
    """Notice at once when a customer leaves; needs the Server Members intent in the portal."""
    token_file: Annotated[str, Field(min_length=1)] = "token"
    """Relative to the data folder; used when OGMA_DISCORD_TOKEN is not set."""


class RolesPolicy(Policy):
    """[roles]: global roles; a type may add staff roles of its own."""

    staff: tuple[Snowflake, ...] = ()
    management: tuple[Snowflake, ...] = ()


class ChannelsPolicy(Policy):
    """[channels]"""

    panel: Snowflake
    staff_review: Snowflake
    transcripts: Snowflake
    learned_tips: MaybeSnowflake = None
    """Where learned tips are shown to staff; without it they wait for `ogma tips approve`."""
    alerts: MaybeSnowflake = None
    """Where managers are alerted, by [alerts]; without it they are not."""


class SetupPolicy(Policy):
    """[setup]: names of the channels that `ogma setup` finds, or makes, where an id does not."""

    panel: ChannelName = "open-a-ticket"
    staff_review: ChannelName = "staff-review"
    transcripts: ChannelName = "ticket-transcripts"
    learned_tips: ChannelName = "learned-tips"
    alerts: ChannelName = "ticket-alerts"


class PanelPolicy(Policy):
    """[panel]: the message that members open tickets from; "": the catalogue's words."""

    title: Annotated[str, Field(max_length=256)] = ""
    text: Annotated[str, Field(max_length=4000)] = ""


class TypePolicy(Policy):
    """[[types]]: one kind of ticket."""

    id: Slug
    label: Annotated[str, Field(min_length=1, max_length=80)]
    category: Snowflake
    category_name: Annotated[str, Field(max_length=100)] = ""
    """What `ogma setup` finds or makes where `category` is not on the server; "": the label."""
    emoji: str = ""
    description: Annotated[str, Field(max_length=100)] = ""
    style: Literal["primary", "secondary", "success", "danger"] = "primary"
    staff_roles: tuple[Snowflake, ...] = ()
    open_roles: tuple[Snowflake, ...] = ()
    """Who may open it; empty means everybody."""
    max_open: Annotated[int, Field(ge=0, le=100)] = 1
    """Open tickets of this type per member; 0 means no limit."""
    intake: Intake = Intake.BOTH
    fields: Annotated[tuple[FieldPolicy, ...], Field(max_length=MOST_FIELDS)] = ()
    """The type's own questions; where there are any, `intake` does not count."""
    ai: bool = True
    ai_mode: Literal["server", "live", "shadow", "off"] = "server"
    """'server': as [ai] mode says."""
    assignment: Method = Method.MANUAL
    enabled: bool = True


class TicketsPolicy(Policy):
    """[tickets]"""

    names: Naming = Naming.USER
    privacy_notice: Annotated[str, Field(max_length=500)] = ""
    csat: bool = True
    send_transcript_to_customer: bool = False
    max_attachment_mb: Annotated[int, Field(ge=0, le=500)] = 25
    """Larger attachments are listed in transcripts, but not kept."""


class LimitsPolicy(Policy):
    """[limits]: what keeps one member from asking too much; 0 switches a limit off (O3, A2)."""

    openings: Annotated[int, Field(ge=0, le=1000)] = 0
    """Tickets of all types that a member may open within `openings_hours`."""
    openings_hours: Annotated[int, Field(ge=1, le=720)] = 24
    account_days: Annotated[int, Field(ge=0, le=3650)] = 0
    """How old a member's Discord account must be."""
    member_days: Annotated[int, Field(ge=0, le=3650)] = 0
    """How long a member must have been on the server."""
    questions_per_user: Annotated[int, Field(ge=0, le=10_000)] = 30
    """Questions of one member that the AI takes within an hour (A2); beyond, people answer."""
    questions_per_ticket: Annotated[int, Field(ge=0, le=10_000)] = 30
    questions_per_server: Annotated[int, Field(ge=0, le=100_000)] = 600


class InactivityPolicy(Policy):
    """[inactivity]: closing tickets in which nobody writes. Days; 0 switches a part off."""

    close_after_days: Annotated[int, Field(ge=0, le=365)] = 0
    warn_days_before: Annotated[int, Field(ge=0, le=365)] = 0
    escalated_after_days: Annotated[int, Field(ge=0, le=365)] = 0
    """A longer limit for tickets that wait for staff after a hand-over; 0 means the same."""
    mode: Literal["any", "customer"] = "any"
    close_awaiting_staff: bool = True


class ClosingPolicy(Policy):
    """[closing]"""

    request_hours: Annotated[int, Field(ge=0, le=720)] = 48
    """After /close-request: when it closes without an answer; 0 means only when confirmed."""
    grace_minutes: Annotated[int, Field(ge=0, le=10_080)] = 0
    """How long a closed channel stays, locked, with a Reopen button; 0 means not at all."""
    follow_up_hours: Annotated[int, Field(ge=0, le=720)] = 0
    """After the close: ask by DM whether it was really solved; 0 means never."""


class WeekPolicy(Policy):
    """[hours.week]: when staff are there on each day; an empty day is a day off."""

    monday: tuple[HoursWindow, ...] = ("09:00-17:00",)
    tuesday: tuple[HoursWindow, ...] = ("09:00-17:00",)
    wednesday: tuple[HoursWindow, ...] = ("09:00-17:00",)
    thursday: tuple[HoursWindow, ...] = ("09:00-17:00",)
    friday: tuple[HoursWindow, ...] = ("09:00-17:00",)
    saturday: tuple[HoursWindow, ...] = ()
    sunday: tuple[HoursWindow, ...] = ()

    def days(self) -> tuple[tuple[HoursWindow, ...], ...]:
        """The windows of each day, Monday first, as `date.weekday()` counts."""
        week = (self.monday, self.tuesday, self.wednesday, self.thursday, self.friday)
        return (*week, self.saturday, self.sunday)


class HoursPolicy(Policy):
    """[hours]: when staff are there, and what is different while they are not (H1, H2)."""

    enabled: bool = False
    time_zone: str = "UTC"
    holidays: tuple[Holiday, ...] = ()
    away_message: bool = True
    """Told to a customer who writes, at most once per ticket and closed period."""
    expected_response: Annotated[str, Field(max_length=100)] = ""
    """Told in place of escalation.expected_response while staff are not there."""
    ai_outside: bool = True
    opening_outside: bool = True
    week: WeekPolicy = WeekPolicy()


class KnowledgePolicy(Policy):
    """[knowledge]"""

    model: str = "sentence-transformers/all-MiniLM-L6-v2"
    precision: Literal["int8", "fp32"] = "int8"
    max_file_mb: Annotated[int, Field(ge=1, le=1024)] = 32
    index: Literal["auto", "flat", "sq8", "ivf"] = "auto"
    """How vectors are kept: 'flat' exactly, 'sq8' in a byte per number, 'ivf' for millions."""


class NetworkPolicy(Policy):
    """[network]: where requests may go besides public addresses (P41)."""

    internal_hosts: tuple[InternalHost, ...] = ()


class LearningPolicy(Policy):
    """[learning]: tips from what staff wrote in closed tickets (L1)."""

    auto: bool = True
    mode: Literal["live", "review"] = "live"
    """'live': part of the knowledge base at once; 'review': after somebody approves it."""
    min_messages: Annotated[int, Field(ge=1, le=1000)] = 2
    """Messages of people that a ticket must have to teach anything."""


class DataPolicy(Policy):
    """[data]: how long the content of closed tickets is kept (D1)."""

    retention_days: Annotated[int, Field(ge=0, le=36_500)] = 0
    """Days after the close; 0 keeps everything. Statistics stay, without content."""


class LoggingPolicy(Policy):
    """[logging]"""

    level: Literal["debug", "info", "warning", "error"] = "info"
    json_lines: bool = False


class Settings(Policy):
    """The whole config.toml."""

    language: Language = "en"
    discord: DiscordPolicy
    channels: ChannelsPolicy
    roles: RolesPolicy = RolesPolicy()
    setup: SetupPolicy = SetupPolicy()
    panel: PanelPolicy = PanelPolicy()
    types: Annotated[tuple[TypePolicy, ...], Field(min_length=1)]
    tickets: TicketsPolicy = TicketsPolicy()
    limits: LimitsPolicy = LimitsPolicy()
    ai: AiPolicy = AiPolicy()
    ollama: OllamaPolicy = OllamaPolicy()
    escalation: EscalationPolicy = EscalationPolicy()
    hours: HoursPolicy = HoursPolicy()
    assignment: AssignmentPolicy = AssignmentPolicy()
    macros: tuple[MacroPolicy, ...] = ()
    inactivity: InactivityPolicy = InactivityPolicy()
    closing: ClosingPolicy = ClosingPolicy()
    knowledge: KnowledgePolicy = KnowledgePolicy()
    network: NetworkPolicy = NetworkPolicy()
    learning: LearningPolicy = LearningPolicy()
    sla: SlaPolicy = SlaPolicy()
    alerts: AlertsPolicy = AlertsPolicy()
    nudges: NudgesPolicy = NudgesPolicy()
    rules: tuple[RulePolicy, ...] = ()
    webhooks: tuple[WebhookPolicy, ...] = ()
    tools: Annotated[tuple[ToolPolicy, ...], Field(max_length=20)] = ()
    data: DataPolicy = DataPolicy()
    logging: LoggingPolicy = LoggingPolicy()
    texts: dict[str, str] = Field(default_factory=dict)
    """Overrides of single texts, by their key in the catalogue."""

    def type_named(self, type_id: str) -> TypePolicy | None:
        """The ticket type with this id, enabled or not."""
        return next((kind for kind in self.types if kind.id == type_id), None)

    def ai_mode(self, type_id: str) -> Literal["live", "shadow", "off"]:
        """Who gets the AI's answers in tickets of this type: customers, staff only, nobody."""
        kind = self.type_named(type_id)
        if kind is None or not (self.ai.enabled and kind.ai):
            return "off"
        return self.ai.mode if kind.ai_mode == "server" else kind.ai_mode

    def staff_roles(self, type_id: str) -> frozenset[int]:
        """Roles whose holders are staff of a ticket of this type, management included."""
        kind = self.type_named(type_id)
        own = kind.staff_roles if kind else ()
        return frozenset((*own, *self.roles.staff, *self.roles.management))

    def team_roles(self) -> frozenset[int]:
        """Roles whose holders are staff of any type, management included."""
        return frozenset().union(*(self.staff_roles(kind.id) for kind in self.types))

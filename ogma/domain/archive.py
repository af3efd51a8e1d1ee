"""A ticket as it is archived: all that a transcript shows, and nothing that needs Discord."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ogma.domain.clock import Millis


class Side(StrEnum):
    """Who wrote a message, from the ticket's point of view."""

    CUSTOMER = "customer"
    """The ticket's customer and the members added to it."""
    STAFF = "staff"
    OGMA = "ogma"
    OTHER = "other"
    """Other bots, webhooks, and people who are neither."""


class View(StrEnum):
    """For whom a transcript is rendered."""

    CUSTOMER = "customer"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Person:
    """A member as known when the ticket was written."""

    id: int
    name: str
    side: Side


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """An attachment. `path` is absolute while kept on disk, else None; `missing` says why."""

    id: int
    name: str
    size: int
    content_type: str | None
    sha256: str | None
    path: str | None
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class ArchivedMessage:
    """One message. `embeds` and `components` are Discord's own JSON objects."""

    id: int
    author: Person
    content: str
    at: Millis
    edited_at: Millis | None = None
    deleted_at: Millis | None = None
    reply_to: int | None = None
    pinned: bool = False
    files: tuple[ArchivedFile, ...] = ()
    embeds: tuple[Mapping[str, Any], ...] = ()
    components: tuple[Mapping[str, Any], ...] = ()
    reactions: tuple[Mapping[str, Any], ...] = ()
    earlier: tuple[tuple[Millis, str], ...] = ()
    """Former contents of an edited message: (until when, text), oldest first. Staff view only."""
    ai: bool = False
    """An AI answer; `trace` then says how it came about (staff view only)."""
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class ArchivedEvent:
    """Something that happened to the ticket: opened, claimed, escalated, closed, a staff note."""

    at: Millis
    kind: str
    actor: str
    detail: str = ""
    staff_only: bool = False


@dataclass(frozen=True, slots=True)
class ArchivedTicket:
    """One ticket, whole. Times are UTC milliseconds; ids are Discord's."""

    number: int
    key: str
    type_id: str
    type_label: str
    server: str
    channel: str
    customer: Person
    opened_at: Millis
    intake: tuple[tuple[str, str], ...] = ()
    """The intake's (label, answer) pairs, in order."""
    subject: str | None = None
    claimed_at: Millis | None = None
    assignee: str | None = None
    first_response_at: Millis | None = None
    escalated_at: Millis | None = None
    closed_at: Millis | None = None
    closed_by: str | None = None
    close_reason: str | None = None
    close_note: str | None = None
    close_cause: str | None = None
    rating: str | None = None
    tags: tuple[str, ...] = ()
    handled_by: str = "human"
    """'ai', 'human', or 'both': who answered the customer."""
    locked: bool = False
    messages: tuple[ArchivedMessage, ...] = ()
    events: tuple[ArchivedEvent, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    """How mentions read: '@ID' -> member, '&ID' -> role, '#ID' -> channel."""

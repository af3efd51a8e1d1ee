"""A ticket's messages and events in the order they are read, grouped as Discord groups them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Final

from ogma.domain.archive import ArchivedEvent, ArchivedMessage, ArchivedTicket
from ogma.domain.clock import MINUTE, Millis, to_datetime

GROUP_GAP: Final = 7 * MINUTE


@dataclass(frozen=True, slots=True)
class Day:
    """A line between two days."""

    at: Millis


@dataclass(frozen=True, slots=True)
class Group:
    """Messages of one author, each within seven minutes of the one before; replies start anew."""

    messages: tuple[ArchivedMessage, ...]

    @property
    def first(self) -> ArchivedMessage:
        """The message that carries name, picture and time."""
        return self.messages[0]


Entry = Day | Group | ArchivedEvent


def timeline(ticket: ArchivedTicket, zone: tzinfo) -> Iterator[Entry]:
    """Days (in `zone`), groups and events, oldest first."""
    today: date | None = None
    group: list[ArchivedMessage] = []
    for entry in _in_order(ticket):
        day = to_datetime(entry.at).astimezone(zone).date()
        joins = isinstance(entry, ArchivedMessage) and day == today and _joins(group, entry)
        if group and not joins:
            yield Group(tuple(group))
            group = []
        if day != today:
            yield Day(entry.at)
            today = day
        if isinstance(entry, ArchivedMessage):
            group.append(entry)
        else:
            yield entry
    if group:
        yield Group(tuple(group))


def _in_order(ticket: ArchivedTicket) -> list[ArchivedMessage | ArchivedEvent]:
    """Stable by time; at the same instant an event stands before what it led to."""
    messages = sorted(ticket.messages, key=lambda message: (message.at, message.id))
    entries: list[ArchivedMessage | ArchivedEvent] = [*ticket.events, *messages]
    return sorted(entries, key=lambda entry: entry.at)


def _joins(group: list[ArchivedMessage], message: ArchivedMessage) -> bool:
    if not group or message.reply_to is not None:
        return False
    last = group[-1]
    same = last.author == message.author and last.ai == message.ai
    return same and message.at - last.at <= GROUP_GAP

"""What a reader of a transcript may see. Every renderer starts from `visible`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from ogma.domain.archive import ArchivedEvent, ArchivedMessage, ArchivedTicket, Person, View

_MENTION = re.compile(r"<(@!?|@&|#)(\d{1,20})>")
_STAFF_KINDS: Final = frozenset({"note"})


def visible(ticket: ArchivedTicket, view: View) -> ArchivedTicket:
    """The ticket as this reader may know it.

    A customer gets no notes (nor the closing note), no tags, no events for staff only, no traces,
    no former or deleted contents, no lockdown mark, and no names that only such texts mention.
    """
    if view is View.STAFF:
        return ticket
    shown = replace(
        ticket,
        close_note=None,
        tags=(),
        locked=False,
        messages=tuple(_for_customer(message) for message in ticket.messages),
        events=tuple(
            _event_for_customer(event)
            for event in ticket.events
            if not event.staff_only and event.kind not in _STAFF_KINDS
        ),
    )
    mentioned = set(_mentions(shown))
    return replace(
        shown, names={key: name for key, name in ticket.names.items() if key in mentioned}
    )


def people(ticket: ArchivedTicket) -> list[tuple[Person, int]]:
    """Who took part and with how many messages: the customer first, then by count."""
    counts = Counter(message.author.id for message in ticket.messages)
    known = {message.author.id: message.author for message in ticket.messages}
    known[ticket.customer.id] = ticket.customer
    order = sorted(
        known.values(),
        key=lambda person: (person.id != ticket.customer.id, -counts[person.id], person.name),
    )
    return [(person, counts[person.id]) for person in order]


def _for_customer(message: ArchivedMessage) -> ArchivedMessage:
    if message.deleted_at is None:
        return replace(message, earlier=(), trace=None)
    return replace(
        message,
        content="",
        edited_at=None,
        files=(),
        embeds=(),
        components=(),
        reactions=(),
        earlier=(),
        trace=None,
    )


def _event_for_customer(event: ArchivedEvent) -> ArchivedEvent:
    """Why a ticket was handed over is told, what the machine measured is not."""
    if event.kind != "escalated":
        return event
    return replace(event, detail=event.detail.partition(":")[0])


def _mentions(ticket: ArchivedTicket) -> Iterator[str]:
    """The keys of `names` that the ticket's visible texts point to."""
    texts = [ticket.subject or "", *(answer for _, answer in ticket.intake)]
    texts += [event.detail for event in ticket.events]
    for message in ticket.messages:
        texts.append(message.content)
        texts += _strings((message.embeds, message.components))
    for text in texts:
        for mark, key in _MENTION.findall(text):
            yield {"@&": "&", "#": "#"}.get(mark, "@") + key


def _strings(value: Any) -> Iterator[str]:
    """Every string inside Discord's JSON objects."""
    stack = [value]
    while stack:
        top = stack.pop()
        if isinstance(top, str):
            yield top
        elif isinstance(top, Mapping):
            stack.extend(top.values())
        elif isinstance(top, (list, tuple)):
            stack.extend(top)

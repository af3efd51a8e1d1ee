"""The staff queue as `/queue` shows it (Q2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import disnake
from disnake.ui.select.string import StringSelect

from ogma.bot.custom_ids import Action, encode
from ogma.bot.render import places
from ogma.bot.render.escape import label, plain
from ogma.bot.render.limits import Colour, button, clip, embed
from ogma.bot.render.message import Message
from ogma.domain.marks import Priority
from ogma.domain.queue import Queue
from ogma.domain.tickets import Ticket
from ogma.services.queue import Page
from ogma.texts import Texts

_SUBJECT = 80
_MARKS = {Priority.LOW: "🔽", Priority.HIGH: "🔼", Priority.URGENT: "🚨"}

Row = tuple[disnake.ui.Button[Any] | StringSelect[Any], ...]


def queue_page(texts: Texts, page: Page, labels: Mapping[str, str]) -> Message:
    """A page of the queue below its counters. `labels`: of the ticket types, by id."""
    counters = texts("queue.counters", **page.counters)
    lines = [_entry(texts, ticket, labels) for ticket in page.tickets]
    shown = embed(
        colour=Colour.PANEL,
        title=texts("queue.title", filter=texts(f"queue.filter.{page.queue}")),
        text="\n".join([counters, "", *(lines or [texts("queue.empty")])]),
        footer=texts("queue.footer", page=page.number),
    )
    return Message(embeds=(shown,), rows=_rows(texts, page))


def _key(queue: Queue) -> str:
    return queue.replace("-", "_")


def _entry(texts: Texts, ticket: Ticket, labels: Mapping[str, str]) -> str:
    place = places.channel(ticket.channel_id) if ticket.channel_id else ""
    marks = _MARKS.get(Priority(ticket.priority), "")
    marks += "🔐" if ticket.locked else ""
    marks += "🙋" if ticket.escalated else ""
    waiting = texts(f"queue.waiting_{ticket.waiting_on}")
    parts = [
        f"**{ticket.id}** {marks}".strip(),
        place,
        label(clip(labels.get(ticket.type_id, ticket.type_id), 40)),
        plain(clip(ticket.customer_name, 40)),
        f"{waiting} {places.moment(ticket.last_activity_at)}",
    ]
    if ticket.claimed_by_name:
        parts.append(texts("queue.claimed", staff=plain(clip(ticket.claimed_by_name, 40))))
    if ticket.subject:
        parts.append(f"*{plain(clip(ticket.subject, _SUBJECT))}*")
    return " · ".join(part for part in parts if part)


def _rows(texts: Texts, page: Page) -> tuple[Row, ...]:
    filters = [_filter(texts, which, page) for which in Queue]
    turning = [
        _turn(texts("queue.previous"), page, page.number - 1, enabled=page.number > 1),
        _turn(texts("queue.next"), page, page.number + 1, enabled=page.more),
        button(texts("queue.refresh"), _place(Action.QUEUE_AGAIN, page.queue, page.number)),
    ]
    rows: list[Row] = [tuple(filters[:3]), tuple(filters[3:]), tuple(turning)]
    free = [ticket for ticket in page.tickets if ticket.claimed_by is None]
    if free:
        rows.append((_claims(texts, page, free),))
    return tuple(rows)


def _filter(texts: Texts, which: Queue, page: Page) -> disnake.ui.Button[None]:
    style = disnake.ButtonStyle.primary if which is page.queue else disnake.ButtonStyle.secondary
    named = texts(f"queue.filter.{which}")
    count = page.counters.get("open" if which is Queue.ALL else _key(which))
    text = named if count is None else f"{named} ({count})"
    return button(text, encode(Action.QUEUE, which), style)


def _turn(text: str, page: Page, number: int, *, enabled: bool) -> disnake.ui.Button[None]:
    action = Action.QUEUE_NEXT if number > page.number else Action.QUEUE_BACK
    made = button(text, _place(action, page.queue, max(number, 1)))
    made.disabled = not enabled
    return made


def _claims(texts: Texts, page: Page, free: list[Ticket]) -> StringSelect[Any]:
    options = [
        disnake.SelectOption(
            label=clip(f"{ticket.id} · {ticket.customer_name}", 100),
            value=str(ticket.id),
            description=clip(ticket.subject or "", 100) or None,
        )
        for ticket in free
    ]
    return StringSelect(
        custom_id=_place(Action.QUEUE_CLAIM, page.queue, page.number),
        placeholder=texts("queue.claim"),
        options=options,
    )


def _place(action: Action, queue: Queue, number: int) -> str:
    return encode(action, f"{queue}-{number}")

"""The card above the transcript in #ticket-transcripts, and the customer's own copy (C2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ogma.bot.render import places
from ogma.bot.render.escape import label, plain, quoted
from ogma.bot.render.limits import CONTENT, Colour, Field, clip, embed
from ogma.bot.render.message import Message, Upload
from ogma.domain.tickets import Ticket
from ogma.texts import Texts

HandledBy = Literal["ai", "human", "both", "nobody"]


def transcript_card(
    texts: Texts,
    ticket: Ticket,
    *,
    type_label: str,
    messages: int,
    handled_by: HandledBy,
    files: Sequence[Upload] = (),
) -> Message:
    """A closed ticket at a glance, with its transcript; without one that is too large to post.

    Marker: the first file's name, which carries the ticket's number; without files the title.
    """
    note = "" if files else texts("transcript.too_large", number=ticket.id)
    shown = embed(
        colour=Colour.GOOD if ticket.close_reason == "resolved" else Colour.OVER,
        title=texts("transcript.title", number=ticket.id, type=label(type_label)),
        text="\n".join(part for part in (_subject(ticket), note) if part),
        fields=_fields(texts, ticket, messages, handled_by),
        footer=texts("transcript.footer", number=ticket.id),
    )
    return Message(embeds=(shown,), files=tuple(files))


def _subject(ticket: Ticket) -> str:
    return f"**{plain(ticket.subject)}**" if ticket.subject else ""


def _fields(texts: Texts, ticket: Ticket, messages: int, handled_by: HandledBy) -> list[Field]:
    closed_at = ticket.closed_at or ticket.closing_at
    reason = texts(f"close_reason.{ticket.close_reason}") if ticket.close_reason else ""
    if ticket.close_cause and ticket.close_cause != "command":
        reason = f"{reason} ({texts(f'close_cause.{ticket.close_cause}')})".strip()
    who = f"{places.member(ticket.customer_id)} ({plain(ticket.customer_name)})"
    return [
        (texts("transcript.customer"), who, True),
        (texts("transcript.opened"), places.moment(ticket.opened_at, "f"), True),
        (texts("transcript.closed"), places.moment(closed_at, "f") if closed_at else "", True),
        (texts("transcript.reason"), reason, True),
        (texts("transcript.closed_by"), plain(ticket.closed_by_name or ""), True),
        (texts("transcript.claimed_by"), plain(ticket.claimed_by_name or ""), True),
        (texts("transcript.handled_by"), texts(f"transcript.by_{handled_by}"), True),
        (texts("transcript.messages"), str(messages), True),
        (texts("transcript.note"), quoted(ticket.close_note or ""), False),
    ]


def customer_transcript(texts: Texts, ticket: int, server: str, file: Upload) -> Message:
    """The customer's view by direct message. Marker: the file's name."""
    text = texts("transcript.to_customer", number=ticket, server=clip(plain(server), 200))
    return Message(content=clip(text, CONTENT), files=(file,))

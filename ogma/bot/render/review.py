"""The item in #staff-review: one per escalation, edited as it grows and moves on (E2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import disnake

from ogma.bot.custom_ids import Action, encode
from ogma.bot.render import places
from ogma.bot.render.escape import label, plain, quoted
from ogma.bot.render.limits import FIELD_VALUE, Colour, Field, button, clip, embed, length, link
from ogma.bot.render.message import Message
from ogma.bot.render.ticket import source
from ogma.domain.clock import Millis
from ogma.domain.escalation import ENDED, Given, ReviewState
from ogma.domain.tickets import State, Ticket
from ogma.texts import Texts, details

_QUESTION = 1500
_EXCERPT = 160
_PASSAGES = 3
_REASONS = 8
_BESIDE = 60

_COLOURS = {
    ReviewState.OPEN: Colour.WAITING,
    ReviewState.CLAIMED: Colour.ACTIVE,
    ReviewState.ANSWERED: Colour.GOOD,
    ReviewState.HANDED_BACK: Colour.AI,
    ReviewState.OUT_OF_SCOPE: Colour.OVER,
    ReviewState.CLOSED: Colour.OVER,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that came near the question."""

    title: str
    heading: str
    url: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """An escalation as staff see it. `by` is who brought it to its state, `at` when."""

    id: int
    state: ReviewState
    reasons: Sequence[Given]
    question: str = ""
    passages: Sequence[Candidate] = ()
    out_of_scope: bool = False
    by: str = ""
    at: Millis | None = None


def review(
    texts: Texts, ticket: Ticket, item: Item, *, type_label: str, ping_roles: Sequence[int] = ()
) -> Message:
    """The item as it now stands; notifies `ping_roles` and nobody else. Marker: its Claim button.

    An edit never notifies again, so the same values serve for sending and for editing.
    """
    if ticket.locked:
        return _locked(texts, ticket)
    url = None
    there = ticket.state is State.OPEN and item.state is not ReviewState.CLOSED
    if ticket.channel_id is not None and there:
        url = places.channel_url(ticket.guild_id, ticket.channel_id)
    shown = embed(
        colour=_COLOURS[item.state],
        title=texts(f"review.title_{item.state}", number=ticket.id),
        text=clip(quoted(clip(item.question, _QUESTION)), _QUESTION * 2),
        fields=_fields(texts, ticket, item, type_label),
        footer=texts("review.footer", number=ticket.id),
        url=url,
    )
    return Message(
        content=" ".join(places.role(role) for role in ping_roles),
        embeds=(shown,),
        rows=_rows(texts, item, url, over=item.state in ENDED or ticket.state is State.CLOSED),
        pings=tuple(ping_roles),
    )


def _locked(texts: Texts, ticket: Ticket) -> Message:
    """In lockdown the staff channel learns nothing but that (Q4)."""
    shown = embed(
        colour=Colour.OVER,
        title=texts("review_locked.title", number=ticket.id),
        text=texts("review_locked.text"),
        footer=texts("review.footer", number=ticket.id),
    )
    return Message(embeds=(shown,))


def _fields(texts: Texts, ticket: Ticket, item: Item, type_label: str) -> list[Field]:
    where = places.channel(ticket.channel_id) if ticket.channel_id else plain(f"{ticket.id}")
    if item.state is ReviewState.CLOSED or ticket.state is not State.OPEN:
        where = plain(ticket.channel_name or f"{ticket.id}")
    who = f"{places.member(ticket.customer_id)} ({plain(ticket.customer_name)})"
    return [
        (texts("review.ticket"), where, True),
        (texts("review.customer"), who, True),
        (texts("review.type"), plain(type_label), True),
        (texts("review.reason"), _reasons(texts, item.reasons), False),
        (texts("review.passages"), _passages(texts, item.passages), False),
        (texts("review.state"), _state(texts, item), False),
    ]


def _reasons(texts: Texts, reasons: Sequence[Given]) -> str:
    """One line per reason with its time; of very many the newest."""
    known = details.labels(texts)
    lines = []
    for given in reasons[-_REASONS:]:
        beside = details.of_cause(known, given.cause, given.detail)
        detail = f" ({clip(plain(beside), _BESIDE)})" if beside else ""
        lines.append(f"• {texts(f'cause.{given.cause}')}{detail} {places.moment(given.at)}")
    return "\n".join(lines)


def _passages(texts: Texts, passages: Sequence[Candidate]) -> str:
    if not passages:
        return texts("review.no_passages")
    lines: list[str] = []
    for number, passage in enumerate(passages[:_PASSAGES], 1):
        place = source(passage.title, passage.heading, passage.url)
        excerpt = quoted(clip(label(passage.text), _EXCERPT))
        entry = f"{number}. {place}\n{excerpt}"
        if length("\n".join([*lines, entry])) > FIELD_VALUE:
            break
        lines.append(entry)
    return "\n".join(lines)


def _state(texts: Texts, item: Item) -> str:
    parts = [f"**{texts(f'review.{item.state}')}**"]
    if item.by:
        parts.append(clip(plain(item.by), 100))
    if item.at is not None:
        parts.append(places.moment(item.at))
    if item.out_of_scope and item.state is not ReviewState.OUT_OF_SCOPE:
        parts.append(texts("review.out_of_scope"))
    return " · ".join(parts)


def _rows(
    texts: Texts, item: Item, url: str | None, *, over: bool
) -> tuple[tuple[disnake.ui.Button[None], ...], ...]:
    """What can be done; an item that is over keeps its buttons, disabled, to be found by them."""
    judged = item.out_of_scope or item.state is ReviewState.OUT_OF_SCOPE
    buttons = [
        button(
            texts("button.claim"),
            encode(Action.CLAIM, item.id),
            disnake.ButtonStyle.primary,
            disabled=over or item.state is ReviewState.CLAIMED,
        ),
        button(texts("button.hand_back"), encode(Action.HAND_BACK, item.id), disabled=over),
        button(
            texts("button.out_of_scope"),
            encode(Action.OUT_OF_SCOPE, item.id),
            disabled=over or judged,
        ),
    ]
    if url is not None:
        buttons.append(link(texts("button.go_to_ticket"), url))
    return (tuple(buttons),)

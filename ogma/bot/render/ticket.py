"""What a customer sees in the ticket: greeting, answers, notices."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import disnake

from ogma.bot.custom_ids import Action, encode
from ogma.bot.render import hours, places
from ogma.bot.render.escape import label, plain, quoted, web_link
from ogma.bot.render.limits import CONTENT, TOPIC, Colour, Field, button, clip, embed, length
from ogma.bot.render.message import Message, Upload, words
from ogma.bot.render.model_text import shortened
from ogma.domain.answers import Citation
from ogma.domain.business_hours import Presence
from ogma.domain.closing import CloseReason
from ogma.domain.escalation import Cause
from ogma.domain.intake import FieldAnswer
from ogma.domain.tickets import Ticket
from ogma.texts import Texts

_SOURCES = 5
_SOURCE_TITLE = 120
_SOURCE_LINE = 320


def topic(texts: Texts, ticket: Ticket, type_label: str, marker: str) -> str:
    """The channel's topic; the marker in it is never cut."""
    line = texts("topic.channel", number=ticket.id, type=clip(label(type_label), 80), marker=marker)
    return line if length(line) <= TOPIC and marker in line else marker


def greeting(
    texts: Texts,
    ticket: Ticket,
    *,
    type_label: str,
    ai: bool,
    answers: Sequence[FieldAnswer] = (),
    files: Sequence[Upload] = (),
    there: Presence | None = None,
    privacy: str = "",
) -> Message:
    """Greets, repeats the intake, and offers a person (O4, O8). Marker: Request human.

    `answers`: to the type's own fields; `files`: what of them can be shown; `there`: whether staff
    are there, None for no hours; `privacy`: the owner's notice.
    """
    hello = texts("greeting.ai" if ai else "greeting.people", customer=_customer(ticket))
    asked = _intake(ticket, answers) or texts("greeting.no_question")
    fields: list[Field] = [
        (texts("greeting.hours"), hours.standing(texts, there), False),
        (texts("greeting.privacy"), privacy, False),
    ]
    shown = embed(
        colour=Colour.PANEL,
        title=texts("greeting.title", number=ticket.id, type=label(type_label)),
        text=f"{hello}\n\n{asked}",
        fields=fields,
        footer=texts("greeting.footer", number=ticket.id),
    )
    rows = ((human_button(texts, ticket.id),),)
    return Message(embeds=(shown,), rows=rows, files=tuple(files))


def _customer(ticket: Ticket) -> str:
    return places.member(ticket.customer_id)


def _intake(ticket: Ticket, answers: Sequence[FieldAnswer]) -> str:
    """What was answered: each question in bold above its quoted answer, as far as there are any."""
    own = [f"**{plain(one.label)}**\n{quoted(one.text)}" for one in answers]
    subject = f"**{plain(ticket.subject)}**" if ticket.subject else ""
    asked = (subject, quoted(ticket.description or ""), *own)
    return "\n".join(part for part in asked if part)


def human_button(texts: Texts, ticket: int) -> disnake.ui.Button[None]:
    """Request human."""
    return button(texts("button.human"), encode(Action.HUMAN, ticket), emoji="🙋")


def answer(
    texts: Texts,
    *,
    ticket: int,
    answer_id: int,
    text: str,
    citations: Sequence[Citation],
    links: Collection[str] = (),
) -> Message:
    """An AI answer with its sources, in all at most 2,000 characters (A4). Marker: Helpful.

    `links`: the addresses that its cited passages contain (`model_text.links_in`).
    """
    footer = texts("answer.footer", button=texts("button.human"))
    buttons = (
        button(texts("button.helpful"), encode(Action.HELPFUL, answer_id), emoji="👍"),
        button(texts("button.unhelpful"), encode(Action.UNHELPFUL, answer_id), emoji="👎"),
        human_button(texts, ticket),
    )
    content, shown = _with_sources(texts, text, citations, links, footer)
    return Message(content=content, embeds=(shown,), rows=(buttons,))


def private_answer(
    texts: Texts, text: str, citations: Sequence[Citation], links: Collection[str] = ()
) -> Message:
    """An answer that only its asker sees, outside of any ticket (A9). Has no marker."""
    content, shown = _with_sources(texts, text, citations, links, texts("ask.footer"))
    return Message(content=content, embeds=(shown,))


def _with_sources(
    texts: Texts, text: str, citations: Sequence[Citation], links: Collection[str], footer: str
) -> tuple[str, disnake.Embed]:
    """The words of an answer and the embed with its sources, in all at most 2,000 characters.

    Where both do not fit, the links of the sources go before a word of the answer does.
    """
    title, cited = texts("answer.sources"), sources(citations)
    room = CONTENT - length(title) - length(footer)
    whole = shortened(text, CONTENT, links)
    if length(whole) + length(cited) > room:
        cited = sources(citations, linked=False)
    fits = length(whole) + length(cited) <= room
    said = whole if fits else shortened(text, room - length(cited), links)
    shown = embed(colour=Colour.AI, title=title if cited else "", text=cited, footer=footer)
    return said, shown


def sources(citations: Sequence[Citation], *, linked: bool = True) -> str:
    """One numbered line per place; several quotes from one place are one line."""
    cited = dict.fromkeys((c.title or c.document, c.heading, c.url) for c in citations)
    lines = [
        source(title, heading, url if linked else None)
        for title, heading, url in list(cited)[:_SOURCES]
    ]
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def source(title: str, heading: str, url: str | None) -> str:
    """A document and the heading in it, linked when it has an ordinary address that fits."""
    name = clip(" › ".join(part for part in (label(title), label(heading)) if part), _SOURCE_TITLE)
    linked = web_link(name, url)
    return linked if length(linked) <= _SOURCE_LINE else plain(name)


def escalated(
    texts: Texts, cause: Cause, *, expected: str = "", there: Presence | None = None
) -> Message:
    """Tells the customer that a person will answer, and when (E2). Marker: its words."""
    lines = [texts(f"escalated.{cause}")]
    if expected:
        lines.append(texts("escalated.expected", expected=plain(expected)))
    if standing := hours.standing(texts, there):
        lines.append(texts("escalated.hours", hours=standing))
    return words("\n".join(lines))


def claimed(texts: Texts, staff: str) -> Message:
    """Somebody looks after the ticket now. Marker: its words."""
    return words(texts("claim.notice", staff=_name(staff)))


def released(texts: Texts, staff: str) -> Message:
    """Nobody in particular looks after the ticket any more. Marker: its words."""
    return words(texts("claim.released", staff=_name(staff)))


def closing(texts: Texts, staff: str, reason: CloseReason) -> Message:
    """The ticket is being closed. Marker: its words."""
    why = texts("closing.notice_reason", reason=texts(f"close_reason.{reason}"))
    return words(f"{texts('closing.notice', staff=_name(staff))}\n{why}")


def _name(name: str) -> str:
    return f"**{clip(plain(name), 100)}**"

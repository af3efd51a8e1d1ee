"""A draft in #staff-review, and the form in which staff put it into other words (A7)."""

from __future__ import annotations

import disnake

from ogma.bot.custom_ids import Action, encode
from ogma.bot.render import places
from ogma.bot.render.escape import clean, plain, quoted
from ogma.bot.render.limits import (
    FORM_LABEL,
    FORM_TITLE,
    INPUT_PLACEHOLDER,
    Colour,
    button,
    clip,
    embed,
    link,
)
from ogma.bot.render.message import Form, Message
from ogma.bot.render.model_text import links_in, shortened
from ogma.bot.render.ticket import sources
from ogma.domain.shadow import JUDGED, DraftState
from ogma.domain.tickets import State, Ticket
from ogma.services.drafts import DraftItem
from ogma.texts import Texts

TEXT_MAX = 1500
"""Characters of an edited draft, so that its source lines fit into the same message."""
_QUESTION = 700
_COLOURS = {
    DraftState.OPEN: Colour.WAITING,
    DraftState.SENT: Colour.GOOD,
    DraftState.EDITED: Colour.GOOD,
    DraftState.WRONG: Colour.BAD,
    DraftState.OUTDATED: Colour.OVER,
}


def draft_item(texts: Texts, item: DraftItem, *, type_label: str) -> Message:
    """The draft as it now stands; the same for sending and for editing. Marker: its Send button."""
    ticket, draft = item.ticket, item.draft
    footer = texts("draft.footer", number=ticket.id)
    if ticket.locked:
        title = texts("draft.title_locked", number=ticket.id)
        shown = embed(
            colour=Colour.OVER, title=title, text=texts("review_locked.text"), footer=footer
        )
        return Message(embeds=(shown,), rows=(_buttons(texts, item, None, hidden=True),))
    url = None
    if ticket.channel_id is not None and ticket.state is State.OPEN:
        url = places.channel_url(ticket.guild_id, ticket.channel_id)
    links = links_in(*(citation.quote for citation in item.citations))
    asked = clip(quoted(clip(item.question, _QUESTION)), _QUESTION * 2)
    shown = embed(
        colour=_COLOURS[draft.state],
        title=texts(f"draft.title_{draft.state}", number=ticket.id),
        text=f"{asked}\n\n{shortened(item.text, TEXT_MAX, links)}",
        fields=[
            (texts("answer.sources"), sources(item.citations), False),
            (texts("review.customer"), _customer(ticket), True),
            (texts("review.type"), plain(type_label), True),
            (texts("review.state"), _state(texts, item), False),
        ],
        footer=footer,
        url=url,
    )
    return Message(embeds=(shown,), rows=(_buttons(texts, item, url),))


def _customer(ticket: Ticket) -> str:
    return f"{places.member(ticket.customer_id)} ({plain(ticket.customer_name)})"


def _state(texts: Texts, item: DraftItem) -> str:
    draft = item.draft
    parts = [f"**{texts(f'draft.{draft.state}')}**"]
    if draft.judged_by_name:
        parts.append(clip(plain(draft.judged_by_name), 100))
    if draft.judged_at is not None:
        parts.append(places.moment(draft.judged_at))
    if draft.state in (DraftState.SENT, DraftState.EDITED) and item.withdrawn:
        parts.append(texts("draft.not_delivered"))
    return " · ".join(parts)


def _buttons(
    texts: Texts, item: DraftItem, url: str | None, *, hidden: bool = False
) -> tuple[disnake.ui.Button[None], ...]:
    """What can be done; a draft that is over keeps its buttons, disabled, to be found by them."""
    draft = item.draft
    over = hidden or draft.state is not DraftState.OPEN
    judged = hidden or draft.state in JUDGED
    styles = disnake.ButtonStyle
    send, edit = encode(Action.SEND_DRAFT, draft.id), encode(Action.EDIT_DRAFT, draft.id)
    wrong = encode(Action.WRONG_DRAFT, draft.id)
    buttons = [
        button(texts("button.send_draft"), send, styles.success, disabled=over),
        button(texts("button.edit_draft"), edit, disabled=over),
        button(texts("button.wrong_draft"), wrong, styles.danger, disabled=judged),
    ]
    if url is not None:
        buttons.append(link(texts("button.go_to_ticket"), url))
    return tuple(buttons)


def edit_form(texts: Texts, draft_id: int, text: str) -> Form:
    """The draft's words, to be changed, in the input 'text'.

    As they are, for an input shows no Markdown: what is sent passes the renderer, and words that
    nobody changed must come back unchanged.
    """
    field = disnake.ui.TextInput(
        custom_id="text",
        style=disnake.TextInputStyle.paragraph,
        value=clip(clean(text), TEXT_MAX),
        placeholder=clip(texts("hint.draft"), INPUT_PLACEHOLDER),
        min_length=1,
        max_length=TEXT_MAX,
    )
    label = disnake.ui.Label(clip(texts("form.draft"), FORM_LABEL), field)
    custom_id = encode(Action.EDIT_DRAFT_FORM, draft_id)
    return Form(clip(texts("form.draft_title"), FORM_TITLE), custom_id, (label,))

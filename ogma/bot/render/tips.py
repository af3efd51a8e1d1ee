"""A tip in #learned-tips, and the list that `/tips` shows (L1)."""

from __future__ import annotations

from collections.abc import Sequence

import disnake

from ogma.bot.custom_ids import Action, encode
from ogma.bot.render import places
from ogma.bot.render.escape import label, plain, quoted
from ogma.bot.render.limits import Colour, Field, button, clip, embed
from ogma.bot.render.message import Message
from ogma.domain.tips import Tip, TipState
from ogma.texts import Texts

PAGE = 8
_TEXT = 1800
_EXCERPT = 220
_TICKETS = 10
_COLOURS = {
    TipState.LIVE: Colour.GOOD,
    TipState.REVIEW: Colour.WAITING,
    TipState.REMOVED: Colour.OVER,
}


def tip_post(texts: Texts, tip: Tip) -> Message:
    """A learned tip as it now stands. A removed one shows nothing of what it said.

    Marker: its first button.
    """
    removed = tip.state is TipState.REMOVED
    named = {} if removed else {"title": plain(tip.title)}
    shown = embed(
        colour=_COLOURS[tip.state],
        title=texts(f"tip.title_{tip.state}", number=tip.id, **named),
        text=_why_removed(texts, tip) if removed else _body(texts, tip),
        fields=_fields(texts, tip, removed),
        footer=texts("tip.footer", number=tip.id),
    )
    return Message(embeds=(shown,), rows=(_buttons(texts, tip),))


def _why_removed(texts: Texts, tip: Tip) -> str:
    if tip.merged_into is not None:
        return texts("tip.merged", number=tip.merged_into)
    return texts("tip.removed")


def _body(texts: Texts, tip: Tip) -> str:
    said = clip(quoted(clip(tip.text, _TEXT)), _TEXT * 2)
    if tip.like_tip is None or tip.state is TipState.LIVE:
        return said
    return f"{said}\n\n{texts('tip.differs', number=tip.like_tip)}"


def _fields(texts: Texts, tip: Tip, removed: bool) -> list[Field]:
    by = f"{clip(plain(tip.changed_by), 100)} {places.moment(tip.changed_at)}"
    fields = [
        (texts("tip.learned_from"), _tickets(texts, tip.tickets), True),
        (texts("tip.changed"), by, True),
    ]
    if tip.question and not removed:
        fields.insert(0, (texts("tip.asked"), plain(tip.question), False))
    return fields


def _tickets(texts: Texts, numbers: Sequence[int]) -> str:
    named = [texts("tip.ticket", number=number) for number in numbers[:_TICKETS]]
    if len(numbers) > _TICKETS:
        named.append(texts("tip.more_tickets", count=len(numbers) - _TICKETS))
    return ", ".join(named)


def _buttons(texts: Texts, tip: Tip) -> tuple[disnake.ui.Button[None], ...]:
    remove = button(
        texts("button.remove_tip"), encode(Action.REMOVE_TIP, tip.id), disnake.ButtonStyle.danger
    )
    if tip.state is TipState.LIVE:
        return (remove,)
    approve = encode(Action.APPROVE_TIP, tip.id)
    if tip.state is TipState.REMOVED:
        return (button(texts("button.restore_tip"), approve),)
    return (button(texts("button.approve_tip"), approve, disnake.ButtonStyle.success), remove)


def tips_list(texts: Texts, found: Sequence[Tip], search: str, page: int) -> Message:
    """A page of tips, newest first; a page that does not exist is the last one."""
    if not found:
        return Message(content=texts("tips.none_found" if search else "tips.none"))
    pages = (len(found) + PAGE - 1) // PAGE
    page = min(max(page, 1), pages)
    title = texts("tips.found", search=label(search)) if search else texts("tips.title")
    shown = embed(
        colour=Colour.PANEL,
        title=title,
        fields=[_entry(texts, tip) for tip in found[(page - 1) * PAGE : page * PAGE]],
        footer=texts("tips.page", page=page, pages=pages, total=len(found)),
    )
    return Message(embeds=(shown,))


def _entry(texts: Texts, tip: Tip) -> Field:
    name = f"{texts('tip.footer', number=tip.id)} · {texts(f'tips.state_{tip.state}')}"
    return name, quoted(clip(label(tip.text), _EXCERPT)), False

"""Flags and found messages, as only staff see them (E3, T3)."""

from __future__ import annotations

from typing import Any

import disnake

from ogma.bot.custom_ids import Action, encode
from ogma.bot.render import places
from ogma.bot.render.escape import label, plain
from ogma.bot.render.limits import Colour, Field, button, clip, embed
from ogma.bot.render.message import Message, words
from ogma.domain.flags import FlagKind
from ogma.domain.search import END, START
from ogma.services import flags, search
from ogma.texts import Texts, details

_DETAIL = 300
_EXCERPT = 400


def flags_page(texts: Texts, page: flags.Page) -> Message:
    """A page of open flags, each with its button."""
    if not page.flags:
        return words(texts("flags.none"))
    shown = embed(
        colour=Colour.WAITING,
        title=texts("flags.title"),
        fields=[_flag(texts, one) for one in page.flags],
        footer=texts("flags.footer", page=page.number),
    )
    resolving = tuple(_resolve(texts, one) for one in page.flags)
    turning = tuple(_turns(texts, page))
    return Message(embeds=(shown,), rows=(resolving, turning) if turning else (resolving,))


def _flag(texts: Texts, one: flags.Flag) -> Field:
    detail = details.of_flag(details.labels(texts), one.kind, one.detail)
    name = texts("flags.of", flag=_kind(texts, one.kind), number=one.ticket_id)
    return name, f"{places.moment(one.at)} {plain(clip(detail, _DETAIL))}".strip(), False


def _kind(texts: Texts, kind: str) -> str:
    return texts(f"flag.{kind}") if kind in set(FlagKind) else kind


def _resolve(texts: Texts, one: flags.Flag) -> disnake.ui.Button[Any]:
    text = texts("flags.resolve", number=one.ticket_id, flag=_kind(texts, one.kind))
    return button(text, encode(Action.RESOLVE_FLAG, one.id))


def _turns(texts: Texts, page: flags.Page) -> list[disnake.ui.Button[Any]]:
    made = []
    if page.number > 1:
        made.append(button(texts("queue.previous"), encode(Action.FLAGS_PAGE, page.number - 1)))
    if page.more:
        made.append(button(texts("queue.next"), encode(Action.FLAGS_PAGE, page.number + 1)))
    return made


def search_page(texts: Texts, page: search.Page, query: str) -> Message:
    """A page of found messages, with what was found in bold."""
    if not page.found:
        return words(texts("search.none"))
    key = "search.footer_more" if page.more else "search.footer"
    shown = embed(
        colour=Colour.PANEL,
        title=texts("search.title", query=label(clip(query, 100))),
        fields=[_found(texts, one) for one in page.found],
        footer=texts(key, page=page.number),
    )
    return Message(embeds=(shown,))


def _found(texts: Texts, one: search.Found) -> Field:
    name = texts("search.of", number=one.ticket_id, customer=label(clip(one.customer_name, 60)))
    place = places.channel(one.channel_id) if one.channel_id and one.state == "open" else ""
    head = f"{plain(clip(one.author_name, 60))} {places.moment(one.at, 'f')} {place}".strip()
    return name, f"{head}\n> {clip(_bold(one.excerpt), _EXCERPT)}", False


def _bold(excerpt: str) -> str:
    """An excerpt on one line, with what was found in bold."""
    before, *marked = " ".join(excerpt.split()).split(START)
    shown = _spaced(before)
    for part in marked:
        inner, _, rest = part.partition(END)
        shown += f"**{plain(inner)}**{_spaced(rest)}"
    return shown


def _spaced(text: str) -> str:
    """Plain, with the blanks that stand before and behind."""
    before = " " if text[:1].isspace() else ""
    behind = " " if text[1:] and text[-1:].isspace() else ""
    return f"{before}{plain(text)}{behind}"

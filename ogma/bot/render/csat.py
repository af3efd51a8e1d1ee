"""The rating, asked for in a direct message after the close (C3)."""

from __future__ import annotations

from typing import Literal

from ogma.bot.custom_ids import Action, encode
from ogma.bot.render.escape import label, plain
from ogma.bot.render.limits import Colour, button, clip, embed
from ogma.bot.render.message import Message
from ogma.texts import Texts

Rating = Literal["helpful", "unhelpful", "skipped"]

_COLOURS = {"helpful": Colour.GOOD, "unhelpful": Colour.BAD, "skipped": Colour.OVER}


def csat(texts: Texts, ticket: int, server: str) -> Message:
    """Helpful, Not helpful or Skip. Marker: Helpful."""
    shown = embed(
        colour=Colour.PANEL,
        title=texts("csat.title"),
        text=texts("csat.text", number=ticket, server=clip(plain(server), 200)),
        footer=_footer(texts, ticket, server),
    )
    buttons = (
        button(texts("button.helpful"), encode(Action.CSAT_HELPFUL, ticket), emoji="👍"),
        button(texts("button.unhelpful"), encode(Action.CSAT_UNHELPFUL, ticket), emoji="👎"),
        button(texts("button.skip"), encode(Action.CSAT_SKIP, ticket)),
    )
    return Message(embeds=(shown,), rows=(buttons,))


def csat_answered(
    texts: Texts, ticket: int, server: str, rating: Rating, *, commented: bool = False
) -> Message:
    """What becomes of the message once it is answered; Not helpful asks for a comment, once."""
    said = texts(f"csat.{rating}")
    shown = embed(
        colour=_COLOURS[rating],
        title=texts("csat.title_answered"),
        text=f"{said}\n{texts('csat.commented')}" if commented else said,
        footer=_footer(texts, ticket, server),
    )
    if rating != "unhelpful" or commented:
        return Message(embeds=(shown,))
    comment = button(texts("button.comment"), encode(Action.CSAT_COMMENT, ticket), emoji="💬")
    return Message(embeds=(shown,), rows=((comment,),))


def _footer(texts: Texts, ticket: int, server: str) -> str:
    return texts("csat.footer", number=ticket, server=clip(label(server), 200))

"""What a ticket's channel hears of its own life: people, close requests, quiet, reopening."""

from __future__ import annotations

from collections.abc import Sequence

import disnake

from ogma.bot.custom_ids import Action, encode
from ogma.bot.render import places
from ogma.bot.render.escape import label, plain
from ogma.bot.render.limits import CONTENT, Colour, button, clip, embed
from ogma.bot.render.message import Message, words
from ogma.domain.clock import Millis
from ogma.domain.closing import CloseReason
from ogma.texts import Texts

_NAME = 100


def _name(name: str) -> str:
    return f"**{clip(plain(name), _NAME)}**"


def added(texts: Texts, staff: str, member: str) -> Message:
    """Another member takes part now. Marker: its words."""
    return words(texts("life.added", staff=_name(staff), member=_name(member)))


def removed(texts: Texts, staff: str, member: str) -> Message:
    """A member no longer takes part. Marker: its words."""
    return words(texts("life.removed", staff=_name(staff), member=_name(member)))


def transferred(texts: Texts, staff: str, type: str) -> Message:
    """The ticket is of another type now. Marker: its words."""
    return words(texts("life.transferred", staff=_name(staff), type=plain(type)))


def close_request(texts: Texts, ticket: int, staff: str, due: Millis | None) -> Message:
    """May it be closed? Marker: the first button."""
    lines = [texts("life.close_request", staff=_name(staff))]
    if due is not None:
        lines.append(texts("life.close_request_due", when=places.moment(due)))
    success = disnake.ButtonStyle.success
    buttons = (
        button(texts("button.confirm_close"), encode(Action.CONFIRM_CLOSE, ticket), success),
        button(texts("button.keep_open"), encode(Action.KEEP_OPEN, ticket)),
    )
    return Message(content=clip("\n".join(lines), CONTENT), rows=(buttons,))


def inactive(texts: Texts, closes_at: Millis) -> Message:
    """The warning before an inactivity close. Marker: its words."""
    return words(texts("life.inactive", when=places.moment(closes_at)))


def grace(texts: Texts, ticket: int, staff: str, reason: CloseReason, until: Millis) -> Message:
    """Closed, and for a while to be reopened. Marker: the button."""
    text = texts(
        "life.grace",
        staff=_name(staff),
        reason=texts(f"close_reason.{reason}"),
        when=places.moment(until),
    )
    reopen = button(texts("button.reopen"), encode(Action.REOPEN, ticket))
    return Message(content=clip(text, CONTENT), rows=((reopen,),))


def reopened(texts: Texts, staff: str) -> Message:
    """The close was undone. Marker: its words."""
    return words(texts("life.reopened", staff=_name(staff)))


def follow_up(texts: Texts, ticket: int, server: str, closed_at: Millis) -> Message:
    """By direct message: was it really solved? Marker: the first button (C4)."""
    shown = embed(
        colour=Colour.PANEL,
        title=texts("follow_up.title"),
        text=texts(
            "follow_up.text",
            number=ticket,
            server=clip(plain(server), 200),
            when=places.moment(closed_at),
        ),
        footer=texts("csat.footer", number=ticket, server=clip(label(server), 200)),
    )
    buttons = (
        button(texts("button.solved"), encode(Action.SOLVED, ticket), emoji="👍"),
        button(texts("button.unsolved"), encode(Action.UNSOLVED, ticket), emoji="👎"),
    )
    return Message(embeds=(shown,), rows=(buttons,))


def followed_up(texts: Texts, ticket: int, server: str, said: str) -> Message:
    """What becomes of the question; No offers a new ticket that refers to the old one (C4)."""
    shown = embed(
        colour=Colour.GOOD if said == "solved" else Colour.BAD,
        title=texts("follow_up.title"),
        text=texts(f"follow_up.{said}"),
        footer=texts("csat.footer", number=ticket, server=clip(label(server), 200)),
    )
    if said == "solved":
        return Message(embeds=(shown,))
    again = button(texts("button.open_again"), encode(Action.OPEN_AGAIN, ticket))
    return Message(embeds=(shown,), rows=((again,),))


def nudge(
    texts: Texts, ping_roles: Sequence[int], side: str, since: Millis, member: int | None
) -> Message:
    """A reminder for the side whose turn it is: the member is notified, or the roles where staff
    have nobody for it. Marker: its words."""
    roles = () if member is not None else tuple(ping_roles)
    named = [places.member(member)] if member is not None else [places.role(one) for one in roles]
    text = texts(f"life.nudge_{side}", when=places.moment(since))
    members = () if member is None else (member,)
    return Message(content=clip(" ".join([*named, text]), CONTENT), pings=roles, members=members)

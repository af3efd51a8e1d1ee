"""What somebody reads who has asked for a ticket: where it is, or why there is none (O3, O7)."""

from __future__ import annotations

from typing import Final

from ogma.bot.render import places
from ogma.bot.render.escape import plain
from ogma.bot.render.message import Message, words
from ogma.domain.clock import Millis
from ogma.domain.opening import Refusal
from ogma.texts import Texts


def opened(texts: Texts, channel_id: int | None) -> Message:
    """The way into the new ticket; None while its channel is still being made."""
    if channel_id is None:
        return words(texts("opening.pending"))
    return words(texts("opening.done", channel=places.channel(channel_id)))


_OF_THE_TYPE: Final = frozenset({Refusal.DISABLED, Refusal.ROLE})
_ENDS_ALWAYS: Final = frozenset({Refusal.ACCOUNT_YOUNG, Refusal.MEMBER_YOUNG, Refusal.TOO_MANY})
_ENDS_PERHAPS: Final = frozenset({Refusal.BLOCKED, Refusal.OUTSIDE_HOURS})


def refused(
    texts: Texts,
    why: Refusal,
    *,
    type_label: str | None,
    channel_id: int | None = None,
    until: Millis | None = None,
) -> Message:
    """Why nothing was opened, and the way out.

    `type_label`: None for a type that is no longer configured. `channel_id`: the open ticket that
    fills the limit, None while it has no channel yet. `until`: when it will be possible.
    """
    if why is Refusal.LIMIT and channel_id is not None:
        return words(texts("refused.limit", channel=places.channel(channel_id)))
    if why is Refusal.LIMIT:
        return words(texts("refused.limit_opening"))
    if why in _OF_THE_TYPE and type_label is not None:
        return words(texts(f"refused.{why}", type=plain(type_label)))
    if why in _OF_THE_TYPE:
        return words(texts("refused.unknown_type"))
    when = places.moment(until or 0, "F")
    if why in _ENDS_ALWAYS:
        return words(texts(f"refused.{why}", when=when))
    if why in _ENDS_PERHAPS and until is not None:
        return words(texts(f"refused.{why}_until", when=when))
    return words(texts(f"refused.{why}"))

"""What somebody reads who has asked for a ticket: where it is, or why there is none (O3, O7)."""

from __future__ import annotations

from ogma.bot.render import places
from ogma.bot.render.escape import plain
from ogma.bot.render.message import Message, words
from ogma.domain.opening import Refusal
from ogma.texts import Texts


def opened(texts: Texts, channel_id: int | None) -> Message:
    """The way into the new ticket; None while its channel is still being made."""
    if channel_id is None:
        return words(texts("opening.pending"))
    return words(texts("opening.done", channel=places.channel(channel_id)))


def refused(
    texts: Texts, why: Refusal, *, type_label: str | None, channel_id: int | None = None
) -> Message:
    """Why nothing was opened, and the way out.

    `type_label`: None for a type that is no longer configured. `channel_id`: the open ticket that
    fills the limit, None while it has no channel yet.
    """
    if why is Refusal.EMPTY_INTAKE:
        sentence = texts("refused.empty_intake")
    elif why is Refusal.LIMIT:
        sentence = (
            texts("refused.limit_opening")
            if channel_id is None
            else texts("refused.limit", channel=places.channel(channel_id))
        )
    elif type_label is None:
        sentence = texts("refused.unknown_type")
    else:
        sentence = texts(f"refused.{why}", type=plain(type_label))
    return words(sentence)

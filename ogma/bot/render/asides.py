"""What Ogma says in a ticket beside its answers."""

from __future__ import annotations

from collections.abc import Sequence

from ogma.bot.render.message import Message, words
from ogma.bot.render.ticket import human_button
from ogma.texts import Texts


def secret_masked(texts: Texts, kinds: Sequence[str]) -> Message:
    """Something secret was written, and is kept nowhere here (D4). Marker: its words."""
    return words(texts("secret.masked", kinds=_named(texts, kinds)))


def secret_asked(texts: Texts, kinds: Sequence[str]) -> str:
    """The same to somebody who wrote it in a command or form, where nobody else reads it."""
    return texts("secret.asked", kinds=_named(texts, kinds))


def _named(texts: Texts, kinds: Sequence[str]) -> str:
    return ", ".join(texts(f"secret.{kind}") for kind in kinds)


def small_talk(texts: Texts, kind: str) -> Message:
    """A friendly word back. Marker: its words."""
    return words(texts(f"small_talk.{kind}"))


def offer_human(texts: Texts, ticket: int) -> Message:
    """Offers a person to somebody who seems to need one (E1). Marker: Request human."""
    return Message(content=texts("frustration.offer"), rows=((human_button(texts, ticket),),))


def waiting(texts: Texts, position: int) -> Message:
    """The model is busy with others (A6). Marker: its words."""
    if position == 1:
        return words(texts("waiting.first"))
    return words(texts("waiting.line", position=position))

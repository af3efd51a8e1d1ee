"""What Ogma says in a ticket beside its answers."""

from __future__ import annotations

from collections.abc import Sequence

from ogma.bot.render.message import Message, words
from ogma.texts import Texts


def secret_masked(texts: Texts, kinds: Sequence[str]) -> Message:
    """Something secret was written, and is kept nowhere here (D4). Marker: its words."""
    named = ", ".join(texts(f"secret.{kind}") for kind in kinds)
    return words(texts("secret.masked", kinds=named))

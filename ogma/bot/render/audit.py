"""What stands in the server's audit log beside each change that Ogma makes to a channel."""

from __future__ import annotations

from typing import Final

from ogma.bot.render.escape import label
from ogma.bot.render.limits import clip
from ogma.texts import Texts

REASON: Final = 512
"""Characters; Discord refuses the whole request where a reason has more."""


def audit(texts: Texts, what: str, /, **values: object) -> str:
    """Why, in one line. Whoever sends it has it percent-encoded, as a header must be."""
    return clip(label(texts(f"audit.{what}", **values)), REASON)

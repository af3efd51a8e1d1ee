"""When staff are there, in the reader's own time (O8, E2, H2)."""

from __future__ import annotations

from ogma.bot.render import places
from ogma.bot.render.escape import plain
from ogma.bot.render.message import Message, words
from ogma.domain.business_hours import Presence
from ogma.domain.clock import Millis
from ogma.texts import Texts


def standing(texts: Texts, there: Presence | None) -> str:
    """Whether staff are there, and until when; '' where hours are switched off."""
    if there is None:
        return ""
    if there.until is None:
        return texts("hours.always" if there.open else "hours.unknown")
    until = places.moment(there.until, "F")
    return texts("hours.until" if there.open else "hours.from", when=until)


def away(texts: Texts, opens_at: Millis | None, expected: str) -> Message:
    """Nobody is there; when somebody is, and when an answer comes. Marker: its words (H2)."""
    lines = [texts("away.text")]
    if opens_at is not None:
        lines.append(texts("away.back", when=places.moment(opens_at, "F")))
    if expected:
        lines.append(texts("away.expected", expected=plain(expected)))
    return words("\n".join(lines))

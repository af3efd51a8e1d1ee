"""Shares, spans of time and changes in the words of a catalogue."""

from __future__ import annotations

from ogma.domain.clock import DAY, HOUR, MINUTE, SECOND, Millis
from ogma.texts import Texts

_SAME = 0.005
"""A change of less than half a per cent is none."""


def percent(texts: Texts, share: float | None) -> str:
    """A share from 0 to 1; a dash where nothing is known."""
    if share is None:
        return texts("figure.unknown")
    return texts("figure.percent", number=f"{share * 100:.0f}")


def duration(texts: Texts, span: Millis | None) -> str:
    """'40 s', '12 min', '3.5 h' or '2.1 d'; a dash where nothing is known."""
    if span is None:
        return texts("figure.unknown")
    if span < MINUTE:
        return texts("figure.seconds", number=f"{span / SECOND:.0f}")
    if span < 2 * HOUR:
        return texts("figure.minutes", number=f"{span / MINUTE:.0f}")
    unit, size = ("hours", HOUR) if span < 2 * DAY else ("days", DAY)
    number = f"{span / size:.1f}".replace(".", texts("figure.decimal"))
    return texts(f"figure.{unit}", number=number)


def trend(texts: Texts, now: float | None, before: float | None) -> str:
    """The change against the period before; '' where nothing can be said."""
    if now is None or not before:
        return ""
    change = (now - before) / before
    return _changed(texts, 0 if abs(change) < _SAME else change, percent(texts, abs(change)))


def points(texts: Texts, now: float | None, before: float | None) -> str:
    """The same for shares: how many of a hundred more or fewer."""
    if now is None or before is None:
        return ""
    change = round((now - before) * 100)
    return _changed(texts, change, texts("figure.points", number=abs(change)))


def _changed(texts: Texts, change: float, shown: str) -> str:
    if not change:
        return texts("figure.same")
    return texts("figure.more" if change > 0 else "figure.less", change=shown)

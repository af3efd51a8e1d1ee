"""What managers read: alerts as they come, and the digest (Q7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ogma.bot.render import places
from ogma.bot.render.limits import CONTENT, Colour, clip, embed, length
from ogma.bot.render.message import Message
from ogma.bot.render.notices import shown_value
from ogma.services.automation.alerts import Alert
from ogma.services.automation.digest import Digest
from ogma.texts import Texts

_COUNTERS = ("open", "unclaimed", "escalated", "awaiting_staff", "awaiting_customer")


def alerts(texts: Texts, found: Sequence[Alert], roles: Sequence[int]) -> Message:
    """One line each; notifies `roles` and nobody else. Marker: its words."""
    lines = [_line(texts, one) for one in found]
    pinged = " ".join(places.role(role) for role in roles)
    while lines and length("\n".join([*lines, pinged])) > CONTENT:
        lines.pop()
    content = "\n".join([*lines, pinged] if pinged else lines)
    return Message(content=clip(content, CONTENT), pings=tuple(roles))


def _line(texts: Texts, alert: Alert) -> str:
    values = {name: _shown(texts, name, value) for name, value in alert.values.items()}
    return texts(alert.text, **values)


def _shown(texts: Texts, name: str, value: Any) -> str:
    if name == "goal":
        return texts(f"goal.{value}")
    if name == "due":
        return places.moment(value)
    return shown_value(texts, name, value)


def digest(texts: Texts, found: Digest, when: str) -> Message:
    """The summary of one moment. Marker: its title, so `when` names the moment."""
    shown = embed(
        colour=Colour.PANEL,
        title=texts("digest.title", when=when),
        text=_counters(texts, found.counters),
        fields=[
            (texts("digest.overdue"), _overdue(texts, found.overdue), False),
            (texts("digest.flags"), _flags(texts, found), False),
        ],
    )
    return Message(embeds=(shown,))


def _counters(texts: Texts, counters: Mapping[str, int]) -> str:
    return "\n".join(texts(f"digest.{name}", count=counters[name]) for name in _COUNTERS)


def _overdue(texts: Texts, numbers: Sequence[int]) -> str:
    if not numbers:
        return texts("digest.nothing")
    return ", ".join(texts("digest.ticket", number=number) for number in numbers)


def _flags(texts: Texts, found: Digest) -> str:
    lines = [
        f"{texts('digest.ticket', number=number)}: {texts(f'flag.{kind}')}"
        for number, kind in found.flags
    ]
    if found.more_flags > 0:
        lines.append(texts("digest.more_flags", count=found.more_flags))
    return "\n".join(lines) or texts("digest.nothing")

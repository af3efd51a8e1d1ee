"""Ask for the panel message to be brought up to date (O1)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from ogma.domain.effects import PANEL_LANE, Effect, Kind
from ogma.services.desk import Desk
from ogma.store import outbox, records

CHANNEL: Final = "panel.channel"
MESSAGE: Final = "panel.message"


@dataclass(frozen=True, slots=True)
class Panel:
    """Where the panel was last shown."""

    channel_id: int
    message_id: int


def known(desk: Desk) -> Panel | None:
    """Where the panel was last shown, None before the first time."""
    channel = records.meta(desk.db, CHANNEL)
    message = records.meta(desk.db, MESSAGE)
    return Panel(int(channel), int(message)) if channel and message else None


def shown(desk: Desk, channel_id: int, message_id: int) -> None:
    """Note where the panel is, in the caller's transaction."""
    records.set_meta(desk.db, CHANNEL, str(channel_id))
    records.set_meta(desk.db, MESSAGE, str(message_id))


def refresh(desk: Desk) -> None:
    """Plan one look at the panel; a waiting one is enough."""
    with desk.db.write():
        if not outbox.waiting(desk.db, PANEL_LANE):
            effect = Effect(Kind.SYNC_PANEL, f"panel:{secrets.token_hex(4)}", PANEL_LANE)
            outbox.put(desk.db, [effect], desk.now())

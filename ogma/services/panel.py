"""Ask for the panel message to be brought up to date (O1)."""

from __future__ import annotations

import secrets

from ogma.domain.effects import PANEL_LANE, Effect, Kind
from ogma.services.desk import Desk
from ogma.store import outbox


def refresh(desk: Desk) -> None:
    """Plan one look at the panel; a waiting one is enough."""
    with desk.db.write():
        if not outbox.waiting(desk.db, PANEL_LANE):
            effect = Effect(Kind.SYNC_PANEL, f"panel:{secrets.token_hex(4)}", PANEL_LANE)
            outbox.put(desk.db, [effect], desk.now())

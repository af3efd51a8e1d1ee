"""The offset between the machine's clock and Discord's, kept for the CLI beside the bot."""

from __future__ import annotations

from ogma.domain.clock import Millis
from ogma.services.desk import Desk
from ogma.store import records

_KEY = "clock.offset"


def load_offset(desk: Desk) -> None:
    """Use the offset that the bot stored last."""
    stored = records.meta(desk.db, _KEY)
    desk.clock.offset = int(stored) if stored else 0


def learn_offset(desk: Desk, offset: Millis) -> None:
    """Store the offset that the bot has learned from the server's `Date`."""
    desk.clock.offset = offset
    with desk.db.write():
        records.set_meta(desk.db, _KEY, str(offset))

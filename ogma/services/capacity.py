"""How full the server is: staff are told once when it gets crowded (O6)."""

from __future__ import annotations

import secrets

from ogma.domain.automation_policies import Topic
from ogma.domain.capacity import SERVER_CROWDED, SERVER_FULL
from ogma.services import outbox as build
from ogma.services.automation import alerts
from ogma.services.desk import Desk
from ogma.store import outbox, records

_KEY = "channels.crowded"


def count_channels(desk: Desk, count: int) -> bool:
    """Note how many channels the server has; True when staff are told of it now.

    They are told again only after it has fallen below the mark.
    """
    crowded = count >= SERVER_CROWDED
    if crowded == (records.meta(desk.db, _KEY) == "1"):
        return False
    with desk.db.write():
        records.set_meta(desk.db, _KEY, "1" if crowded else "0")
        if crowded:
            key = f"channels:{secrets.token_hex(4)}"
            told = {"count": count, "limit": SERVER_FULL}
            notice = build.staff_notice(key, "staff.crowded", **told)
            outbox.put(desk.db, [notice], desk.now())
            alerts.alert(desk, Topic.CHANNELS, key, "staff.crowded", **told)
    return crowded

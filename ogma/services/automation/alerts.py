"""What managers are told: each cause once, outside the hours only when they are over (Q7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ogma.domain.automation_policies import Topic
from ogma.domain.effects import ALERTS_LANE, Effect, Kind
from ogma.services import hours
from ogma.services.desk import Desk
from ogma.store import alerts, outbox
from ogma.store.alerts import Alert as Alert

AT_ONCE: Final = 10
"""Alerts in one message: what has gathered over night must not flood the channel."""


def alert(desk: Desk, topic: Topic, key: str, text: str, **values: Any) -> None:
    """Tell the managers once per key, where they want to be told. Part of the caller's transaction.

    `text` is a key of the catalogue and takes `values`; `number` among them is the ticket's.
    """
    settings = desk.settings()
    if settings.channels.alerts is None or topic not in settings.alerts.topics:
        return
    content = {"ticket_id": values.get("number") or None, "text": text, "values": values}
    alerts.add(desk.db, key, topic, desk.now(), content)


def quiet(desk: Desk) -> bool:
    """Whether alerts and reminders wait for the opening."""
    return desk.settings().alerts.quiet_outside_hours and not hours.are_staff_there(desk)


def post_waiting(desk: Desk) -> int:
    """Plan the messages of what nobody was told of yet; gives how many."""
    if not alerts.waiting(desk.db, 1) or quiet(desk):
        return 0
    with desk.db.write():
        planned = 0
        while ids := alerts.waiting(desk.db, AT_ONCE):
            now = desk.now()
            alerts.told(desk.db, ids, now)
            key = f"alert:{ids[0]}-{ids[-1]}"
            effect = Effect(Kind.ALERT, key, ALERTS_LANE, payload={"alerts": ids})
            outbox.put(desk.db, [effect], now)
            planned += 1
    return planned


def of_message(desk: Desk, ids: Sequence[int]) -> list[Alert]:
    """What a planned message tells."""
    return alerts.by_ids(desk.db, ids)

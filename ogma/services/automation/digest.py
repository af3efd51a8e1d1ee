"""The summary that managers get on a schedule: the queue and the open flags (Q7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ogma.domain.effects import ALERTS_LANE, Effect, Kind
from ogma.services import listing
from ogma.services.automation import sla
from ogma.services.desk import Desk
from ogma.settings import schedule
from ogma.store import flags, outbox, records

_KEY: Final = "digest.last"
_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Digest:
    """`counters` as above every listing; `flags` and `overdue` name tickets by number."""

    counters: Mapping[str, int]
    flags: Sequence[tuple[int, str]]
    more_flags: int
    overdue: Sequence[int]


def post_due(desk: Desk) -> int:
    """Plan the digest whose time has come, once, also after a longer absence; gives how many."""
    settings, now = desk.settings(), desk.now()
    if not settings.alerts.digest or settings.channels.alerts is None:
        return 0
    noted = f"{settings.alerts.digest}|"
    before = records.meta(desk.db, _KEY) or ""
    if not before.startswith(noted):  # a new schedule begins now
        with desk.db.write():
            records.set_meta(desk.db, _KEY, f"{noted}{now}")
        return 0
    last = int(before.removeprefix(noted))
    slot = schedule.newest_slot(settings.alerts.digest, settings.hours.time_zone, last, now)
    if slot is None:
        return 0
    with desk.db.write():
        records.set_meta(desk.db, _KEY, f"{noted}{now}")
        effect = Effect(Kind.ALERT, f"digest:{slot}", ALERTS_LANE, payload={"digest": slot})
        outbox.put(desk.db, [effect], now)
    return 1


def now(desk: Desk) -> Digest:
    """What stands in the digest at this moment."""
    found = flags.listed(desk.db, open_only=True, limit=_SHOWN)
    return Digest(
        counters=listing.counters(desk),
        flags=[(row["ticket_id"], row["kind"]) for row in found],
        more_flags=flags.count_open(desk.db) - len(found),
        overdue=sla.overdue(desk, _SHOWN),
    )

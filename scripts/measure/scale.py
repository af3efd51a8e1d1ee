"""What a year of tickets costs: the queue, the search, the figures and the sweep at two sizes.

Beside each other so that it shows that cost grows with the answer and not with the archive:
10,000 tickets and ten times as many, with the same 5,000 open ones. SCALE_TICKETS makes the larger
one smaller, SCALE_FOLDER keeps both for the next time.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from populate import END, RETIRED, Size, populate

from ogma.domain.access import Actor
from ogma.domain.automation_policies import NudgesPolicy, SlaPolicy
from ogma.domain.clock import DAY, Millis
from ogma.domain.policies import InactivityPolicy, Settings
from ogma.domain.queue import Queue, Sight
from ogma.services import queue, search, timers
from ogma.services.desk import Clock, Desk
from ogma.services.insights import Period, insights
from ogma.settings import default_settings
from ogma.store.opening import FILE_NAME, open_database
from ogma.store.queue import Filter

SMALL = 10_000
OPEN = 5_000
REPEATS = 7
MANAGER = 4_711

QUERIES = ("server", "backup refund", '"server backup"', "unheard-of")
FILTERS = (
    Filter(limit=20, type_id=RETIRED),
    Filter(limit=20, type_id="billing", restricted=False),
    Filter(limit=20, sight=Sight(frozenset({RETIRED, "quiet"}), False, 1_000)),
    Filter(limit=20, until=END - 300 * DAY),
    Filter(limit=20, since=END - 340 * DAY, until=END - 330 * DAY, type_id="bug"),
)
"""Of those of a search, also such as leave nothing of the newest."""

LIMITS_MS = {
    "queue": 50.0,
    "search": 200.0,
    "search_filtered": 200.0,
    "search_beginning": 200.0,
    "insights_90": 1_500.0,
    "sweep": 1_000.0,
}
"""What must hold at the full size on two cores."""


class AtTheEnd(Clock):
    """Stands at the end of the year."""

    def now(self) -> Millis:
        return END


def settings() -> Settings:
    """Everything that the sweep looks at is switched on, and nothing of it is due."""
    shipped = default_settings()
    levels = {"targets": [{"first_response_minutes": 500_000, "resolution_minutes": 500_000}]}
    return shipped.model_copy(
        update={
            "roles": shipped.roles.model_copy(update={"management": (MANAGER,)}),
            "sla": SlaPolicy.model_validate(levels),
            "nudges": NudgesPolicy(staff_after_hours=720, customer_after_hours=720),
            "inactivity": InactivityPolicy(close_after_days=365, warn_days_before=1),
        }
    )


def took_ms(work: Callable[[], object]) -> float:
    """The median of several times, after a first one that fills the caches.

    Time of this process: what else the machine does is not counted, and nothing here waits.
    """
    work()
    times = []
    for _ in range(REPEATS):
        before = time.process_time()
        work()
        times.append((time.process_time() - before) * 1_000)
    return round(median(times), 1)


def measured(desk: Desk) -> dict[str, float]:
    """Milliseconds of each; of the filters of the queue the slowest."""
    manager = Actor(id=9, name="mia", roles=frozenset({MANAGER}))
    for _ in range(OPEN // 200 + 20):  # first the dates of new tickets, some in each sweep
        timers.sweep(desk)
    pages = [took_ms(partial(queue.page, desk, manager, which)) for which in Queue]
    return {
        "queue": max(pages),
        "search": slowest(desk, Filter(limit=20)),
        "search_filtered": max(slowest(desk, one) for one in FILTERS),
        "search_beginning": took_ms(partial(search.find, desk, "serv*", Filter(limit=20))),
        "insights_90": took_ms(partial(insights, desk, Period.days(90, END))),
        "sweep": took_ms(partial(timers.sweep, desk)),
    }


def slowest(desk: Desk, wanted: Filter) -> float:
    """Milliseconds of the slowest of some searches: words in every third message, and none."""
    return max(took_ms(partial(search.find, desk, one, wanted)) for one in QUERIES)


def at(folder: Path, tickets: int) -> dict[str, float]:
    """Fill the folder where that was not done before, and measure in it."""
    if not (folder / FILE_NAME).exists():
        populate(folder, Size(tickets, min(OPEN, tickets), 30))
    chosen = settings()
    db = open_database(folder)
    try:
        return measured(Desk(db, lambda: chosen, folder, AtTheEnd()))
    finally:
        db.close()


def main() -> None:
    """Print one JSON line."""
    large = int(os.environ.get("SCALE_TICKETS", "100000"))
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(os.environ.get("SCALE_FOLDER", scratch))
        small, full = at(root / "small", SMALL), at(root / f"year-{large}", large)
    report = {
        "tickets": [SMALL, large],
        "messages": [SMALL * 30, large * 30],
        "open": OPEN,
        "cpu_ms": {
            name: {
                "small": small[name],
                "large": full[name],
                "ratio": round(full[name] / small[name], 2),
                "limit": LIMITS_MS[name],
                "holds": full[name] <= LIMITS_MS[name],
            }
            for name in LIMITS_MS
        },
        "cores": os.cpu_count(),
    }
    print(json.dumps({"scale": report}))


if __name__ == "__main__":
    main()

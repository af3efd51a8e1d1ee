"""The plan of a drill: what people do and what goes wrong, all from one seed. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

CUSTOMERS = ("alice", "bob", "carol")
KINDS = ("general", "billing", "quick")

DEEDS = {
    "open": 6,
    "open_twice": 2,
    "ask": 8,
    "ask_unknown": 3,
    "chat": 3,
    "request_human": 2,
    "claim": 3,
    "reply": 5,
    "hand_back": 1,
    "edit": 2,
    "delete": 1,
    "close": 4,
    "close_by_shell": 1,
    "rate": 3,
    "add_member": 1,
    "lockdown": 1,
    "close_locked": 1,
    "rename": 1,
    "ingest": 1,
}
"""What people do, and how often in proportion."""

FAULTS = (
    "kill",
    "kill_at_work",
    "terminate",
    "freeze",
    "gateway_drop",
    "gateway_reconnect",
    "gateway_invalid_session",
    "gateway_duplicate",
    "gateway_reorder",
    "http_502_before",
    "http_502_after",
    "http_503_after",
    "http_403_before",
    "http_reset",
    "http_slow",
    "rate_limit_short",
    "rate_limit_long",
    "channel_deleted",
    "panel_deleted",
    "review_item_deleted",
    "dms_closed",
    "member_leaves",
    "role_taken",
    "clock_jump",
    "model_down",
    "model_slow",
    "model_ill",
    "model_lies",
    "disk_refuses",
    "database_locked",
    "config_broken",
    "config_changed",
)
"""What goes wrong; every kind comes up before any comes a second time."""

STEP_MINUTES = (1, 6)
QUIET_EVERY = 12
"""Steps between two quiet points, at which everything is checked."""
FAULTS_PER_DAY = 72


@dataclass(frozen=True)
class Step:
    """One thing that happens, after so much simulated time; `dice` decides all the rest."""

    number: int
    what: str
    minutes: int
    dice: int
    quiet: bool = False


@dataclass(frozen=True)
class Plan:
    """A whole drill, the same for the same seed and length."""

    seed: int
    hours: float
    steps: tuple[Step, ...] = field(repr=False)


def plan(seed: int, hours: float) -> Plan:
    """Draw a drill."""
    rng = random.Random(f"{seed}/{hours}")
    kinds: list[str] = []
    steps: list[Step] = []
    minutes = 0.0
    while minutes < hours * 60:
        number = len(steps)
        pause = rng.randint(*STEP_MINUTES)
        minutes += pause
        if rng.random() < FAULTS_PER_DAY / (24 * 60) * sum(STEP_MINUTES) / 2:
            kinds = kinds or rng.sample(FAULTS, k=len(FAULTS))
            what = kinds.pop()
        else:
            what = rng.choices(list(DEEDS), weights=list(DEEDS.values()))[0]
        quiet = number % QUIET_EVERY == QUIET_EVERY - 1
        steps.append(Step(number, what, pause, rng.randrange(2**32), quiet))
    return Plan(seed, hours, tuple(steps))

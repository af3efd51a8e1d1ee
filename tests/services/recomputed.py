"""Queue, service levels and figures once more, from nothing but messages and events, the plain way.

Slow and simple on purpose: no query, no index and no rule of the code under test is used. All that
happens in these lives happens at full minutes, so that time can be counted minute by minute.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ogma.domain.clock import DAY, HOUR, MINUTE, Millis
from ogma.domain.queue import Queue
from ogma.store import tickets

from .conftest import STAFF
from .lives import Lives, customer


@dataclass(frozen=True)
class Event:
    """A row of a ticket's history."""

    at: Millis
    kind: str
    actor_id: int | None
    actor: str
    detail: str


@dataclass(frozen=True)
class Told:
    """A ticket as its messages and events tell it. `said`: when, and whether by staff."""

    number: int
    said: Sequence[tuple[Millis, bool]]
    events: Sequence[Event]
    answers: Sequence[str]

    def times(self, kind: str) -> list[Millis]:
        return [event.at for event in self.events if event.kind == kind]

    @property
    def opened(self) -> Event:
        return next(event for event in self.events if event.kind == "opened")

    @property
    def closed(self) -> Event | None:
        return next((event for event in self.events if event.kind == "closed"), None)

    @property
    def replied_at(self) -> Millis | None:
        return min((at for at, staff in self.said if staff), default=None)

    @property
    def staffs_turn(self) -> bool:
        return not self.said or not self.said[-1][1]

    @property
    def holder(self) -> Event | None:
        """Who claimed it, unless it was released since."""
        claims = [event for event in self.events if event.kind in ("claimed", "unclaimed")]
        return claims[-1] if claims and claims[-1].kind == "claimed" else None

    @property
    def escalated(self) -> bool:
        """Handed over, and neither handed back nor replied to since."""
        handed = max(self.times("escalated"), default=None)
        if handed is None:
            return False
        met = [at for at, staff in self.said if staff] + self.times("handed_back")
        return all(at < handed for at in met)

    @property
    def rating(self) -> str | None:
        return next((event.detail for event in self.events if event.kind == "rated"), None)


def told(lives: Lives) -> list[Told]:
    """Every ticket, the oldest first."""
    db, found = lives.office.desk.db, []
    for number in range(1, lives.begun + 1):
        said = db.execute(
            "SELECT at, side = 'staff' FROM message WHERE ticket_id = ?"
            " AND side IN ('customer', 'staff') ORDER BY at, id",
            (number,),
        )
        names = ("at", "kind", "actor_id", "actor", "detail")
        rows = [[row[name] for name in names] for row in tickets.events(db, number)]
        events = [Event(*row) for row in rows]
        turns = [(at, bool(staff)) for at, staff in said]
        found.append(Told(number, turns, events, lives.answers[number]))
    return found


def in_queue(which: Queue, known: Iterable[Told]) -> list[int]:
    """The tickets of a filter as Sam sees it, newest first."""
    found = []
    for one in known:
        fits = {
            Queue.ALL: True,
            Queue.UNCLAIMED: one.holder is None,
            Queue.MINE: one.holder is not None and one.holder.actor_id == STAFF.id,
            Queue.ESCALATED: one.escalated,
            Queue.AWAITING_STAFF: one.staffs_turn,
            Queue.AWAITING_CUSTOMER: not one.staffs_turn,
        }
        if one.closed is None and fits[which]:
            found.append(one.number)
    return sorted(found, reverse=True)


@dataclass(frozen=True)
class Level:
    """A service level of one ticket. `due`: by when it is to be met, while it still can be."""

    due: Millis | None
    warned: bool
    breached: bool


def level(one: Told, goal: str, minutes: int, *, pauses: bool, sweeps: Sequence[Millis]) -> Level:
    """What must be known of a level that warns at three quarters, after sweeps at these times."""
    over = None if one.closed is None else one.closed.at
    met = over
    if goal == "first_response":
        met = min((at for at in (one.replied_at, over) if at is not None), default=None)
    pauses = pauses and goal == "resolution"
    due = runs_out(one, minutes, pauses=pauses)
    warning = runs_out(one, minutes * 3 // 4, pauses=pauses)

    def warns(at: Millis) -> bool:
        return warning is not None and warning <= at and (due is None or at < due)

    return Level(
        due=due if met is None else None,
        warned=any(warns(at) and (met is None or at < met) for at in sweeps),
        breached=due is not None and due <= (sweeps[-1] if met is None else met),
    )


def runs_out(one: Told, minutes: int, *, pauses: bool) -> Millis | None:
    """When so many minutes have run; None while they stand still as it is the customer's turn."""
    at, turns, staffs_turn = one.opened.at, list(one.said), True
    while minutes:
        while turns and turns[0][0] <= at:
            staffs_turn = not turns.pop(0)[1]
        if pauses and not staffs_turn and not turns:
            return None
        minutes -= not pauses or staffs_turn
        at += MINUTE
    return at


def solved(one: Told) -> str:
    """Who says that the AI alone solved a closed ticket."""
    closed = one.closed
    if one.replied_at is not None or not one.answers or one.rating == "unhelpful":
        return "no"
    confirmed = closed is not None and closed.actor_id == customer(one.number).id
    if confirmed or one.rating == "helpful" or "helpful" in one.answers:
        return "confirmed"
    return "no" if one.times("escalated") else "assumed"


def figures(known: Sequence[Told], since: Millis, until: Millis) -> dict[str, Any]:
    """The document of a period, as far as it follows from these lives."""
    opened = [one for one in known if since <= one.opened.at < until]
    closed = [one for one in known if one.closed and since <= one.closed.at < until]
    ends = [one.closed for one in closed if one.closed]
    return {
        "totals": totals(opened, closed),
        "by_type": {
            name: totals(*(_those(part, "type", name) for part in (opened, closed)))
            for name in {_name(one, "type") for one in opened + closed}
        },
        "by_staff": {
            name: totals(*(_those(part, "staff", name) for part in (opened, closed)))
            for name in {_name(one, "staff") for one in opened + closed} - {None}
        },
        "by_hour": [
            sum(one.opened.at % DAY // HOUR == hour for one in opened) for hour in range(24)
        ],
        # The first of January 1970 was a Thursday.
        "by_weekday": [
            sum((one.opened.at // DAY + 3) % 7 == day for one in opened) for day in range(7)
        ],
        "by_day": [
            (
                sum(one.opened.at // DAY == day for one in opened),
                sum(end.at // DAY == day for end in ends),
            )
            for day in range(since // DAY, (until - 1) // DAY + 1)
        ],
        "close_reasons": Counter(end.detail for end in ends),
    }


def _name(one: Told, what: str) -> str | None:
    if what == "type":
        return one.opened.detail
    return None if one.holder is None else one.holder.actor


def _those(known: Iterable[Told], what: str, name: str | None) -> list[Told]:
    return [one for one in known if _name(one, what) == name]


def totals(opened: Sequence[Told], closed: Sequence[Told]) -> dict[str, Any]:
    """The sums of some tickets, with their shares."""
    ways, ratings = Counter(map(solved, closed)), Counter(one.rating for one in closed)
    escalated = sum(bool(one.times("escalated")) for one in opened)
    late = sum(bool(one.times("sla_breached")) for one in opened)
    replied = [one.replied_at - one.opened.at for one in opened if one.replied_at is not None]
    lasted = [one.closed.at - one.opened.at for one in closed if one.closed]
    rated = ratings["helpful"] + ratings["unhelpful"]
    return {
        "opened": len(opened),
        "closed": len(closed),
        "escalated": escalated,
        "escalated_share": _share(escalated, len(opened)),
        "missed_level": late,
        "missed_level_share": _share(late, len(opened)),
        "deflected": {
            "confirmed": ways["confirmed"],
            "confirmed_share": _share(ways["confirmed"], len(closed)),
            "assumed": ways["assumed"],
            "assumed_share": _share(ways["assumed"], len(closed)),
        },
        "first_response_ms": _times(replied),
        "resolution_ms": _times(lasted),
        "csat": {
            "helpful": ratings["helpful"],
            "unhelpful": ratings["unhelpful"],
            "helpful_share": _share(ratings["helpful"], rated),
        },
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _times(values: Sequence[Millis]) -> dict[str, int | None]:
    return {"count": len(values), "p50": _within(values, 50), "p90": _within(values, 90)}


def _within(values: Sequence[Millis], percent: int) -> Millis | None:
    """The smallest of them that so many percent do not exceed."""
    fitting = (
        one
        for one in sorted(values)
        if sum(v <= one for v in values) * 100 >= percent * len(values)
    )
    return next(fitting, None)

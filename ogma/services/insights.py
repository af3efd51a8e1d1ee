"""The figures of a period beside those of the period before it, as one document (I1).

The terminal, the page and `/insights` show this document and compute nothing themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import ZoneInfo

from ogma.domain import insights as figures
from ogma.domain.answers import Outcome
from ogma.domain.clock import DAY, Millis, rfc3339
from ogma.domain.insights import Fact, Times, Totals
from ogma.domain.shadow import Agreement
from ogma.services import shadow
from ogma.services.desk import Desk
from ogma.store import insights as store

Document = dict[str, Any]

_QUESTIONS = 10
_STAFF = 20


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` to before `until`."""

    since: Millis
    until: Millis

    @classmethod
    def days(cls, count: int, now: Millis) -> Period:
        """So many days up to now."""
        return cls(now - count * DAY, now)

    @property
    def before(self) -> Period:
        """The period of the same length before this one."""
        return Period(2 * self.since - self.until, self.since)


def insights(desk: Desk, period: Period) -> Document:
    """Everything that is known of the period."""
    zone = ZoneInfo(desk.settings().hours.time_zone)
    opened, closed = _facts(desk, period)
    earlier = figures.totals(*_facts(desk, period.before))
    since, until = period.since, period.until
    came = figures.on_the_wall((fact.opened_at for fact in opened), zone)
    went = figures.on_the_wall((fact.closing_at or since for fact in closed), zone)
    first, last = (shown.date() for shown in figures.on_the_wall((since, until - 1), zone))
    return {
        "since": rfc3339(since),
        "until": rfc3339(until),
        "time_zone": zone.key,
        "totals": totals_document(figures.totals(opened, closed)),
        "before": {"since": rfc3339(period.before.since), **totals_document(earlier)},
        "by_type": _grouped(figures.grouped(opened, closed, _type), "type"),
        "by_staff": _grouped(figures.grouped(opened, closed, _assignee), "staff")[:_STAFF],
        "by_hour": figures.by_hour(came),
        "by_weekday": figures.by_weekday(came),
        "by_day": [asdict(day) for day in figures.by_day(came, went, first, last)],
        "close_reasons": dict(figures.reasons(closed)),
        "questions": _questions(desk, period),
        "tips": store.tips(desk.db, since, until),
        "open_flags": store.open_flags(desk.db),
        "shadow": [_agreement(one) for one in shadow.agreement(desk, since, until)],
    }


def _facts(desk: Desk, period: Period) -> tuple[list[Fact], list[Fact]]:
    since, until = period.since, period.until
    return store.opened(desk.db, since, until), store.closed(desk.db, since, until)


def _type(fact: Fact) -> str:
    return fact.type_id


def _assignee(fact: Fact) -> str | None:
    return fact.assignee


def totals_document(totals: Totals) -> Document:
    """The figures with the shares that follow from them; None where there is nothing to share."""
    rated = totals.helpful + totals.unhelpful
    return {
        "opened": totals.opened,
        "closed": totals.closed,
        "escalated": totals.escalated,
        "escalated_share": _share(totals.escalated, totals.opened),
        "missed_level": totals.missed_level,
        "missed_level_share": _share(totals.missed_level, totals.opened),
        "deflected": {
            "confirmed": totals.deflected_confirmed,
            "confirmed_share": _share(totals.deflected_confirmed, totals.closed),
            "assumed": totals.deflected_assumed,
            "assumed_share": _share(totals.deflected_assumed, totals.closed),
        },
        "first_response_ms": _times(totals.first_response),
        "resolution_ms": _times(totals.resolution),
        "csat": {
            "helpful": totals.helpful,
            "unhelpful": totals.unhelpful,
            "helpful_share": _share(totals.helpful, rated),
        },
    }


def _times(times: Times) -> Document:
    return asdict(times)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _grouped(sums: Mapping[str, Totals], name: str) -> list[Document]:
    return [{name: key, **totals_document(totals)} for key, totals in sums.items()]


def _questions(desk: Desk, period: Period) -> Document:
    since, until = period.since, period.until
    counts = store.outcomes(desk.db, since, until)

    def top(outcome: Outcome) -> Sequence[Document]:
        found = store.questions(desk.db, since, until, outcome, _QUESTIONS)
        return [{"question": text, "times": times} for text, times in found]

    return {
        "answered": counts.get(Outcome.ANSWER, 0),
        "handed_over": counts.get(Outcome.ESCALATE, 0),
        "top_answered": top(Outcome.ANSWER),
        "top_handed_over": top(Outcome.ESCALATE),
    }


def _agreement(one: Agreement) -> Document:
    return {
        "type": one.type_id,
        "drafts": one.drafts,
        "sent": one.sent,
        "edited": one.edited,
        "wrong": one.wrong,
        "agreement": None if one.rate is None else round(one.rate, 4),
    }

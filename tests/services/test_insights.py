"""I1: the document of a period, from tickets that were really lived through."""

from __future__ import annotations

from ogma.domain.clock import DAY, HOUR
from ogma.domain.closing import CloseCause, CloseReason
from ogma.services import closing, staff
from ogma.services.closing import Closure
from ogma.services.insights import Period, insights

from .conftest import CLOSER, CUSTOMER, STAFF, Office


def test_i1_a_period_beside_the_one_before(office: Office) -> None:
    office.open()
    office.clock.at += HOUR
    office.say(STAFF, "Hello")
    closing.close(office.desk, CLOSER, 1, Closure(CloseReason.RESOLVED, CloseCause.COMMAND))
    office.deliver()
    closing.rate(office.desk, CUSTOMER, 1, "helpful")
    office.clock.at += 7 * DAY
    office.open(type_id="quiet")
    staff.claim(office.desk, STAFF, 2)
    office.clock.at += HOUR
    found = insights(office.desk, Period.days(7, office.clock.at))
    assert (found["totals"]["opened"], found["before"]["opened"]) == (1, 1)
    assert found["before"]["closed"] == 1
    assert found["before"]["first_response_ms"] == {"count": 1, "p50": HOUR, "p90": HOUR}
    assert found["before"]["csat"]["helpful_share"] == 1.0
    assert [one["type"] for one in found["by_type"]] == ["quiet"]
    assert [(one["staff"], one["opened"]) for one in found["by_staff"]] == [("sam", 1)]
    assert sum(found["by_hour"]) == sum(found["by_weekday"]) == 1
    assert sum(day["opened"] for day in found["by_day"]) == 1
    assert found["totals"]["csat"]["helpful_share"] is None


def test_i1_an_empty_desk_has_figures_too(office: Office) -> None:
    found = insights(office.desk, Period.days(30, office.clock.at))
    assert found["totals"]["opened"] == 0
    assert found["totals"]["first_response_ms"] == {"count": 0, "p50": None, "p90": None}
    assert len(found["by_day"]) == 31

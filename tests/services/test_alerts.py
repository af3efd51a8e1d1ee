"""Q7: managers are told each cause once; reminders come once for each turn; the digest on time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ogma.domain.automation_policies import AlertsPolicy, NudgesPolicy, SlaPolicy, Topic
from ogma.domain.clock import DAY, HOUR, MINUTE, from_datetime, to_datetime
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.effects import Kind
from ogma.domain.policies import HoursPolicy
from ogma.services import capacity, closing, jobs, timers
from ogma.services.automation import alerts, digest
from ogma.services.closing import Closure
from ogma.services.desk import Desk
from ogma.store import outbox
from ogma.store.opening import open_database

from .conftest import CLOSER, CUSTOMER, SETTINGS, STAFF, Office, TestClock

Make = Callable[..., Office]
CHANNELS = SETTINGS.channels.model_copy(update={"alerts": 34})
LEVELS = SlaPolicy.model_validate({"targets": [{"first_response_minutes": 60}]})


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(**tables: object) -> Office:
        settings = SETTINGS.model_copy(update={"channels": CHANNELS, **tables})
        clock = TestClock()
        desk = Desk(open_database(tmp_path), lambda: settings, tmp_path, clock)
        return Office(desk, clock)

    return made


def told(office: Office) -> list[list[str]]:
    """The texts of each message to the managers that is planned now; delivers everything."""
    timers.sweep(office.desk)
    found = []
    for job in jobs.claim(office.desk, 50):
        if job.kind is Kind.ALERT and "alerts" in job.payload:
            listed = alerts.of_message(office.desk, job.payload["alerts"])
            found.append([one.text for one in listed])
        jobs.complete(office.desk, job, office.receipt(job))
    office.deliver()
    return found


def test_q7_a_missed_level_is_told_once(make: Make) -> None:
    office = make(sla=LEVELS)
    office.open()
    office.clock.at += 50 * MINUTE
    assert told(office) == [["alert.sla_warning"]]
    office.clock.at += 10 * MINUTE
    assert told(office) == [["alert.sla_breached"]]
    assert told(office) == []


def test_q7_many_causes_are_few_messages(make: Make) -> None:
    """An outage of the whole morning does not flood the channel."""
    office = make(sla=LEVELS)
    with office.desk.db.write():
        for number in range(25):
            alerts.alert(office.desk, Topic.JOBS, f"x{number}", "staff.model_down")
    told(office)
    rows = outbox.listed(office.desk.db, None, 50)
    assert sum(row["kind"] == "alert" for row in rows) == 3


def test_q7_a_bad_rating_a_full_server_and_a_failed_job(make: Make) -> None:
    office = make()
    office.open()
    office.say(CUSTOMER, "Is there a way?")
    closing.close(office.desk, CLOSER, 1, Closure(CloseReason.OTHER, CloseCause.COMMAND))
    office.deliver(fail=frozenset({Kind.POST_TRANSCRIPT}))
    closing.rate(office.desk, CUSTOMER, 1, "unhelpful")
    closing.rate(office.desk, CUSTOMER, 1, "unhelpful")
    capacity.count_channels(office.desk, 470)
    assert told(office) == [["staff.job_failed", "alert.rating", "staff.crowded"]]


def test_q7_nobody_is_told_of_what_was_not_asked_for(make: Make) -> None:
    office = make(sla=LEVELS, alerts=AlertsPolicy(topics=(Topic.RATING,)))
    office.open()
    office.clock.at += 2 * HOUR
    assert told(office) == []


def closed_until_monday() -> HoursPolicy:
    return HoursPolicy(enabled=True)


def at(office: Office, text: str) -> None:
    from datetime import datetime

    office.clock.at = from_datetime(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("UTC")))


def test_q7_outside_the_hours_alerts_wait_for_the_opening(make: Make) -> None:
    office = make(sla=LEVELS, hours=closed_until_monday())
    at(office, "2027-01-16T08:00")  # a Saturday
    office.open()
    at(office, "2027-01-16T12:00")
    assert told(office) == []
    at(office, "2027-01-18T09:00")
    assert told(office) == [["alert.sla_breached"]]
    at(office, "2027-01-18T10:00")
    assert told(office) == []


def test_q7_the_side_whose_turn_it_is_is_reminded_once_per_turn(make: Make) -> None:
    office = make(nudges=NudgesPolicy(staff_after_hours=4, customer_after_hours=24))
    office.open()
    office.clock.at += 4 * HOUR
    timers.sweep(office.desk)
    timers.sweep(office.desk)
    assert office.deliver() == [Kind.SAY]
    office.clock.at += DAY
    office.say(STAFF, "Have you tried it?")
    office.clock.at += DAY - 1
    timers.sweep(office.desk)
    assert office.deliver() == []
    office.clock.at += 1
    timers.sweep(office.desk)
    [waiting] = office.waiting()
    [row] = [one for one in outbox.listed(office.desk.db, ["todo"], 9) if one["key"] == waiting]
    assert '"side": "customer"' in row["payload"]
    assert '"member": 2' in row["payload"]
    office.deliver()
    office.clock.at += MINUTE
    office.say(CUSTOMER, "Yes.")
    office.clock.at += 4 * HOUR
    timers.sweep(office.desk)
    assert office.deliver() == [Kind.SAY]


def test_q7_a_reminder_waits_for_the_opening(make: Make) -> None:
    office = make(nudges=NudgesPolicy(staff_after_hours=4), hours=closed_until_monday())
    at(office, "2027-01-15T16:00")  # a Friday
    office.open()
    office.deliver()
    at(office, "2027-01-16T12:00")
    timers.sweep(office.desk)
    assert office.deliver() == []
    at(office, "2027-01-18T09:00")
    timers.sweep(office.desk)
    assert office.deliver() == [Kind.SAY]


def digests(office: Office) -> list[str]:
    timers.sweep(office.desk)
    keys = [key for key in office.waiting() if key.startswith("digest:")]
    office.deliver()
    return [to_datetime(int(key.partition(":")[2])).isoformat() for key in keys]


def test_q7_the_digest_comes_when_it_should_and_once_after_an_absence(make: Make) -> None:
    berlin = HoursPolicy(time_zone="Europe/Berlin")
    office = make(alerts=AlertsPolicy(digest="0 9 * * *"), hours=berlin)
    at(office, "2027-01-15T07:30")
    assert digests(office) == []
    at(office, "2027-01-15T08:00")
    assert digests(office) == ["2027-01-15T08:00:00+00:00"]
    assert digests(office) == []
    at(office, "2027-01-19T20:00")
    assert digests(office) == ["2027-01-19T08:00:00+00:00"]


def test_q7_the_digest_shows_the_queue_and_the_flags(make: Make) -> None:
    office = make(sla=LEVELS)
    office.open()
    office.clock.at += 2 * HOUR
    timers.sweep(office.desk)
    found = digest.now(office.desk)
    assert (found.counters["open"], found.flags, found.overdue) == (1, [(1, "sla_breach")], [1])


def test_d2_q7_what_was_erased_is_not_told(make: Make) -> None:
    """An alert that waits over night, and whose ticket's customer is forgotten meanwhile."""
    from ogma.store import personal

    office = make(sla=LEVELS)
    office.open()
    office.clock.at += 2 * HOUR
    timers.sweep(office.desk)
    [job] = [one for one in jobs.claim(office.desk, 9) if one.kind is Kind.ALERT]
    with office.desk.db.write():
        personal.erase_ticket(office.desk.db, 1, CUSTOMER.id, office.clock.at)
    assert alerts.of_message(office.desk, job.payload["alerts"]) == []

"""Q5: missed service levels are found, told once, and never invented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ogma.domain.automation_policies import SlaPolicy
from ogma.domain.clock import HOUR, MINUTE
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.policies import Settings
from ogma.services import closing, escalation, timers
from ogma.services.automation import sla
from ogma.services.closing import Closure
from ogma.services.desk import Desk
from ogma.store import flags
from ogma.store.opening import open_database

from .conftest import CLOSER, CUSTOMER, SETTINGS, STAFF, Office, TestClock

Make = Callable[..., Office]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(first: int = 60, resolution: int = 480, **values: object) -> Office:
        target = {"first_response_minutes": first, "resolution_minutes": resolution}
        levels = SlaPolicy.model_validate({"targets": [target], **values})
        settings: list[Settings] = [SETTINGS.model_copy(update={"sla": levels})]
        clock = TestClock()
        desk = Desk(open_database(tmp_path), lambda: settings[0], tmp_path, clock)
        return Office(desk, clock)

    return made


def missed(office: Office, number: int = 1) -> list[str]:
    timers.sweep(office.desk)
    return [kind for kind in office.events(number) if kind.startswith("sla")]


def test_q5_warned_once_missed_once_flagged(make: Make) -> None:
    office = make()
    office.open()
    assert missed(office) == []
    office.clock.at += 45 * MINUTE
    assert missed(office) == ["sla_warning"]
    office.clock.at += 15 * MINUTE
    assert missed(office) == missed(office) == ["sla_warning", "sla_breached"]
    [flag] = flags.of_ticket(office.desk.db, 1)
    assert (flag["kind"], flag["detail"]) == ("sla_breach", "first_response")
    office.clock.at += 8 * HOUR
    assert missed(office) == ["sla_warning", "sla_breached", "sla_breached"]


def test_q5_a_restart_or_a_resolved_flag_tells_nothing_again(make: Make, tmp_path: Path) -> None:
    office = make()
    office.open()
    office.clock.at += 2 * HOUR
    before = missed(office)
    flags.resolve(office.desk.db, 1, office.clock.at, "mia")
    again = Office(replace(office.desk, db=open_database(tmp_path)), office.clock)
    assert missed(again) == before == ["sla_breached"]


def test_q5_a_reply_in_time_ends_it_also_when_seen_late(make: Make) -> None:
    office = make(resolution=0)
    office.open()
    office.clock.at += 30 * MINUTE
    office.say(STAFF, "Here I am.")
    office.clock.at += 99 * HOUR
    assert missed(office) == []


def test_q5_a_late_reply_while_nobody_looked_was_late(make: Make) -> None:
    office = make(resolution=0)
    office.open()
    office.clock.at += 61 * MINUTE
    office.say(STAFF, "Sorry.")
    assert missed(office) == ["sla_breached"]


def test_q5_counted_from_the_hand_over_a_late_reply_still_was_late(make: Make) -> None:
    """The reply ends the hand-over, and with it what the time was counted from."""
    office = make(resolution=0, response_from="handed_over")
    office.open()
    office.clock.at += 10 * HOUR
    assert missed(office) == []
    escalation.request_human(office.desk, CUSTOMER, 1)
    assert missed(office) == []
    office.clock.at += 2 * HOUR
    office.say(STAFF, "Hello")
    assert missed(office) == ["sla_breached"]


def test_q5_closing_in_time_meets_the_resolution(make: Make) -> None:
    office = make(first=0)
    office.open()
    office.clock.at += 7 * HOUR
    closing.close(office.desk, CLOSER, 1, Closure(CloseReason.RESOLVED, CloseCause.COMMAND))
    office.clock.at += 9 * HOUR
    assert missed(office) == []


@pytest.mark.parametrize("counted_from", ["opened", "handed_over"])
def test_q5_a_reply_after_a_close_in_time_is_not_late(make: Make, counted_from: str) -> None:
    """It was closed before it was due; that staff write when it is over changes nothing."""
    office = make(resolution=0, response_from=counted_from)
    office.open()
    escalation.request_human(office.desk, CUSTOMER, 1)
    assert missed(office) == []
    office.clock.at += 30 * MINUTE
    closing.close(office.desk, CLOSER, 1, Closure(CloseReason.RESOLVED, CloseCause.COMMAND))
    office.clock.at += HOUR
    office.say(STAFF, "One more thing.")
    assert missed(office) == []


def test_q5_the_pause_holds_the_date_back(make: Make) -> None:
    office = make(first=0, pause_awaiting_customer=True)
    office.open()
    office.clock.at += HOUR
    office.say(STAFF, "Which version?")
    assert missed(office) == []
    office.clock.at += 100 * HOUR
    assert missed(office) == []
    office.say(CUSTOMER, "Three.")
    office.clock.at += 8 * HOUR
    assert missed(office) == ["sla_breached"]


def test_q5_what_is_due_next(make: Make) -> None:
    office = make()
    office.open()
    timers.sweep(office.desk)
    assert sla.due_next(office.desk, [1])[1]["goal"] == "first_response"
    office.say(STAFF, "Here I am.")
    timers.sweep(office.desk)
    assert sla.due_next(office.desk, [1])[1]["goal"] == "resolution"

"""Q6: rules do what they say, once for each cause, and are never set off by a rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ogma.domain.assignment import Teammate
from ogma.domain.automation_policies import RulePolicy, SlaPolicy
from ogma.domain.clock import HOUR, snowflake_at
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.effects import Kind
from ogma.domain.opening import Intention
from ogma.services import closing, opening, staff, team, timers
from ogma.services.automation import happenings, rules
from ogma.services.closing import Closure
from ogma.services.desk import Desk
from ogma.store import flags, marks, outbox, records
from ogma.store.opening import open_database

from .conftest import CLOSER, CUSTOMER, SAM, SETTINGS, STAFF, SUPPORT, Office, TestClock

Make = Callable[..., Office]


def rule(trigger: str, *actions: tuple[str, str] | str, **values: object) -> RulePolicy:
    given = [one if isinstance(one, tuple) else (one, "") for one in actions]
    done = [{"do": do, "value": value} for do, value in given]
    if trigger == "message_contains":
        values = {"match": "refund", **values}
    return RulePolicy.model_validate({"id": "r", "trigger": trigger, "actions": done, **values})


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(*given: RulePolicy, **tables: object) -> Office:
        settings = SETTINGS.model_copy(update={"rules": given, **tables})
        clock = TestClock()
        desk = Desk(open_database(tmp_path), lambda: settings, tmp_path, clock)
        return Office(desk, clock)

    return made


def swept(office: Office, times: int = 3) -> Office:
    for _ in range(times):
        timers.sweep(office.desk)
        office.deliver()
    return office


def fired(office: Office, number: int = 1) -> list[tuple[str, list[str]]]:
    swept(office)
    found = rules.fired(office.desk, number)
    return [(one["rule"], [action["outcome"] for action in one["actions"]]) for one in found]


def begin(office: Office, number: int) -> None:
    """A ticket that has no channel yet."""
    wish = Intention(CUSTOMER.id, "alice", frozenset(), "general", subject="My order")
    opening.open_ticket(office.desk, wish, snowflake_at(office.clock.at) + 1_000 + number)


def close(office: Office) -> None:
    closure = Closure(CloseReason.RESOLVED, CloseCause.COMMAND)
    closing.close(office.desk, CLOSER, 1, closure)


def test_q6_a_message_escalates_tags_and_sets_the_priority(make: Make) -> None:
    office = make(
        rule("message_contains", "escalate", ("add_tag", "Billing"), ("priority", "urgent"))
    )
    office.open()
    office.say(CUSTOMER, "I want a REFUND")
    assert fired(office) == [("r", ["done", "done", "done"])]
    ticket = office.ticket()
    assert (ticket.escalated, ticket.priority) == (True, "urgent")
    assert list(marks.of_ticket(office.desk.db, 1)) == ["billing"]
    [item] = records.escalations(office.desk.db, 1)
    assert '"rule"' in item["reasons"]


def test_q6_the_intake_counts_as_a_message(make: Make) -> None:
    office = make(rule("message_contains", ("add_tag", "money")))
    office.open(subject="A refund, please")
    assert fired(office) == [("r", ["done"])]


def test_q6_once_for_each_cause_also_after_a_restart(make: Make, tmp_path: Path) -> None:
    """Each message fires; the same message never twice, whoever looks again."""
    office = make(rule("message_contains", ("notify", "Look")))
    office.open()
    office.say(CUSTOMER, "refund")
    assert len(fired(office)) == 1
    again = Office(replace(office.desk, db=open_database(tmp_path)), office.clock)
    again.clock.at += HOUR
    again.say(CUSTOMER, "refund again")
    assert len(fired(again)) == 2
    notices = [row for row in outbox.listed(again.desk.db, None, 99) if "rule:" in row["key"]]
    assert len(notices) == 2


def test_q6_staff_and_the_bot_set_nothing_off(make: Make) -> None:
    office = make(rule("message_contains", "escalate"))
    office.open()
    office.say(STAFF, "We give no refund.")
    assert fired(office) == []


def test_q6_what_a_rule_does_sets_no_rule_off(make: Make) -> None:
    """The first rule escalates and closes; rules about that stay quiet."""
    office = make(
        rule("message_contains", "escalate", ("close", "spam"), id="first"),
        rule("ticket_escalated", ("add_tag", "never"), id="second"),
        rule("ticket_closed", ("add_tag", "never"), id="third"),
    )
    office.open()
    office.say(CUSTOMER, "refund")
    assert [one for one, _ in fired(office)] == ["first"]
    ticket = office.ticket()
    assert (ticket.close_cause, ticket.close_reason) == ("rule", "spam")


def test_q6_opened_waits_for_the_channel(make: Make) -> None:
    office = make(rule("ticket_opened", ("reply", "Please tell us your order."), match="order"))
    begin(office, 0)
    timers.sweep(office.desk)
    assert rules.fired(office.desk, 1) == []
    office.deliver()
    assert fired(office) == [("r", ["done"])]
    said = [
        row for row in outbox.of_ticket(office.desk.db, 1) if "tell us your order" in row["payload"]
    ]
    assert [row["kind"] for row in said] == [Kind.SAY]


def test_q6_tickets_that_wait_for_their_channels_hold_no_rule_up(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are while Discord makes no channels."""
    many = [kind.model_copy(update={"max_open": 0}) for kind in SETTINGS.types]
    office = make(
        rule("ticket_claimed", ("add_tag", "claimed")),
        rule("ticket_opened", ("add_tag", "new"), id="new"),
        types=tuple(many),
    )
    monkeypatch.setattr(happenings, "_AT_ONCE", 3)
    office.open()
    timers.sweep(office.desk)
    for number in range(3):
        begin(office, number)
    staff.claim(office.desk, STAFF, 1)
    timers.sweep(office.desk)
    assert [one["rule"] for one in rules.fired(office.desk, 1)] == ["new", "r"]
    assert rules.fired(office.desk, 4) == []
    assert fired(office, 4) == [("new", ["done"])]


def test_q6_claiming_missing_a_level_and_closing(make: Make) -> None:
    levels = SlaPolicy.model_validate({"targets": [{"first_response_minutes": 60}]})
    office = make(
        rule("ticket_claimed", ("add_tag", "claimed"), id="claimed"),
        rule("sla_breach", ("priority", "high"), id="late"),
        rule("ticket_closed", ("add_tag", "over"), id="over"),
        sla=levels,
    )
    office.open()
    staff.claim(office.desk, STAFF, 1)
    assert fired(office)[-1] == ("claimed", ["done"])
    office.clock.at += 2 * HOUR
    assert fired(office)[-1] == ("late", ["done"])
    close(office)
    assert fired(office)[-1] == ("over", ["done"])
    assert len(fired(office)) == 3


def test_q6_a_bad_rating_brings_a_closed_ticket_before_staff(make: Make) -> None:
    """On a closed ticket `escalate` makes a flag and an item, and opens nothing."""
    office = make(rule("csat_negative", "escalate"))
    office.open()
    close(office)
    swept(office)
    closing.rate(office.desk, CUSTOMER, 1, "unhelpful")
    assert fired(office) == [("r", ["done"])]
    kinds = {flag["kind"] for flag in flags.of_ticket(office.desk.db, 1)}
    assert kinds == {"negative_csat", "escalated"}
    [item] = records.escalations(office.desk.db, 1)
    assert item["message_id"] is not None
    assert not office.ticket().escalated


def test_q6_a_good_rating_is_no_bad_one(make: Make) -> None:
    office = make(rule("csat_negative", "escalate"))
    office.open()
    close(office)
    swept(office)
    closing.rate(office.desk, CUSTOMER, 1, "helpful")
    assert fired(office) == []


def test_q6_assigning_takes_those_who_may(make: Make) -> None:
    office = make(
        rule("message_contains", ("assign", "77"), id="stranger"),
        rule("message_contains", ("assign", str(SAM)), id="sam"),
        rule("message_contains", ("assign", str(SAM)), id="again"),
    )
    team.saw(office.desk, [Teammate(SAM, "sam", frozenset({SUPPORT}))])
    office.open()
    office.say(CUSTOMER, "refund")
    assert fired(office) == [
        ("stranger", ["77 is not known as staff of this ticket"]),
        ("sam", ["done"]),
        ("again", ["somebody looks after it already"]),
    ]
    assert office.ticket().claimed_by == SAM


def test_q6_round_robin_asks_for_somebody(make: Make) -> None:
    office = make(rule("message_contains", "assign_round_robin"))
    office.open()
    office.say(CUSTOMER, "refund")
    timers.sweep(office.desk)
    assert [row["kind"] for row in outbox.of_ticket(office.desk.db, 1)][-1] == Kind.ASSIGN


def test_q6_what_cannot_be_done_is_noted_and_the_rest_is_done(make: Make) -> None:
    office = make(rule("message_contains", ("close", "spam"), ("reply", "Bye"), "escalate"))
    office.open()
    office.say(CUSTOMER, "refund")
    assert fired(office) == [("r", ["done", "the ticket is not open", "done"])]


def test_q6_trying_a_text_and_a_past_ticket_changes_nothing(make: Make) -> None:
    office = make(
        rule("message_contains", "escalate", id="money", match=r"regex:refund(ed)?\b"),
        rule("ticket_closed", ("add_tag", "over"), id="over"),
        rule("message_contains", "escalate", id="other", types=["quiet"]),
    )
    assert [
        one.id for one in rules.try_text(office.desk.settings(), "refunded!", "general").rules
    ] == ["money"]
    office.open()
    office.say(CUSTOMER, "I was refunded")
    close(office)
    trials = rules.try_ticket(office.desk, office.ticket())
    found = {trial.occasion.trigger.value: [one.id for one in trial.rules] for trial in trials}
    assert found["message_contains"] == ["money"]
    assert found["ticket_closed"] == ["over"]
    assert rules.fired(office.desk, 1) == []

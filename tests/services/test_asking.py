"""/ask: who may ask, what they may see, and what is kept of it."""

from __future__ import annotations

import json

import pytest

from ogma.domain.access import Actor
from ogma.domain.answers import Outcome
from ogma.domain.clock import DAY, HOUR
from ogma.domain.policies import Settings
from ogma.domain.rates import Allowance, Scope
from ogma.services import asking, replies, timers
from ogma.services.asking import Asked, Unavailable
from ogma.services.data import erasure
from ogma.services.desk import Desk
from ogma.store import records, tables

from .conftest import CUSTOMER, SETTINGS, STAFF, SUPPORT, Office
from .test_replies import ANSWER, SEARCH

VIP = 77


def with_settings(office: Office, **changes: dict[str, object]) -> Desk:
    plain = SETTINGS.model_dump(mode="json")
    types = [
        *plain["types"],
        {"id": "vip", "label": "VIP", "category": 40, "open_roles": [VIP]},
        {"id": "old", "label": "Old", "category": 40, "enabled": False},
        {"id": "team", "label": "Team", "category": 40, "open_roles": [VIP], "staff_roles": [88]},
    ]
    merged = {**plain, "types": types}
    for table, values in changes.items():
        merged[table] = {**merged[table], **values}
    settings = Settings.model_validate(merged)
    return Desk(office.desk.db, lambda: settings, office.desk.data, office.clock)


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (CUSTOMER, {"general", "quiet"}),
        (Actor(5, "vera", frozenset({VIP})), {"general", "quiet", "vip", "team"}),
        (Actor(6, "tim", frozenset({88})), {"general", "quiet", "team"}),
        (STAFF, {"general", "quiet", "vip", "old", "team"}),
    ],
)
def test_k8_an_asker_sees_the_sources_of_types_they_may_open_or_serve(
    office: Office, who: Actor, seen: set[str]
) -> None:
    """A9, K8: nobody reads by /ask what a ticket would not show them."""
    begun = asking.begin(with_settings(office), who, " how? ")
    assert begun == Asked(who.id, "how?", frozenset(seen), who.roles)


@pytest.mark.parametrize(
    "changes",
    [
        {"ai": {"enabled": False}},
        {"ai": {"mode": "shadow"}},
        {"ai": {"mode": "off"}},
        {"hours": {"enabled": True, "ai_outside": False, "week": {"friday": []}}},
    ],
    ids=str,
)
def test_a7_where_the_ai_is_not_live_ask_answers_nothing(
    office: Office, changes: dict[str, dict[str, object]]
) -> None:
    """A7, H2: a draft is for staff, and /ask has none; the clock stands on a Friday."""
    assert asking.begin(with_settings(office, **changes), CUSTOMER, "how?") is Unavailable.OFF


def test_a_question_without_words_is_no_question(office: Office) -> None:
    assert asking.begin(office.desk, CUSTOMER, " \n") is Unavailable.EMPTY


def test_a2_the_rate_limit_of_a_member_holds_for_ask(office: Office) -> None:
    """A9, A2: within the same allowance as in tickets."""
    desk = with_settings(office, limits={"questions_per_user": 2})
    assert isinstance(asking.begin(desk, CUSTOMER, "one?"), Asked)
    assert isinstance(asking.begin(desk, CUSTOMER, "two?"), Asked)
    refused = asking.begin(desk, CUSTOMER, "three?")
    assert isinstance(refused, Allowance) and refused.used_up is Scope.USER
    assert isinstance(asking.begin(desk, STAFF, "another's?"), Asked)
    office.clock.at += HOUR + 1
    assert isinstance(asking.begin(desk, CUSTOMER, "three?"), Asked)


def test_a8_the_record_is_kept_with_its_asker_and_belongs_to_no_ticket(office: Office) -> None:
    """A8, A9: with the candidates and checks of every record; it can never be sent to a ticket."""
    asked = asking.begin(office.desk, Actor(5, "x", frozenset({SUPPORT})), "how?")
    assert isinstance(asked, Asked)
    asking.finish(office.desk, asked, ANSWER, SEARCH)
    [row] = office.desk.db.rows(tables.Answer.select())
    assert (row["asker_id"], row["ticket_id"], row["outcome"]) == (5, None, Outcome.ANSWER)
    assert json.loads(row["record"])["text"] == ANSWER.text
    assert replies.sendable(office.desk, row["id"], 0) is None
    assert records.answers(office.desk.db, 1) == []


def test_d1_what_was_asked_goes_when_its_time_is_over(office: Office) -> None:
    """D1, A9: listed newest first while it is kept; dropped like the content of tickets."""
    for text in ("old?", "young?"):
        asked = asking.begin(office.desk, CUSTOMER, text)
        assert isinstance(asked, Asked)
        asking.finish(office.desk, asked, ANSWER, SEARCH)
        office.clock.at += 20 * DAY
    found = asking.lately(office.desk, 60, 9)
    assert [one["question"] for one in found] == ["young?", "old?"]
    assert (found[0]["outcome"], found[0]["asker"]) == ("answer", str(CUSTOMER.id))
    assert len(asking.lately(office.desk, 30, 9)) == len(asking.lately(office.desk, 60, 1)) == 1
    assert erasure.purge(office.desk, 30, dry_run=True).questions == 1
    assert len(asking.lately(office.desk, 60, 9)) == 2
    desk = with_settings(office, data={"retention_days": 30})
    timers.sweep(desk)
    assert [one["question"] for one in asking.lately(office.desk, 60, 9)] == ["young?"]


def test_d4_a_secret_in_a_question_is_masked_before_it_is_searched(office: Office) -> None:
    """D4: it reaches neither the search, nor the prompt, nor the record."""
    asked = asking.begin(office.desk, CUSTOMER, "Is my password: hunter2hunter2 still fine?")
    assert isinstance(asked, Asked) and "hunter2" not in asked.text

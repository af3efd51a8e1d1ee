"""Q6, Q8: rules and webhooks from the shell."""

from __future__ import annotations

from pathlib import Path

import pytest

from ogma.domain.automation_policies import RulePolicy
from ogma.services import timers
from ogma.services.desk import Desk
from tests.net.conftest import web as web
from tests.net.loopback import Answer, Site

from . import desks
from .desks import ogma, printed

RULES = """
[[rules]]
id = "refunds"
name = "Refunds go to the team"
trigger = "message_contains"
match = 'regex:\\brefund'
actions = [{ do = "escalate" }, { do = "add_tag", value = "billing" }]
[[rules]]
id = "angry"
trigger = "csat_negative"
types = ["support"]
enabled = false
actions = [{ do = "notify", value = "Look at this" }]
"""


@pytest.fixture
def config(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = data_dir.parent / "config.toml"
    file.write_text(desks.CONFIG + RULES)
    monkeypatch.setenv("OGMA_CONFIG", str(file))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    return file


def test_q6_the_rules_in_their_order(
    config: Path, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ogma(data_dir, "rules", "list", "--json") == 0
    found = printed(capsys)["rules"]
    assert [(rule["id"], rule["enabled"]) for rule in found] == [
        ("refunds", True),
        ("angry", False),
    ]
    assert ogma(data_dir, "rules", "list") == 0
    assert "escalate; add_tag billing" in capsys.readouterr().out


def test_q6_a_text_is_tried(
    config: Path, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ogma(data_dir, "rules", "test", "I want a REFUND") == 0
    assert capsys.readouterr().out == (
        "message_contains: I want a REFUND\n  Refunds go to the team: escalate; add_tag billing\n"
    )
    assert ogma(data_dir, "rules", "test", "prerefund") == 0
    assert capsys.readouterr().out == "No rule would fire.\n"
    assert ogma(data_dir, "rules", "test") == 2
    assert ogma(data_dir, "rules", "test", "x", "--type", "nope") == 4


def desk_with_rule(data_dir: Path) -> Desk:
    """A ticket in which a rule has fired."""
    from dataclasses import replace

    desk = desks.make_desk(data_dir)
    given = RulePolicy.model_validate(
        {
            "id": "refunds",
            "trigger": "message_contains",
            "match": "refund",
            "actions": [{"do": "add_tag", "value": "billing"}],
        }
    )
    settings = desk.settings().model_copy(update={"rules": (given,)})
    desk = replace(desk, settings=lambda: settings)
    desks.open_ticket(desk, "alice", "A refund, please")
    from ogma.services import jobs

    (opened,) = jobs.claim(desk, 5)
    jobs.complete(desk, opened, {"channel": 9_001, "name": "alice"})
    timers.sweep(desk)
    return desk


def test_q6_a_past_ticket_is_tried_and_shows_what_fired(
    config: Path, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk_with_rule(data_dir)
    assert ogma(data_dir, "rules", "test", "--ticket", "1", "--json") == 0
    trials = printed(capsys)["trials"]
    fired = [(one["trigger"], [rule["id"] for rule in one["rules"]]) for one in trials]
    assert ("message_contains", ["refunds"]) in fired
    assert ogma(data_dir, "tickets", "show", "1") == 0
    assert "refunds: add_tag billing\n" in capsys.readouterr().out
    assert ogma(data_dir, "rules", "test", "--ticket", "9") == 4
    assert ogma(data_dir, "rules", "test", "--ticket", "0") == 4


def webhook(config: Path, web: Site) -> None:
    config.write_text(
        desks.CONFIG
        + f'[network]\ninternal_hosts = ["{web.host}"]\n'
        + f'[[webhooks]]\nid = "crm"\nurl = "{web.url}/ogma"\n'
    )


def test_q8_a_webhook_is_listed_and_pinged(
    config: Path,
    data_dir: Path,
    web: Site,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its key is never printed."""
    webhook(config, web)
    web.routes["/ogma"] = Answer(b"", 200)
    assert ogma(data_dir, "webhooks", "test", "crm") == 3
    assert "OGMA_WEBHOOK_CRM" in capsys.readouterr().err
    monkeypatch.setenv("OGMA_WEBHOOK_CRM", "a-very-secret-key")
    assert ogma(data_dir, "webhooks", "test", "crm") == 0
    assert capsys.readouterr().out == "crm took the ping (status 200).\n"
    assert "x-ogma-signature" in web.asked[0].headers
    assert ogma(data_dir, "webhooks", "list", "--json") == 0
    shown = capsys.readouterr().out
    assert '"key": true' in shown
    assert "very-secret" not in shown
    web.down = True
    assert ogma(data_dir, "webhooks", "test", "crm") == 5
    assert ogma(data_dir, "webhooks", "test", "nope") == 4


def test_q5_the_list_shows_what_is_due_next(
    data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from ogma.domain.automation_policies import SlaPolicy
    from ogma.services import jobs

    desks.alone(data_dir, monkeypatch)
    desk = desks.make_desk(data_dir)
    levels = SlaPolicy.model_validate({"targets": [{"first_response_minutes": 60}]})
    settings = desk.settings().model_copy(update={"sla": levels})
    desk = replace(desk, settings=lambda: settings)
    desks.open_ticket(desk, "alice", "Where is my parcel?")
    (opened,) = jobs.claim(desk, 5)
    jobs.complete(desk, opened, {"channel": 9_001, "name": "alice"})
    timers.sweep(desk)
    assert ogma(data_dir, "tickets", "list", "--json") == 0
    [ticket] = printed(capsys)["tickets"]
    assert ticket["due"] == {
        "goal": "first_response",
        "at": "2026-01-01T01:00:00.000Z",
        "breached": False,
    }
    assert ogma(data_dir, "tickets", "list") == 0
    assert "reply" in capsys.readouterr().out

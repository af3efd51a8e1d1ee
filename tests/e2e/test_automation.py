"""Rules, service levels, alerts and webhooks over the wire, with kill -9 in between (Q5 to Q8)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.conftest import BuildTown
from tests.e2e.lives import until_died
from tests.e2e.town import Town
from tests.net.conftest import web as web
from tests.net.loopback import Answer, Site

REPLY = "Thank you, the billing team will look into it."
AUTOMATION = """
[sla]
response_from = "handed_over"
[[sla.targets]]
first_response_minutes = 5
[alerts]
topics = ["sla"]
[network]
internal_hosts = ["{host}"]
[[webhooks]]
id = "crm"
url = "{url}/ogma"
[[rules]]
id = "money"
trigger = "message_contains"
match = 'regex:\\brefund(ed)?\\b'
actions = [
  {{ do = "add_tag", value = "billing" }},
  {{ do = "reply", value = "{reply}" }},
  {{ do = "notify", value = "Somebody wants money" }},
  {{ do = "escalate" }},
]
[[rules]]
id = "never"
trigger = "ticket_escalated"
match = ""
actions = [{{ do = "add_tag", value = "never" }}]
"""


def automated(town: Town, web: Site) -> Town:
    """The managers read #general; a server on loopback is told of everything."""
    web.routes["/ogma"] = Answer(b"", 200)
    [channel] = [one["id"] for one in town.state()["channels"] if one["name"] == "general"]
    town.configure({**town.options, "channels": {"alerts": channel}})
    more = AUTOMATION.format(host=web.host, url=web.url, reply=REPLY)
    town.config.write_text(town.config.read_text(encoding="utf-8") + more, encoding="utf-8")
    secret = town.data / "webhook-crm.secret"
    secret.touch(mode=0o600)
    secret.write_text("the-key-of-the-crm", encoding="utf-8")
    return town


def heard(web: Site) -> dict[str, dict[str, Any]]:
    """By its id, what the server was told; the same id twice says the same."""
    found: dict[str, dict[str, Any]] = {}
    for asked in list(web.asked):
        body = json.loads(asked.body)
        assert found.setdefault(body["id"], body) == body
    return found


def said(town: Town, channel: str) -> list[str]:
    return [one["content"] for one in town.by_bot(channel)]


def events(web: Site) -> list[str]:
    return sorted(body["event"] for body in heard(web).values())


EXPECTED = sorted(
    [
        "ticket.opened",
        "ticket.tagged",
        "ticket.escalated",
        "ticket.rule_fired",
        "ticket.sla_warning",
        "ticket.sla_breached",
    ]
)


POINTS = ("happenings.planned#2", "webhook.sent", "alert.sent")
MORE_POINTS = ("happenings.planned", "happenings.planned#3", "webhook.claimed", "webhook.done")


@pytest.mark.parametrize(
    "point", [*POINTS, *(pytest.param(point, marks=pytest.mark.full) for point in MORE_POINTS)]
)
def test_each_cause_once_whatever_dies(build_town: BuildTown, web: Site, point: str) -> None:
    """Q5 to Q8: one reply, one notice, one alert of each kind; every event under one id."""
    quick = {"id": "quick", "label": "Quick question", "intake": "none", "ai": False}
    town = automated(build_town(more_types=[quick]), web)
    town.run_bot(crash_at=point)
    channel = town.open_ticket("alice", "quick")
    town.say("alice", channel, "I want to be REFUNDED, please.")
    town.wait_until(lambda: town.count("FROM rule_firing") == 1, "the rule has fired")
    town.wait_until(lambda: REPLY in said(town, channel), "its reply is there")
    town.advance(4 * 60)
    town.wait_until(lambda: "ticket.sla_warning" in events(web), "the warning is out")
    town.advance(60)
    town.wait_until(lambda: events(web) == EXPECTED, "the server has heard of everything")
    until_died(town)
    assert said(town, channel).count(REPLY) == 1
    assert [text[0] for text in said(town, "general")] == ["⏳", "🚨"]
    assert sum("wants money" in notice for notice in town.notices()) == 1
    assert [row["name"] for row in town.sql("SELECT name FROM tag")] == ["billing"]
    assert town.count("FROM flag WHERE kind = 'sla_breach'") == 1
    shown = town.command("mia", "general", "insights")
    assert shown.ephemeral and "last 30 days" in shown.text, "I1"
    assert "Only management" in town.command("sam", "general", "insights").text

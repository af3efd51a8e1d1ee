"""Rows of the page that Ogma started from which no other story here tells."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest

from ogma.sandbox.control_client import ControlError
from tests.e2e.conftest import BuildTown
from tests.e2e.permissions import viewers
from tests.e2e.town import UNANSWERABLE, Town, buttons, embeds_text

DAY = 24 * 3600


def choose(town: Town, who: str, kind: str) -> str:
    """Pick a type in the panel's dropdown; gives what the member reads."""
    return town.choose(who, "ogma:choose:panel", kind).text


def names(town: Town) -> list[str]:
    return [one["name"] for one in town.ticket_channels()]


def test_types_names_limits_and_an_owner_without_a_cooldown(build_town: BuildTown) -> None:
    """O2, O3, O5: more than four types, limits raised and removed, roles, ticket-1, ticket-2, ...

    A2, K5: no time-based pause where the cooldown is 0; pasted text answers at once.
    """
    town = build_town(tickets={"names": "sequential"}, ai={"staff_cooldown_minutes": 0})
    [billing] = [one["id"] for one in town.state()["roles"] if one["name"] == "Billing"]
    town.configure(
        {
            **town.options,
            "more_types": [
                {"id": "quick", "label": "Quick", "intake": "none"},
                {"id": "pairs", "label": "Two at a time", "intake": "none", "max_open": 2},
                {"id": "many", "label": "Any number", "intake": "none", "max_open": 0},
                {"id": "vip", "label": "Guests", "intake": "none", "open_roles": [billing]},
            ],
        }
    )
    town.run_bot()
    told = [choose(town, "alice", kind) for kind in ("pairs", "pairs", "pairs")]
    assert ["already have" in one for one in told] == [False, False, True]
    for _ in range(3):
        choose(town, "bob", "many")
    assert "certain roles" in choose(town, "carol", "vip")
    choose(town, "bill", "vip")
    town.until_idle()
    assert names(town) == [f"ticket-{number}" for number in range(1, 7)]

    channel = town.channel_of("bill", "vip") or ""
    _paste(
        town, "Lantern care", "# Lantern care\n\nWipe the lantern with a dry cloth once a week.\n"
    )
    town.say("sam", channel, "Hello Bill, I am Sam.")
    town.wait_until(lambda: town.ticket(6)["last_staff_at"], "the message is stored")
    town.say("bill", channel, "How often do I wipe the lantern with a dry cloth?")
    [answer] = town.until_answered(channel)
    assert "once a week" in answer["content"]
    assert "Lantern care" in embeds_text(answer)


def _paste(town: Town, title: str, text: str) -> None:
    command = [sys.executable, "-m", "ogma", "--config", str(town.config), "--data"]
    command += [str(town.data), "kb", "add", "--title", title]
    environment = {**os.environ, **town.environment}
    subprocess.run(command, input=text, text=True, env=environment, check=True, timeout=60)


def warnings(town: Town, channel: str) -> list[str]:
    said = [one["content"] for one in town.by_bot(channel)]
    return [text for text in said if "It has been quiet here" in text]


def test_quiet_tickets_are_warned_and_closed(build_town: BuildTown) -> None:
    """C5: a warning M days before, a longer limit for escalated tickets, and by `customer` a staff
    reply restarts the countdown but is no activity. Archived and deleted; nobody is asked later.

    C4: no follow-up. D1: after two days the archive is dropped, as the owner wants it.
    """
    town = build_town(
        inactivity={
            "close_after_days": 3,
            "warn_days_before": 1,
            "escalated_after_days": 6,
            "mode": "customer",
        },
        closing={"follow_up_hours": 1},
        data={"retention_days": 2},
    )
    town.run_bot()
    quiet = town.open_ticket("alice", "quick")
    escalated = town.open_ticket("bob", "quick")
    town.say("bob", escalated, UNANSWERABLE)
    town.wait_until(town.review_items, "the question is handed over")
    town.until_idle()
    town.advance(2 * DAY + 60)
    town.wait_until(lambda: warnings(town, quiet), "the quiet ticket is warned")
    assert not warnings(town, escalated)

    before = _last_activity(town, 1)
    town.say("sam", quiet, "Are you still there?")
    town.wait_until(lambda: town.ticket()["last_staff_at"], "the reply is stored")
    assert _last_activity(town, 1) == before
    town.advance(DAY + 3600)
    town.until_idle()
    assert town.ticket()["state"] == "open", "the reply has restarted the countdown"
    town.advance(DAY)
    town.wait_until(lambda: len(warnings(town, quiet)) == 2, "a fresh warning")
    town.advance(DAY + 60)
    closed = town.until_closed(1)
    assert (closed["close_cause"], closed["close_reason"]) == ("inactivity", "unresponsive")
    assert len(town.by_bot("ticket-transcripts")) == 1
    assert [one["id"] for one in town.ticket_channels()] == [escalated]
    assert len(warnings(town, escalated)) == 1, "a day before its own, longer limit"
    town.advance(DAY + 60)
    town.until_closed(2)
    town.advance(2 * 3600)
    town.until_idle()
    assert not [one for one in town.dm("alice") if buttons(one, "ogma:solved:")]
    town.advance(3 * DAY)
    town.wait_until(lambda: not town.count("FROM message"), "what was said is dropped")
    town.wait_until(lambda: not list(town.data.glob("transcripts/*/*")), "the archives are gone")


def _last_activity(town: Town, number: int) -> Any:
    listed = town.ogma("tickets", "list", "--json")
    tickets = json.loads(listed.stdout)["tickets"]
    [found] = [one["last_activity_at"] for one in tickets if one["number"] == number]
    return found


def test_locked_closed_and_asked_later(build_town: BuildTown) -> None:
    """Q4: staff lose the channel, the queue and the archive; a close in lockdown posts nothing.

    C3, C4, E3: a bad rating and a "No" make flags; no follow-up after a close in lockdown.
    """
    town = build_town(closing={"follow_up_hours": 1}, learning={"min_messages": 1})
    town.run_bot()
    channel = town.open_ticket("alice", "quick")
    town.say("sam", channel, "Press the small button for ten seconds, then it starts again.")
    town.wait_until(lambda: town.ticket()["last_staff_at"], "the message is stored")
    assert "Only management" in town.command("sam", channel, "lockdown").text
    town.command("mia", channel, "lockdown")
    town.until_idle()
    [place] = town.ticket_channels()
    assert viewers(town.state(), place) == {"alice", "mia", "omar", "Ogma"}
    assert json.loads(town.ogma("tickets", "list", "--json").stdout)["tickets"] == []
    with pytest.raises(ControlError, match="Missing Access"):
        town.say("sam", channel, "Am I still here?")
    town.close(channel, "mia")
    town.until_closed(1)
    assert town.ogma("tickets", "show", "1").returncode == 4
    assert town.ogma("tickets", "show", "1", "--include-restricted").returncode == 0

    other = town.open_ticket("bob", "quick")
    town.until_idle()
    town.close(other)
    town.until_closed(2)
    [asked] = town.dm("bob")
    town.click("bob", "ogma:csat_unhelpful:*", asked["id"])
    town.advance(3600 + 60)
    [later] = town.wait_until(
        lambda: [one for one in town.dm("bob") if buttons(one, "ogma:unsolved:")],
        "bob is asked whether it was solved",
    )
    town.click("bob", "ogma:unsolved:*", later["id"])
    town.until_idle()
    kinds = town.sql("SELECT ticket_id, kind FROM flag ORDER BY kind")
    assert [(one["ticket_id"], one["kind"]) for one in kinds if one["ticket_id"] == 2] == [
        (2, "negative_csat"),
        (2, "not_solved"),
    ]
    [card] = town.by_bot("ticket-transcripts")
    assert "ticket-2-" in card["attachments"][0]["filename"], "nothing of the locked ticket"
    assert not town.by_bot("learned-tips")
    assert not [one for one in town.dm("alice") if buttons(one, "ogma:solved:")]


RULES = """
[[sla.targets]]
types = ["quick"]
first_response_minutes = 5
[[rules]]
id = "money"
trigger = "message_contains"
match = "refund"
actions = [{ do = "escalate" }]
[[rules]]
id = "late"
trigger = "sla_breach"
actions = [{ do = "escalate" }]
[[rules]]
id = "unhappy"
trigger = "csat_negative"
actions = [{ do = "add_tag", value = "unhappy" }]
"""


def queued(town: Town, who: str, which: str) -> set[int]:
    """The tickets that /queue shows this member."""
    shown = town.command(who, "general", "queue", filter=which).text
    return {int(number) for number in re.findall(r"(?m)^\*\*(\d+)\*\*.*<#", shown)}


def test_assigned_queued_nudged_and_ruled(build_town: BuildTown) -> None:
    """Q1, Q2: given out in turn; the queue by its filters. Q7: a nudge when a ticket goes stale.

    E1, Q5, Q6: rules escalate on a keyword, a bad rating and a missed service level. E3: flags.
    """
    quick = {"id": "quick", "label": "Quick", "intake": "none", "assignment": "round_robin"}
    town = build_town(
        more_types=[{**quick, "ai": False}],
        nudges={"customer_after_hours": 3},
        alerts={"quiet_outside_hours": False},
    )
    town.config.write_text(town.config.read_text(encoding="utf-8") + RULES, encoding="utf-8")
    town.run_bot()
    alice = town.open_ticket("alice", "quick")
    bob = town.open_ticket("bob", "quick")
    town.wait_until(
        lambda: town.count("FROM ticket WHERE claimed_by IS NOT NULL") == 2, "both are given out"
    )
    holders = [str(town.ticket(number)["claimed_by_name"]) for number in (1, 2)]
    assert len(set(holders)) == 2
    assert queued(town, holders[0], "mine") == {1}
    assert queued(town, "mia", "unclaimed") == set()

    town.say("alice", alice, "I want a REFUND, please.")
    town.wait_until(lambda: town.ticket(1)["escalated_at"], "the keyword escalates")
    assert queued(town, "mia", "escalated") == {1}
    town.say("sam", bob, "Hello Bob, what can I do?")
    town.wait_until(lambda: town.ticket(2)["last_staff_at"], "sam has been heard")
    assert queued(town, "mia", "awaiting-customer") == {2}
    assert queued(town, "mia", "awaiting-staff") == {1}

    carol = town.open_ticket("carol", "quick")
    town.say("carol", carol, "It does not work.")
    town.until_idle()
    town.advance(6 * 60)
    town.wait_until(lambda: town.ticket(3)["escalated_at"], "the missed level escalates")
    town.advance(3 * 3600)
    town.wait_until(
        lambda: any("waiting for your answer" in one["content"] for one in town.by_bot(bob)),
        "bob is reminded",
    )
    town.close(bob)
    town.until_closed(2)
    [asked] = town.dm("bob")
    town.click("bob", "ogma:csat_unhelpful:*", asked["id"])
    town.wait_until(lambda: town.count("FROM tag WHERE name = 'unhappy'"), "the rule has fired")
    flagged = json.loads(town.ogma("flags", "list", "--json").stdout)["flags"]
    assert {(one["ticket"], one["kind"]) for one in flagged} >= {
        (2, "negative_csat"),
        (3, "sla_breach"),
    }
    assert "not helpful" in town.command("mia", "general", "flags").text

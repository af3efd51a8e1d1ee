"""Shadow mode over the wire: drafts for staff, nothing for the customer until it is sent (A7)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.conftest import BuildTown
from tests.e2e.lives import persist, until_died
from tests.e2e.town import ANSWER, QUESTION, Town, buttons, embeds_text

SHADOW: dict[str, Any] = {"ai": {"mode": "shadow"}}
SECOND = "How do I turn on two-factor authentication?"


def drafts(town: Town) -> list[dict[str, Any]]:
    return [one for one in town.by_bot("staff-review") if buttons(one, "ogma:send_draft:")]


def until_drafted(town: Town, times: int = 1) -> dict[str, Any]:
    found = town.wait_until(
        lambda: found if len(found := drafts(town)) >= times else [], f"draft {times} is there"
    )
    return found[-1]


def test_a_draft_is_sent_edited_and_called_wrong(build_town: BuildTown) -> None:
    """A7, A3: each button does what it says; the customer sees what was sent and nothing else."""
    town = build_town(**SHADOW)
    town.run_bot()
    channel = town.open_ticket("alice")
    item = until_drafted(town)
    town.until_idle()
    assert ANSWER in embeds_text(item) and QUESTION in embeds_text(item)
    [greeting] = [one for one in town.by_bot(channel) if one["embeds"]]
    assert "ask" not in greeting["content"] and not town.answers(channel)
    assert not town.count("FROM escalation"), "a draft is no hand-over"

    assert "on its way" in town.click("sam", "ogma:send_draft:1", item["id"]).text
    [answer] = town.until_answered(channel)
    assert ANSWER in answer["content"]

    town.say("alice", channel, SECOND)
    item = until_drafted(town, 2)
    town.restart_bot()
    form = town.click("sam", "ogma:edit_draft:2", item["id"]).modal
    assert form is not None
    told = town.submit(
        "sam", form["interaction"], {"text": "Ask @everyone for <https://x.example>"}
    )
    assert "on its way" in told.text
    edited = town.until_answered(channel, 2)[-1]["content"]
    assert edited.startswith("Ask everyone") and "x.example" not in edited

    town.say("alice", channel, QUESTION)
    item = until_drafted(town, 3)
    town.say("sam", channel, "Let me answer this one myself.")
    town.wait_until(lambda: "out of date" in embeds_text(drafts(town)[-1]), "it is overtaken")
    assert "Noted" in town.click("sam", "ogma:wrong_draft:3", item["id"]).text
    town.until_idle()
    assert len(town.answers(channel)) == 2
    states = [row["state"] for row in town.sql("SELECT state FROM draft ORDER BY id")]
    assert states == ["sent", "edited", "wrong"]


@pytest.mark.full
@pytest.mark.parametrize("step", ["claimed", "sent", "done"])
def test_killed_while_showing_a_draft(build_town: BuildTown, step: str) -> None:
    """P1, A7: one item for the draft, and it can still be sent."""
    town = build_town(**SHADOW)
    town.launch(crash_at=f"sync_draft.{step}")
    persist(
        town,
        lambda: town.control.click("alice", "ogma:open:quick"),
        lambda: town.count("FROM ticket"),
    )
    channel = town.wait_until(lambda: town.channel_of("alice", "quick"), "the channel is there")
    assert channel is not None
    town.say("alice", channel, QUESTION)
    until_died(town)
    [item] = drafts(town)
    persist(
        town,
        lambda: town.control.click("sam", "ogma:send_draft:1", item["id"]),
        lambda: town.count("FROM draft WHERE state = 'sent'"),
    )
    town.until_answered(channel)
    town.until_idle()
    assert len(drafts(town)) == len(town.answers(channel)) == 1

"""Many clicks at once, and what opening leaves behind when Discord says no."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ogma.sandbox.control_client import AsyncControlClient
from tests.e2e.conftest import BuildTown
from tests.e2e.town import Town

CLICKS = 50


async def _click_at_once(town: Town, who: str, times: int) -> list[Any]:
    """The same member presses the same button so often at the same moment."""
    panel = town.by_bot("open-a-ticket")[0]["id"]
    async with AsyncControlClient(town.server.ready["control"]) as control:
        return await asyncio.gather(
            *(control.click(who, "ogma:open:quick", panel, wait_s=30) for _ in range(times))
        )


def _sentences(town: Town, since: int) -> list[str]:
    """What the clicks were answered with."""
    edits = town.matching("PATCH", r"/webhooks/\d+/[^/]+/messages/@original", since)
    replies = [
        (one["body"].get("data") or {}).get("content")
        for one in town.matching("POST", r"/interactions/\d+/[^/]+/callback", since)
    ]
    return [text for text in [*(one["body"]["content"] for one in edits), *replies] if text]


def _one_round(town: Town, number: int) -> None:
    since = len(town.requests())
    answers = asyncio.run(_click_at_once(town, "alice", CLICKS))
    assert [one for one in answers if "error" in one] == [], "each is acknowledged in 3 s"
    assert all(one["ephemeral"] for one in answers)
    told = town.wait_until(
        lambda: found if len(found := _sentences(town, since)) >= CLICKS else [],
        "every click has its sentence",
    )
    assert len(told) == CLICKS
    [place] = town.ticket_channels()
    assert sum("is ready" in text and place["id"] in text for text in told) >= 1
    opening = "is just being opened"
    assert all(place["id"] in text or opening in text for text in told), "each knows the ticket"
    assert town.count("FROM ticket") == number
    town.close(place["id"])
    town.until_closed(number)


@pytest.mark.parametrize("rounds", [2, pytest.param(20, marks=pytest.mark.full)])
def test_fifty_clicks_are_one_ticket(town: Town, rounds: int) -> None:
    """O7, P4: 50 clicks of one member at once: one channel, and 50 sentences."""
    for number in range(1, rounds + 1):
        _one_round(town, number)
    assert len(town.matching("POST", r"/guilds/\d+/channels")) == rounds


def test_three_members_at_once(town: Town) -> None:
    """O7: people who click together get a ticket each, which the others do not see."""

    async def both() -> None:
        await asyncio.gather(
            *(
                asyncio.to_thread(town.open_ticket, who, "quick")
                for who in ("alice", "bob", "carol")
            )
        )

    asyncio.run(both())
    town.until_idle()
    channels = {who: town.channel_of(who, "quick") for who in ("alice", "bob", "carol")}
    assert len(set(channels.values())) == 3
    assert len(town.ticket_channels()) == 3
    for who, channel in channels.items():
        seen = [one["id"] for one in town.control.visible(who, wait_s=0)]
        assert [other for other in channels.values() if other in seen] == [channel]


def test_the_limit_is_a_sentence_with_a_link(town: Town) -> None:
    """O3: a second ticket of the same type is refused, another type is not."""
    channel = town.open_ticket("alice")
    told = town.click("alice", "ogma:open:general")
    assert told.ephemeral
    assert channel in told.text
    assert town.open_ticket("alice", "billing") != channel
    assert town.count("FROM ticket") == 2


def test_a_category_that_is_gone(town: Town) -> None:
    """O6, P3, P15: an opening that cannot be had frees the slot, and staff read why, once."""
    town.control.admin("delete_channel", channel="General Tickets", wait_s=0)
    told = town.click("alice", "ogma:open:quick")
    assert "could not be opened" in told.text
    town.until_idle()
    assert town.ticket()["state"] == "failed"
    assert len(town.notices()) == 1
    assert "alice" in town.notices()[0]
    assert not town.ticket_channels()
    assert "could not be opened" in town.click("alice", "ogma:open:quick").text, "may try again"


def test_a_refused_name(town: Town) -> None:
    """O5, P15: Discord refuses a name, and the channel gets a neutral one."""
    refusal = {"status": 400, "code": 20031, "message": "This name has words not allowed"}
    town.control.faults("POST", "/guilds/*/channels", times=1, **refusal, wait_s=0)
    town.open_ticket("alice", "quick")
    town.until_idle()
    [place] = town.ticket_channels()
    assert place["name"].endswith("-request")
    assert "alice" not in place["name"]


def test_without_a_form_the_first_message_is_the_question(build_town: BuildTown) -> None:
    """O4, A1: intake none; what is written first is asked."""
    town = build_town()
    town.run_bot()
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    assert not town.answers(channel)
    town.say("alice", channel, "How do I turn on two-factor sign-in?")
    [answer] = town.until_answered(channel)
    assert "Security" in answer["content"]

"""Discord's own bad days: errors before and after the effect, rate limits, refusals."""

from __future__ import annotations

import pytest

from tests.e2e.town import QUESTION, UNANSWERABLE, Town

CREATES = {
    "open_channel": "/guilds/*/channels",
    "message": "/channels/*/messages",
    "dm_channel": "/users/@me/channels",
}
FAULTS = {
    "500-before": {"status": 500},
    "502-after": {"status": 502, "after_effect": True},
    "503-after": {"status": 503, "after_effect": True},
    "504-after": {"status": 504, "after_effect": True},
    "reset-before": {"drop": True},
    "reset-after": {"drop": True, "after_effect": True},
}


def _live(town: Town) -> str:
    """Open, be answered, be handed over, close."""
    channel = town.open_ticket("alice")
    town.until_answered(channel)
    town.say("alice", channel, UNANSWERABLE)
    town.wait_until(town.review_items, "staff are asked")
    town.until_idle()
    town.close(channel)
    town.until_closed()
    return channel


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("route", CREATES.values(), ids=CREATES.keys())
def test_creates_that_fail(town: Town, route: str, fault: dict[str, object]) -> None:
    """P14: a create whose answer is lost is looked for before it is sent again: nothing twice."""
    town.control.faults("POST", route, times=1, **fault, wait_s=0)
    channel = _live(town)
    said = town.messages(channel)
    assert len([one for one in said if one["author"]["bot"] and one["embeds"]]) == 2
    assert len([one for one in said if "I have asked the team" in one["content"]]) == 1
    assert len(town.review_items()) == 1
    assert len(town.by_bot("ticket-transcripts")) == 1
    assert len(town.dm("alice")) == 1
    assert len(town.ticket_channels(deleted=True)) == 1
    assert not town.count("FROM job WHERE state <> 'done'")


def test_a_long_rate_limit_on_the_lock(town: Town) -> None:
    """P12: Discord asks for ten minutes before the channel is changed; the close does not wait."""
    channel = town.open_ticket("alice")
    town.until_idle()
    town.control.faults("PATCH", "/channels/*", times=1, status=429, retry_after=600, wait_s=0)
    told = town.close(channel)
    assert "closing this ticket" in told.text, "the person at the keyboard is not kept waiting"
    town.until_closed()
    assert len(town.matching("PATCH", f"/channels/{channel}")) == 1, "it is not asked again"
    assert not town.ticket_channels()


def test_a_lock_that_is_refused_holds_nothing_back(town: Town) -> None:
    """P12, C2: a channel that cannot be locked is archived and deleted all the same."""
    channel = town.open_ticket("alice")
    town.until_idle()
    refused = {"status": 403, "code": 50013}
    town.control.faults("PATCH", "/channels/*", times=20, **refused, wait_s=0)
    town.close(channel)
    town.until_closed()
    assert not town.ticket_channels()


def test_a_rate_limit_on_opening(town: Town) -> None:
    """P12: the member is told at once that it takes a while, and gets the channel later."""
    town.control.faults("POST", "/guilds/*/channels", times=1, status=429, retry_after=2, wait_s=0)
    channel = town.open_ticket("alice")
    town.until_answered(channel)
    assert len(town.matching("POST", r"/guilds/\d+/channels")) == 2
    assert len(town.ticket_channels()) == 1


def test_permission_taken_away(town: Town) -> None:
    """P3, P13: what Discord forbids is tried once, not for ever, and staff are told."""
    town.control.faults("POST", "/guilds/*/channels", times=50, status=403, code=50013, wait_s=0)
    told = town.click("alice", "ogma:open:quick")
    assert "could not be opened" in told.text
    town.until_idle()
    assert len(town.matching("POST", r"/guilds/\d+/channels")) <= 3
    assert len(town.notices()) == 1


def test_an_outage(town: Town) -> None:
    """P14: 503 for a while, on look-ups too; then what was asked for is there, once."""
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    town.control.faults("*", "/channels/**", times=3, status=503, wait_s=0)
    town.say("alice", channel, QUESTION)
    town.until_answered(channel)
    town.until_idle()
    assert len(town.answers(channel)) == 1

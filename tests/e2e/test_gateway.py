"""Bad days of the gateway, and what was said while nobody listened."""

from __future__ import annotations

import json

import pytest

from tests.e2e.conftest import BuildTown
from tests.e2e.town import ANSWER, QUESTION, Town

SECOND = "How do I turn on two-factor sign-in?"


def _stored(town: Town) -> list[str]:
    """What customers wrote in channels, in the order of the database's ids."""
    rows = town.sql(
        "SELECT content FROM message WHERE side = 'customer' AND origin = 'channel' ORDER BY id"
    )
    return [row["content"] for row in rows]


@pytest.mark.parametrize("how", ["drop", "reconnect", "invalid_session"])
def test_a_connection_that_breaks(town: Town, how: str) -> None:
    """P7, P8, P9: resumed or begun anew, what was written meanwhile is answered once."""
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    town.control.gateway(how, wait_s=0)
    town.say("alice", channel, QUESTION)
    town.until_answered(channel)
    town.say("alice", channel, SECOND)
    town.until_answered(channel, 2)
    town.until_idle()
    assert _stored(town) == [QUESTION, SECOND]
    assert len(town.answers(channel)) == 2


def test_an_event_that_comes_again(town: Town) -> None:
    """P7: a message told of five times is stored once and answered once."""
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    town.say("alice", channel, QUESTION)
    town.control.gateway("duplicate", count=1, times=4, wait_s=0)
    town.until_answered(channel)
    town.control.gateway("duplicate", count=3, times=2, wait_s=0)
    town.say("alice", channel, SECOND)
    town.until_answered(channel, 2)
    town.until_idle()
    assert _stored(town) == [QUESTION, SECOND]
    assert len(town.answers(channel)) == 2


def test_a_click_that_comes_again(town: Town) -> None:
    """P7, O7: one interaction told of twice opens one ticket."""
    town.control.click("alice", "ogma:open:quick", wait_s=0)
    town.control.gateway("duplicate", count=1, times=3, wait_s=0)
    town.wait_until(lambda: town.channel_of("alice", "quick"), "the ticket is open")
    town.until_idle()
    assert town.count("FROM ticket") == 1
    # A second acknowledgement of one interaction is refused by Discord (40060).
    refused = [one for one in town.matching("POST", r"/interactions/.*") if one["status"] >= 400]
    town.forgiven = ("40060", "acknowledged", "HTTPException") if refused else ()


def test_events_in_the_wrong_order(town: Town) -> None:
    """P7: what is told of later but was written earlier stands earlier."""
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    town.control.gateway("reorder", count=2, wait_s=0)
    town.say("alice", channel, "How do I reset")
    town.say("alice", channel, "my password?")
    [answer] = town.until_answered(channel)
    assert ANSWER in answer["content"]
    town.until_idle()
    assert _stored(town) == ["How do I reset", "my password?"]


@pytest.mark.parametrize("missed", [0, 1, 49, 51, 120])
def test_what_was_written_while_the_bot_was_down(town: Town, missed: int) -> None:
    """P9: every message is caught up, once, in order, and no answer is a reply to the bot."""
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    town.kill_bot()
    for number in range(missed):
        town.say("alice", channel, f"Line {number}")
    town.run_bot()
    wanted = [f"Line {number}" for number in range(missed)]
    town.wait_until(lambda: _stored(town) == wanted, "all of them are stored")
    town.until_idle()
    town.say("sam", channel, "Thank you for the lines.")
    town.wait_until(lambda: town.ticket()["last_staff_at"], "staff are heard again")
    town.close(channel)
    folder = town.data / town.until_closed()["archive_path"]
    archived = json.loads((folder / "transcript.json").read_text(encoding="utf-8"))["messages"]
    assert [one["content"] for one in archived if one["content"].startswith("Line ")] == wanted


def test_a_question_asked_while_the_bot_was_down(town: Town) -> None:
    """P9: a short absence is made good by an answer, a long one by a person."""
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    town.kill_bot()
    town.say("alice", channel, QUESTION)
    town.run_bot()
    town.until_answered(channel)
    town.until_idle()
    town.kill_bot()
    town.say("alice", channel, SECOND)
    town.control.clock(2 * 3600, wait_s=0)
    town.run_bot()
    town.wait_until(town.review_items, "the late question goes to staff")
    town.until_idle()
    assert len(town.answers(channel)) == 1
    assert any("Sorry for the wait" in one["content"] for one in town.by_bot(channel))


def test_killed_before_it_was_caught_up(town: Town) -> None:
    """P9: a live message came before the missed one was fetched, and the bot died: none is lost."""
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    town.kill_bot()
    town.say("alice", channel, "Missed")
    slowly = {"times": 2, "delay_ms": 30_000}
    town.control.faults("GET", f"/channels/{channel}/messages", **slowly, wait_s=0)
    seen = len(town.requests())
    town.launch()
    path = f"/channels/{channel}/messages"
    town.wait_until(lambda: town.matching("GET", path, seen), "the bot reads what it missed")
    town.say("alice", channel, "Live")
    town.wait_until(lambda: "Live" in _stored(town), "the live message is stored")
    assert "Missed" not in _stored(town)
    town.control.clear_faults(wait_s=0)
    town.restart_bot()
    town.wait_until(lambda: _stored(town) == ["Missed", "Live"], "both are stored, in order")


@pytest.mark.parametrize("taken_back", [False, True], ids=["edited", "deleted"])
def test_a_question_changed_while_the_bot_was_down(build_town: BuildTown, taken_back: bool) -> None:
    """A3, P18: what was edited is answered as it stands, what was deleted not at all."""
    town = build_town()
    bot = town.run_bot(crash_at="reply.decided")
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    question = town.say("alice", channel, QUESTION)
    bot.wait()
    if taken_back:
        town.control.delete("alice", question["id"], wait_s=0)
    else:
        town.control.edit("alice", question["id"], SECOND, wait_s=0)
    town.run_bot()
    town.until_idle()
    if taken_back:
        town.wait_until(lambda: town.count("FROM message WHERE deleted_at IS NOT NULL"), "known")
        town.until_idle()
        assert not town.answers(channel)
        assert not town.review_items()
    else:
        [answer] = town.until_answered(channel)
        assert "two-factor" in answer["content"]


def test_a_question_in_a_channel_that_the_bot_does_not_know_yet(build_town: BuildTown) -> None:
    """P9, P1: the bot died between making the channel and noting it; the customer wrote there."""
    town = build_town()
    bot = town.run_bot(crash_at="open_channel.sent")
    town.control.click("alice", "ogma:open:quick", wait_s=0)
    bot.wait()
    [place] = town.ticket_channels()
    town.say("alice", place["id"], QUESTION)
    town.run_bot()
    [answer] = town.until_answered(place["id"])
    assert ANSWER in answer["content"]


def test_staff_replied_while_the_bot_was_down(town: Town) -> None:
    """P9, A2: a question that staff have answered meanwhile is not answered again."""
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    town.kill_bot()
    town.say("alice", channel, QUESTION)
    town.say("sam", channel, "On the login page, Alice.")
    town.run_bot()
    town.wait_until(lambda: town.ticket()["last_staff_at"], "the reply is known")
    town.until_idle()
    assert not town.answers(channel)
    assert not town.review_items()


def test_several_tickets_are_caught_up(town: Town) -> None:
    """P9: many tickets, each with its own missed question, each answered in its own channel."""
    people = ["alice", "bob", "carol"]
    channels = {who: town.open_ticket(who, "quick") for who in people}
    town.until_idle()
    town.kill_bot()
    for who, channel in channels.items():
        town.say(who, channel, QUESTION)
    town.run_bot()
    for channel in channels.values():
        town.until_answered(channel)
    town.until_idle()
    assert all(len(town.answers(channel)) == 1 for channel in channels.values())

"""What people do behind the bot's back, while it listens and while it does not."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

from tests.e2e.town import ANSWER, QUESTION, UNANSWERABLE, Town, buttons

AWAY = pytest.mark.parametrize("away", [False, True], ids=["listening", "away"])


@AWAY
def test_a_channel_deleted_by_hand(town: Town, away: bool) -> None:
    """P16, C6: closed as 'channel deleted', archived from what is stored, the slot free again."""
    channel = town.open_ticket("alice")
    town.until_answered(channel)
    town.until_idle()
    if away:
        town.kill_bot()
    town.control.admin("delete_channel", channel=channel, wait_s=0)
    if away:
        town.run_bot()
    ticket = town.until_closed()
    assert ticket["close_cause"] == "channel_deleted"
    text = (town.data / ticket["archive_path"] / "transcript.html").read_text(encoding="utf-8")
    assert "Forgot password" in text
    assert len(town.by_bot("ticket-transcripts")) == 1
    assert town.open_ticket("alice") != channel


def test_a_channel_deleted_while_it_is_closing(town: Town) -> None:
    """P16: somebody is faster than the bot; the close ends all the same."""
    channel = town.open_ticket("alice")
    town.until_idle()
    fault = {"times": 1, "status": 500, "delay_ms": 2_000}
    town.control.faults("DELETE", f"/channels/{channel}", **fault, wait_s=0)
    town.close(channel)
    town.wait_until(lambda: town.ticket()["archived_at"], "the archive is there")
    town.control.admin("delete_channel", channel=channel, wait_s=0)
    ticket = town.until_closed()
    assert ticket["close_cause"] == "command"
    assert not town.notices()


def test_a_channel_deleted_before_the_bot_knows_of_it(town: Town) -> None:
    """P16: gone before Discord's answer to its creation is here; the member is not locked out."""
    slowly = {"times": 1, "delay_ms": 2_000, "after_effect": True}
    town.control.faults("POST", "/guilds/*/channels", **slowly, wait_s=0)
    town.control.click("alice", "ogma:open:quick", wait_s=0)
    [place] = town.wait_until(town.ticket_channels, "the channel is there")
    town.control.admin("delete_channel", channel=place["id"], wait_s=0)
    ticket = town.until_closed()
    assert ticket["close_cause"] == "channel_deleted"
    assert not town.notices(), "nobody need be told"
    assert town.open_ticket("alice", "quick") != place["id"]


@pytest.mark.parametrize("greeted", [True, False], ids=["greeted", "greeting-refused"])
def test_words_written_before_the_bot_knows_of_the_channel(town: Town, greeted: bool) -> None:
    """P1, P9: they are stored and answered, also where Discord refuses the greeting."""
    slowly = {"times": 1, "delay_ms": 2_000, "after_effect": True, "status": 502}
    town.control.faults("POST", "/guilds/*/channels", **slowly, wait_s=0)
    if not greeted:
        refused = {"times": 1, "status": 403, "code": 50013}
        town.control.faults("POST", "/channels/*/messages", **refused, wait_s=0)
    town.control.click("alice", "ogma:open:quick", wait_s=0)
    [place] = town.wait_until(town.ticket_channels, "the channel is there")
    said = town.say("alice", place["id"], QUESTION)
    assert town.ticket()["channel_id"] is None
    [answer] = town.until_answered(place["id"])
    assert ANSWER in answer["content"]
    assert town.count("FROM message WHERE id = ?", said["id"]) == 1


def test_a_channel_deleted_before_its_greeting(town: Town) -> None:
    """P16: gone between its creation and its greeting."""
    busy = {"times": 1, "status": 503, "delay_ms": 1_500}
    town.control.faults("POST", "/channels/*/messages", **busy, wait_s=0)
    town.control.click("alice", "ogma:open:quick", wait_s=0)
    channel = town.wait_until(lambda: town.channel_of("alice", "quick"), "the channel is there")
    town.control.admin("delete_channel", channel=channel, wait_s=0)
    town.until_closed()
    assert town.open_ticket("alice", "quick") != channel


@AWAY
def test_a_panel_deleted_by_hand(town: Town, away: bool) -> None:
    """O1: posted again after a restart, in the end exactly one."""
    [panel] = town.by_bot("open-a-ticket")
    if away:
        town.kill_bot()
    town.control.admin("delete_message", message=panel["id"], wait_s=0)
    if not away:
        town.kill_bot()
    town.run_bot()
    [again] = town.by_bot("open-a-ticket")
    assert again["id"] != panel["id"]
    town.open_ticket("alice")


def test_a_panel_follows_the_config(town: Town) -> None:
    """O1: other types after a restart: the same message, edited."""
    [panel] = town.by_bot("open-a-ticket")
    town.kill_bot()
    town.configure({"more_types": [{"id": "wishes", "label": "Wishes", "intake": "none"}]})
    town.run_bot()
    [edited] = town.by_bot("open-a-ticket")
    assert edited["id"] == panel["id"]
    assert buttons(edited) == ["ogma:open:general", "ogma:open:billing", "ogma:open:wishes"]
    assert town.open_ticket("alice", "wishes")


def test_a_panel_for_many_types_is_a_dropdown(town: Town) -> None:
    """O1: five types and more are one dropdown; it opens tickets too."""
    more = [{"id": f"t{n}", "label": f"Topic {n}", "intake": "none"} for n in range(5)]
    town.kill_bot()
    town.configure({"more_types": more})
    town.run_bot()
    [panel] = town.by_bot("open-a-ticket")
    [menu] = buttons(panel)
    town.control.select("alice", menu, ["t3"], panel["id"])
    town.wait_until(lambda: town.channel_of("alice", "t3"), "the ticket is open")


def test_old_buttons_after_three_restarts(town: Town) -> None:
    """P10, O1, C1, C3: panel, answer, review item, close request and rating work for ever."""
    channel = town.open_ticket("alice")
    [answer] = town.until_answered(channel)
    town.command("sam", channel, "close-request")
    town.close(town.open_ticket("bob", "quick"))
    town.until_closed(2)
    [asked] = town.dm("bob")
    for _ in range(3):
        town.restart_bot()
    assert len(town.by_bot("open-a-ticket")) == 1
    assert "Thank you" in town.click("alice", "ogma:helpful:*", answer["id"]).text
    greeting = town.by_bot(channel)[0]
    town.click("alice", "ogma:human:*", greeting["id"])
    [item] = town.wait_until(town.review_items, "staff are asked")
    town.restart_bot()
    assert "claimed" in town.click("sam", "ogma:claim:*", item["id"]).text
    town.click("bob", "ogma:csat_helpful:*", asked["id"])
    assert town.ticket(2)["csat"] == "helpful"
    assert "being closed" in town.click("alice", "ogma:confirm_close:*").text
    town.until_closed(1)
    assert town.open_ticket("bob")


def test_a_review_item_deleted_by_hand(town: Town) -> None:
    """P17: staff get a new one when it changes."""
    channel = town.open_ticket("alice")
    town.until_idle()
    town.click("alice", "ogma:human:*")
    [item] = town.wait_until(town.review_items, "staff are asked")
    town.until_idle()
    town.control.admin("delete_message", message=item["id"], wait_s=0)
    town.say("sam", channel, "Here I am.")
    [again] = town.wait_until(town.review_items, "there is a new item")
    assert again["id"] != item["id"]


@pytest.mark.parametrize("over", [False, True], ids=["open", "closed"])
def test_what_people_write_in_a_channel_that_was_made_twice(town: Town, over: bool) -> None:
    """P1, P9: a create that outlived its bot made a second channel: its words are the ticket's."""
    channel = town.open_ticket("alice")
    town.until_idle()
    if over:
        town.close(channel)
        town.until_closed()
    town.kill_bot()
    [place] = town.ticket_channels(deleted=over)
    twin = _made_again(town, place)
    said = town.say("alice", twin, UNANSWERABLE)["id"]
    town.run_bot()
    town.wait_until(lambda: not town.ticket_channels(deleted=False)[1 - over :], "it is gone")
    [row] = town.sql("SELECT ticket_id, content FROM message WHERE id = ?", said)
    assert row == {"ticket_id": 1, "content": UNANSWERABLE}
    if over:
        town.wait_until(lambda: "second channel" in " ".join(town.notices()), "staff are told")
    else:
        town.wait_until(town.review_items, "nobody is forgotten: staff are asked")


def _made_again(town: Town, place: dict[str, Any]) -> str:
    """The same request once more, as Discord gets it from a bot that is dead by then."""
    ready = town.server.ready
    request = urllib.request.Request(
        f"{ready['api']}/guilds/{ready['guild']}/channels",
        json.dumps({"name": place["name"], "type": 0, "topic": place["topic"]}).encode(),
        {"Authorization": f"Bot {ready['token']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return str(json.load(answer)["id"])


@AWAY
@pytest.mark.parametrize("how", ["kick", "ban"])
def test_a_customer_who_has_left(town: Town, how: str, away: bool) -> None:
    """C6, P19: closed as 'customer left' with its transcript; nobody else's ticket is."""
    channel = town.open_ticket("alice")
    other = town.open_ticket("bob", "quick")
    town.until_answered(channel)
    town.until_idle()
    if away:
        town.kill_bot()
    town.control.admin(how, member="alice", wait_s=0)
    if away:
        town.run_bot()
    assert town.until_closed()["close_cause"] == "customer_left"
    town.until_idle()
    assert len(town.by_bot("ticket-transcripts")) == 1
    assert [place["id"] for place in town.ticket_channels()] == [other]
    assert town.ticket(2)["state"] == "open"


@AWAY
def test_staff_who_lose_their_role(town: Town, away: bool) -> None:
    """Q1, O5: they see the ticket no more, and what they had claimed is free again."""
    channel = town.open_ticket("alice")
    town.until_idle()
    town.click("alice", "ogma:human:*")
    town.until_idle()
    town.command("sam", channel, "claim")
    assert town.ticket()["claimed_by_name"] == "sam"
    town.until_idle()
    if away:
        town.kill_bot()
    town.control.admin("take_role", member="sam", role="Support", wait_s=0)
    if away:
        town.run_bot()
    town.wait_until(lambda: town.ticket()["claimed_by"] is None, "it is free again")
    town.until_idle()
    assert channel not in {one["id"] for one in town.control.visible("sam")}
    town.click("sue", "ogma:claim:*")
    assert town.ticket()["claimed_by_name"] == "sue"


def test_q3_an_added_member_asks_as_the_customer_does(town: Town) -> None:
    """Q3, A1: what an added member writes is a customer's message; staff need not be added."""
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    ids = {one["name"]: one["id"] for one in town.state()["members"]}
    town.command("mia", channel, "add", member=ids["bob"])
    town.until_idle()
    told = town.command("mia", channel, "add", member=ids["sam"])
    assert told.text.endswith("can see this ticket already.")
    town.say("bob", channel, QUESTION)
    town.until_answered(channel)
    sides = town.sql("SELECT author_name, side FROM message WHERE author_name <> 'Ogma'")
    assert sides == [{"author_name": "bob", "side": "customer"}]

"""One ticket's whole life over the wire, each fact by itself."""

from __future__ import annotations

import json

import pytest

from tests.e2e.conftest import BuildTown, Library
from tests.e2e.permissions import SEND_MESSAGES, effective, viewers
from tests.e2e.town import ANSWER, UNANSWERABLE, Town, buttons, embeds_text

SECOND = "How do I turn on two-factor sign-in?"
THIRD = "How do I cancel an order?"
MANAGERS = {"mia", "omar"}


def test_whole_life(build_town: BuildTown, best_library: Library) -> None:
    """O1, O5, O8, A1, A4, E1, E2, C2, C3: from the panel to the rating; nothing is left."""
    town = build_town(best_library)
    town.run_bot()
    channel = town.open_ticket("alice")
    [answer] = town.until_answered(channel)
    assert ANSWER in answer["content"]
    assert "Accounts › Resetting your password" in embeds_text(answer)

    town.say("alice", channel, UNANSWERABLE)
    [item] = town.wait_until(town.review_items, "the question is handed over")
    assert UNANSWERABLE in embeds_text(item)

    town.say("sam", channel, "Hello Alice, about 11 metres a second.")
    town.wait_until(lambda: not town.ticket()["escalated_at"], "the reply has been seen")
    told = town.close(channel)
    assert "closing this ticket" in told.text
    ticket = town.until_closed()
    assert (ticket["close_reason"], ticket["close_cause"]) == ("resolved", "command")
    assert not town.ticket_channels()
    assert len(town.ticket_channels(deleted=True)) == 1

    [card] = town.by_bot("ticket-transcripts")
    endings = [file["filename"].rpartition(".")[2] for file in card["attachments"]]
    assert endings == ["html", "json"]
    [question] = town.dm("alice")
    town.click("alice", "ogma:csat_helpful:*", question["id"])
    assert town.ticket()["csat"] == "helpful"
    assert not buttons(town.dm("alice")[0])
    assert town.open_ticket("alice") != channel, "the slot is free again"


@pytest.mark.parametrize(
    ("kind", "staff"), [("general", {"sam", "sue"}), ("billing", {"sam", "sue", "bill"})]
)
def test_who_sees_a_ticket(town: Town, kind: str, staff: set[str]) -> None:
    """O5: exactly the customer, the staff of the type, management and the bot."""
    channel = town.open_ticket("alice", kind)
    state = town.state()
    [place] = town.ticket_channels()
    assert viewers(state, place) == {"alice", *staff, *MANAGERS, "Ogma"}
    everybody = [member["name"] for member in state["members"]]
    by_discord = {
        name
        for name in everybody
        if channel in [seen["id"] for seen in town.control.visible(name, wait_s=0)]
    }
    assert by_discord == viewers(state, place)
    [created] = town.matching("POST", r"/guilds/\d+/channels")
    assert created["body"]["permission_overwrites"], "private from its first moment"
    [category] = [one for one in state["channels"] if one["id"] == place["parent"]]
    assert category["name"] == f"{kind.title()} Tickets"


def test_greeting(town: Town) -> None:
    """O4, O8: it greets, repeats the intake, offers a person, and is pinned once."""
    channel = town.open_ticket("alice", subject="Broken lamp", description="It flickers.")
    town.until_idle()
    greeting = town.by_bot(channel)[0]
    assert greeting["pinned"]
    text = embeds_text(greeting)
    assert "<@" in text
    assert "Broken lamp" in text
    assert "It flickers." in text
    assert buttons(greeting, "ogma:human:")
    ticket = town.ticket()
    assert (ticket["subject"], ticket["description"]) == ("Broken lamp", "It flickers.")
    assert len(town.matching("PUT", r"/channels/\d+/(messages/)?pins/\d+")) == 1


def test_one_review_item_grows(town: Town) -> None:
    """E1, E2: one item per escalation, the configured role pinged and nobody else."""
    channel = town.open_ticket("alice", "quick")
    town.say("alice", channel, UNANSWERABLE)
    [item] = town.wait_until(town.review_items, "the question is handed over")
    support = next(one["id"] for one in town.state()["roles"] if one["name"] == "Support")
    assert item["pings"] == {"everyone": False, "users": [], "roles": [support]}
    assert "does not answer the question" in embeds_text(item)

    told = town.click("alice", "ogma:human:*")
    assert told.ephemeral
    town.wait_until(
        lambda: "asked for a person" in embeds_text(town.review_items()[0]), "the item has grown"
    )
    town.until_idle()
    assert len(town.review_items()) == 1
    again = town.click("alice", "ogma:human:*")
    assert "already" in again.text
    town.until_idle()
    assert len(town.review_items()) == 1

    town.say("sam", channel, "I am on it.")
    town.wait_until(
        lambda: "has been answered" in embeds_text(town.review_items()[0]), "staff have replied"
    )
    town.click("alice", "ogma:human:*")
    town.wait_until(lambda: len(town.review_items()) == 2, "a later escalation has its own item")


def test_silence_after_a_staff_message(town: Town) -> None:
    """A2: nothing within 30 minutes of a staff message, not even later; an answer after them."""
    channel = town.open_ticket("alice")
    town.until_answered(channel)
    town.say("sam", channel, "Hello Alice, I am Sam.")
    town.wait_until(lambda: town.ticket()["last_staff_at"], "the message is stored")
    spoken = len(town.by_bot(channel))

    town.advance(29 * 60)
    town.say("alice", channel, SECOND)
    town.wait_until(
        lambda: town.count("FROM message WHERE content = ? AND ai LIKE 'silent:%'", SECOND),
        "the question is left to staff",
    )
    assert len(town.by_bot(channel)) == spoken
    town.advance(61)
    town.say("alice", channel, THIRD)
    town.until_answered(channel, 2)
    town.until_idle()
    answers = town.answers(channel)
    assert "until it is packed" in answers[1]["content"]
    assert len(answers) == 2, "what was written during the silence is never answered later"


def test_claims_and_the_buttons_of_an_item(town: Town) -> None:
    """Q1, E2: staff only, one holder at a time; hand back and out of scope close nothing."""
    channel = town.open_ticket("alice", "quick")
    town.say("alice", channel, UNANSWERABLE)
    [item] = town.wait_until(town.review_items, "the question is handed over")
    assert "claimed" in town.click("sam", "ogma:claim:*", item["id"]).text
    assert town.ticket()["claimed_by_name"] == "sam"
    assert "sam" in town.command("sue", channel, "claim").text
    assert "sam" in town.command("sue", channel, "unclaim").text
    assert town.ticket()["claimed_by_name"] == "sam"
    assert "staff" in town.command("alice", channel, "claim").text
    assert "released" in town.command("sam", channel, "unclaim").text
    assert town.ticket()["claimed_by_name"] is None
    assert "looking after" in town.command("sue", channel, "claim").text
    assert "released" in town.command("mia", channel, "unclaim").text, "management may"

    town.click("sam", "ogma:out_of_scope:*", item["id"])
    town.wait_until(
        lambda: "Out of scope" in embeds_text(town.review_items()[0]), "the item says so"
    )
    assert town.ticket()["state"] == "open"
    assert "answers in ticket 1 again" in town.click("sam", "ogma:hand_back:*", item["id"]).text
    assert town.ticket()["escalated_at"] is None
    town.say("alice", channel, SECOND)
    town.until_answered(channel)
    town.until_idle()
    assert len(town.review_items()) == 1


def test_a_stranger_presses_a_staff_button(town: Town) -> None:
    """E2: an item that leaks into view gives nobody staff's powers."""
    channel = town.open_ticket("alice", "quick")
    town.say("alice", channel, UNANSWERABLE)
    [item] = town.wait_until(town.review_items, "the question is handed over")
    view = {"channel": "staff-review", "allow": ["view_channel", "read_message_history"]}
    town.control.admin("set_overwrite", member="stan", **view, wait_s=0)
    for button in ("claim", "hand_back", "out_of_scope"):
        told = town.click("stan", f"ogma:{button}:*", item["id"])
        assert "staff" in told.text, button
    ticket = town.ticket()
    assert ticket["claimed_by"] is None
    assert ticket["escalated_at"] is not None


def test_close_is_for_those_who_manage_channels(town: Town) -> None:
    """C1: refused to staff by role alone and to the customer; six reasons; a note of 500."""
    channel = town.open_ticket("alice")
    town.until_idle()
    for who in ("sam", "alice"):
        told = town.close(channel, who)
        assert "Manage Channels" in told.text
        assert told.ephemeral
    assert town.ticket()["state"] == "open"
    elsewhere = town.close("general")
    assert "only inside a ticket" in elsewhere.text
    assert elsewhere.ephemeral

    [registered] = [
        command
        for one in town.requests()
        if one["method"] == "PUT" and one["path"].endswith("/commands")
        for command in one["body"]
        if command["name"] == "close"
    ]
    options = {one["name"]: one for one in registered["options"]}
    reasons = [choice["value"] for choice in options["reason"]["choices"]]
    assert reasons == ["resolved", "duplicate", "unresponsive", "out_of_scope", "spam", "other"]
    assert options["note"]["max_length"] == 500
    assert options["reason"]["required"]
    assert not options["note"].get("required")


def test_what_a_close_leaves_in_which_order(town: Town) -> None:
    """C2, P2: locked, then archived on disk; only then the DELETE is sent, and a card posted."""
    channel = town.open_ticket("alice")
    town.until_answered(channel)
    town.say("alice", channel, "Thank you, this is the last word.")
    town.wait_until(lambda: town.count("FROM message WHERE content LIKE '%last word%'"), "stored")
    town.until_idle()
    town.control.faults("DELETE", f"/channels/{channel}", times=1, delay_ms=5_000, wait_s=0)
    town.command("mia", channel, "close", reason="duplicate", note="see ticket 7")
    [gone] = town.wait_until(lambda: town.matching("DELETE", f"/channels/{channel}"), "deleted")
    assert gone["status"] is None, "the deletion is on its way and has not happened"
    archives = list(town.data.glob("transcripts/*/transcript.json"))
    assert len(archives) == 1, "the archive is on disk at that moment"
    archived = json.loads(archives[0].read_text("utf-8"))
    said = [one["content"] for one in archived["messages"]]
    assert "pinned" in [one["kind"] for one in archived["events"]], "Discord's own line is an event"
    assert "Thank you, this is the last word." in said
    assert any(ANSWER in one for one in said)

    ticket = town.until_closed()
    assert (ticket["close_reason"], ticket["close_note"]) == ("duplicate", "see ticket 7")
    assert ticket["closed_by_name"] == "mia"
    [lock] = town.matching("PATCH", f"/channels/{channel}")
    *_, history = town.matching("GET", f"/channels/{channel}/messages")
    assert lock["n"] < history["n"] < gone["n"]
    assert len(town.by_bot("ticket-transcripts")) == 1


def test_nobody_writes_while_a_ticket_is_closing(town: Town) -> None:
    """C2: what is said after the archive would be lost, so the channel is locked first."""
    channel = town.open_ticket("alice")
    town.until_idle()
    town.control.faults("DELETE", f"/channels/{channel}", times=1, delay_ms=60_000, wait_s=0)
    town.close(channel)
    town.wait_until(lambda: town.ticket()["archived_at"], "the archive is there")
    state = town.state()
    [place] = town.ticket_channels()
    writers = {
        member["name"]
        for member in state["members"]
        if effective(state, member["name"], place) & SEND_MESSAGES
    }
    assert writers == {"Ogma", "omar"}, "nobody can lock out the server's owner"
    assert viewers(state, place) == {"alice", "sam", "sue", "mia", "omar", "Ogma"}


def test_rating(town: Town) -> None:
    """C3: three buttons; only the customer, only once; a comment for a bad one."""
    channel = town.open_ticket("alice")
    town.close(channel)
    town.until_closed()
    [question] = town.dm("alice")
    assert [one.split(":")[1] for one in buttons(question)] == [
        "csat_helpful",
        "csat_unhelpful",
        "csat_skip",
    ]
    told = town.click("alice", "ogma:csat_unhelpful:*", question["id"])
    assert "Not helpful" in told.text
    assert town.ticket()["csat"] == "unhelpful"
    form = town.click("alice", "ogma:csat_comment:*", question["id"]).modal
    assert form is not None
    town.submit("alice", form["interaction"], {"comment": "It was too slow."})
    assert town.ticket()["csat_comment"] == "It was too slow."
    town.wait_until(lambda: not buttons(town.dm("alice")[0]), "it cannot be given twice")


def test_a_rating_counts_once(town: Town) -> None:
    """C3: a second click, made before the buttons are gone, changes nothing."""
    channel = town.open_ticket("alice")
    town.close(channel)
    town.until_closed()
    [question] = town.dm("alice")
    slowly = {"times": 1, "delay_ms": 3_000, "wait_s": 0}
    town.control.faults("PATCH", "/webhooks/*/*/messages/@original", **slowly)
    town.control.click("alice", "ogma:csat_helpful:1", question["id"], wait_s=0)
    town.wait_until(lambda: town.ticket()["csat"], "the rating is stored")
    told = town.click("alice", "ogma:csat_unhelpful:1", question["id"])
    assert "Helpful" in told.text
    assert town.ticket()["csat"] == "helpful"
    assert town.count("FROM event WHERE kind = 'rated'") == 1
    town.wait_until(lambda: not buttons(town.dm("alice")[0]), "it cannot be given again")


def test_closed_dms(town: Town) -> None:
    """C3, P20: a customer who takes no DMs is recorded, and nothing else is different."""
    town.control.admin("close_dms", member="alice", wait_s=0)
    channel = town.open_ticket("alice")
    town.close(channel)
    ticket = town.until_closed()
    assert ticket["csat"] == "undelivered"
    assert len(town.by_bot("ticket-transcripts")) == 1
    assert not town.notices(), "nobody need be told"

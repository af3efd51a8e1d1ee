"""Who gets no ticket, over the wire, and that each is a sentence with the way out (O3, O6)."""

from __future__ import annotations

import re

from tests.e2e.conftest import BuildTown
from tests.e2e.town import Town


def refused(town: Town, who: str, kind: str = "quick") -> str:
    """What this member is told for a click on the panel that gets no ticket."""
    before = town.count("FROM ticket")
    told = town.click(who, f"ogma:open:{kind}")
    assert told.ephemeral
    assert told.modal is None, "refused before the form"
    assert town.count("FROM ticket") == before
    return told.text


def test_o3_the_block_list(town: Town) -> None:
    """O3: /block by management only; the blocked member's open ticket goes on."""
    channel = town.open_ticket("alice", "quick")
    [alice] = [one["id"] for one in town.state()["members"] if one["name"] == "alice"]
    for nobody in ("bob", "sam"):
        told = town.command(nobody, "general", "block", member=alice)
        assert told.text == "Only management may do that."
    told = town.command("mia", "general", "block", member=alice, reason="spam", days=3)  # type: ignore[arg-type]
    assert told.ephemeral
    assert "alice can open no more tickets until <t:" in told.text
    assert "You cannot open tickets on this server until <t:" in refused(town, "alice", "general")
    town.say("alice", channel, "I am still here")
    town.wait_until(lambda: town.count("FROM message WHERE content = 'I am still here'"), "stored")

    listed = town.ogma("block", "list")
    assert (listed.returncode, "spam" in listed.stdout) == (0, True)
    assert town.ogma("block", "remove", "alice").returncode == 0
    assert "was not blocked" in town.command("mia", "general", "unblock", member=alice).text
    assert town.open_ticket("alice", "billing")


def test_o3_a_block_from_the_shell_counts_at_once(town: Town) -> None:
    """O3: `ogma block` beside the running bot."""
    [bob] = [one["id"] for one in town.state()["members"] if one["name"] == "bob"]
    assert town.ogma("block", bob).returncode == 0
    assert "please ask a member of the team" in refused(town, "bob")
    assert (
        "bob can open tickets again." in town.command("mia", "general", "unblock", member=bob).text
    )
    assert town.open_ticket("bob", "quick")


def test_o3_openings_in_a_time_window(build_town: BuildTown) -> None:
    """O3: two a day, of whatever types, closed ones included."""
    town = build_town(limits={"openings": 2, "openings_hours": 24})
    town.run_bot()
    channel = town.open_ticket("alice", "quick")
    town.close(channel)
    town.until_closed()
    town.open_ticket("alice", "quick")
    told = refused(town, "alice", "billing")
    assert re.fullmatch(r"You have opened many tickets lately\. .* from <t:\d+:F>\.", told)
    assert town.open_ticket("bob", "quick")
    town.advance(24 * 3600 + 60)
    assert town.open_ticket("alice", "billing")


def test_o3_a_newcomer(build_town: BuildTown) -> None:
    """O3: account and membership too young, as Discord itself tells them."""
    town = build_town(limits={"member_days": 2})
    town.run_bot()
    town.control.admin("add_member", name="nina", wait_s=0)
    assert "have not been on this server for long enough" in refused(town, "nina")
    town.advance(2 * 24 * 3600 + 60)
    assert town.open_ticket("nina", "quick")


def test_o3_a_new_account(build_town: BuildTown) -> None:
    """O3: the account's age is in its id."""
    town = build_town(limits={"account_days": 2})
    town.run_bot()
    town.control.admin("add_member", name="nina", wait_s=0)
    assert "Your Discord account is too new" in refused(town, "nina")
    town.advance(2 * 24 * 3600 + 60)
    assert town.open_ticket("nina", "quick")


def test_o6_a_crowded_and_a_full_server(town: Town) -> None:
    """O6, O3: staff are warned once at 450 channels; at 500 nothing can be opened."""
    there = len(town.state()["channels"])
    town.control.admin("create_channel", name="filler", count=449 - there, wait_s=0)
    town.open_ticket("alice", "quick")
    [notice] = town.wait_until(town.notices, "staff are warned")
    assert "450 of 500 channels" in notice
    channels = len(town.state()["channels"])
    town.control.admin("create_channel", name="more", count=500 - channels, wait_s=0)
    said = town.wait_until(
        lambda: text if "no room" in (text := town.click("bob", "ogma:open:quick").text) else "",
        "the bot knows that the server is full",
    )
    assert said.endswith("Please tell a member of the team.")
    assert town.count("FROM ticket") == 1
    town.until_idle()
    assert len(town.notices()) == 1

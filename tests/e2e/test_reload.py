"""S5, P37, P38: the running bot follows its config; what is wrong in it changes nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import pytest
import tomlkit

from tests.e2e.permissions import viewers
from tests.e2e.town import Town, embeds_text

BuildTown = Callable[..., Town]


def edit(town: Town, change: Callable[[Any], None]) -> str:
    """Change the config as an editor does; gives the text before."""
    before = town.config.read_text(encoding="utf-8")
    document = tomlkit.parse(before)
    change(document)
    town.config.write_text(tomlkit.dumps(document), encoding="utf-8")
    return before


def panel_buttons(town: Town) -> list[str]:
    """What the panel's buttons say."""
    [message] = town.by_bot("open-a-ticket")
    return [part["label"] for row in message["components"] for part in row["components"]]


def role(town: Town, name: str) -> str:
    """A role's id."""
    found: str = next(one["id"] for one in town.state()["roles"] if one["name"] == name)
    return found


def test_texts_and_the_panel_follow(town: Town) -> None:
    """S5, O1: another label, another language, own words; the same panel message."""
    [before] = town.by_bot("open-a-ticket")
    assert panel_buttons(town) == ["General support", "Billing", "Quick question"]

    def change(document: Any) -> None:
        document["language"] = "de"
        document["types"][0]["label"] = "Allgemeines"
        document["types"][1]["enabled"] = False
        document["texts"] = {"refused.disabled": "Nein, {type} gibt es gerade nicht."}

    edit(town, change)
    town.wait_until(
        lambda: panel_buttons(town) == ["Allgemeines", "Quick question"], "the panel has changed"
    )
    assert [one["id"] for one in town.by_bot("open-a-ticket")] == [before["id"]]
    told = town.click("alice", "ogma:open:quick")
    assert "Ticket" in told.text and "bereit" in told.text
    commands = town.wait_until(
        lambda: town.matching("PUT", r"/applications/\d+/guilds/\d+/commands")[1:],
        "the commands are told again",
    )
    words = {one["name"]: one["description"] for one in commands[-1]["body"]}
    assert words["claim"] == "Um dieses Ticket kümmern"


def test_the_panel_moves_with_its_channel(town: Town) -> None:
    """O1: never in two channels."""
    general = next(one["id"] for one in town.state()["channels"] if one["name"] == "general")
    edit(town, lambda document: document["channels"].update(panel=general))
    town.wait_until(
        lambda: town.by_bot("general") and not town.by_bot("open-a-ticket"), "the panel has moved"
    )


def test_a_bad_edit_is_told_once_and_changes_nothing(town: Town) -> None:
    """S5, P37: file, key and line to log and staff, once; then that it is good again."""

    def change(document: Any) -> None:
        document["ai"]["engine"] = "magic"
        document["types"][0]["label"] = "Never seen"

    good = edit(town, change)
    town.wait_until(lambda: any("magic" in one for one in town.notices()), "staff are told")
    [notice] = town.notices()
    assert "config.toml, line " in notice
    assert 'ai.engine is "magic"; allowed is one of' in notice.replace("\\", "")
    assert str(town.config) not in notice
    for _ in range(5):  # saved again, unchanged
        os.utime(town.config)
        town.config.write_bytes(town.config.read_bytes())
        time.sleep(0.5)
    assert panel_buttons(town)[0] == "General support"
    assert town.bot.output().count("ai.engine is") == 1
    town.config.write_text(good, encoding="utf-8")
    town.wait_until(lambda: len(town.notices()) == 2, "staff are told that it is good")
    assert "right again" in town.notices()[1]
    assert town.bot.exit_code is None


def test_changed_staff_roles_reach_open_channels(town: Town) -> None:
    """S5: those who are staff now see the ticket, those who were do not; locked ones wait."""
    town.open_ticket("alice", "general")
    town.open_ticket("bob", "billing")
    town.command("mia", str(town.channel_of("bob", "billing")), "lockdown")
    town.until_idle()

    def seen_by(who: str, kind: str) -> set[str]:
        channel = town.channel_of(who, kind)
        state = town.state()
        return viewers(state, next(one for one in state["channels"] if one["id"] == channel))

    assert {"sam", "sue", "mia"} <= seen_by("alice", "general")
    assert "bill" not in seen_by("alice", "general")
    assert not {"sam", "bill"} & seen_by("bob", "billing")
    billing = role(town, "Billing")
    edit(town, lambda document: document["roles"].update(staff=[billing]))
    town.wait_until(lambda: "bill" in seen_by("alice", "general"), "billing staff see it")
    town.until_idle()
    assert not {"sam", "sue"} & seen_by("alice", "general")
    assert {"alice", "mia", "Ogma"} <= seen_by("alice", "general")
    assert not {"sam", "bill"} & seen_by("bob", "billing")
    town.command("mia", str(town.channel_of("bob", "billing")), "unlock")
    town.wait_until(lambda: "bill" in seen_by("bob", "billing"), "the lockdown is over")
    assert "sam" not in seen_by("bob", "billing")


def test_roles_changed_while_the_bot_was_away(town: Town) -> None:
    """S5: an edit without a running bot has the same effect at its start."""
    town.open_ticket("alice", "general")
    town.stop_bot()
    billing = role(town, "Billing")
    edit(town, lambda document: document["roles"].update(staff=[billing]))
    town.run_bot()

    def seen() -> set[str]:
        channel = town.channel_of("alice")
        state = town.state()
        return viewers(state, next(one for one in state["channels"] if one["id"] == channel))

    town.wait_until(lambda: "bill" in seen() and "sam" not in seen(), "the roles are changed")


def test_a_removed_type_keeps_its_open_tickets(town: Town) -> None:
    """S5: it counts as disabled: no new ticket, the old one goes on with its staff and label."""
    channel = town.open_ticket("alice", "billing")
    town.until_idle()
    edit(town, lambda document: document["types"].pop(1))
    town.wait_until(lambda: len(panel_buttons(town)) == 2, "the panel has changed")
    town.command("bill", channel, "claim")
    town.wait_until(lambda: town.ticket()["claimed_by"], "its staff can claim it")
    town.click("alice", "ogma:human:1")
    item = town.wait_until(town.review_items, "the review item")[0]
    assert "Billing" in embeds_text(item)
    town.restart_bot()
    town.command("bill", channel, "unclaim")
    town.wait_until(lambda: not town.ticket()["claimed_by"], "its staff are staff after a restart")
    town.close(channel)
    town.until_closed()
    [transcript] = town.by_bot("ticket-transcripts")
    assert "Billing" in embeds_text(transcript)


@pytest.mark.parametrize("key", ["guild", "members_intent"])
def test_what_needs_a_restart_says_so_once(town: Town, key: str) -> None:
    """S5: with another server nothing else of that config is used; else the rest is."""

    def change(document: Any) -> None:
        document["discord"][key] = "42" if key == "guild" else False
        document["types"][0]["label"] = "Changed"

    edit(town, change)
    town.wait_until(town.notices, "staff are told")
    if key != "guild":
        town.wait_until(lambda: panel_buttons(town)[0] == "Changed", "the rest is in use")
    edit(town, lambda document: document["types"][0].update(emoji=""))
    time.sleep(3)
    [notice] = town.notices()
    assert f"discord.{key.replace('_', chr(92) + '_')}" in notice or f"discord.{key}" in notice
    assert panel_buttons(town)[0] == ("General support" if key == "guild" else "Changed")


def test_started_with_the_last_good_config(town: Town) -> None:
    """P38: refused with the exact message; with --last-good it runs and says what is wrong."""
    town.stop_bot()
    good = town.config.read_text(encoding="utf-8")
    town.config.write_text(good.replace('"extractive"', '"magic"'), encoding="utf-8")
    refused = town.ogma("run", "--discord-api", town.server.ready["api"])
    assert refused.returncode == 3
    assert 'ai.engine is "magic"' in refused.stderr
    assert "'ogma run --last-good' starts with it" in refused.stderr
    before = town.panels_done()
    town.launch("--last-good")
    town.wait_until(lambda: town.panels_done() > before, "the bot is ready")
    town.wait_until(town.notices, "staff are told")
    town.config.write_text(good, encoding="utf-8")
    town.wait_until(lambda: len(town.notices()) == 2, "staff are told that it is good")

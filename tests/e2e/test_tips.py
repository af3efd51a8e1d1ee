"""What a closed ticket teaches, over the wire: learned, found, removed (L1)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import BuildTown
from tests.e2e.processes import Ollama
from tests.e2e.town import Town, buttons, embeds_text

ASKED = "My Frobnicator 3000 blinks red, what now?"
TOLD = "Hi Alice, hold the reset button of the Frobnicator for ten seconds until it blinks green."


def teach(town: Town, who: str = "alice", told: str = TOLD) -> str:
    """A ticket in which sam explains something, closed for good."""
    channel = town.open_ticket(who, "quick")
    number = town.count("FROM ticket")
    town.say(who, channel, ASKED)
    town.say("sam", channel, told)
    town.wait_until(lambda: town.ticket(number)["last_staff_at"], "sam has been heard")
    town.close(channel)
    town.until_closed(number)
    return channel


def found(town: Town, query: str = "frobnicator reset button") -> list[str]:
    searched = town.ogma("kb", "search", query, "--json")
    assert searched.returncode == 0, searched.stderr
    documents: list[dict[str, Any]] = json.loads(searched.stdout)["results"]
    return [one["document"] for one in documents if one["document"].startswith("tip:")]


def posts(town: Town) -> list[dict[str, Any]]:
    return [one for one in town.by_bot("learned-tips") if one["embeds"]]


def test_learned_found_removed_and_put_back(town: Town) -> None:
    """L1, C2: posted with a Remove button, part of search at once, out of it at once."""
    teach(town)
    [post] = posts(town)
    assert "hold the reset button" in embeds_text(post).lower()
    assert "Alice" not in embeds_text(post), "no names"
    assert buttons(post) == ["ogma:remove_tip:1"]
    assert found(town) == ["tip:1"]
    channel = town.open_ticket("bob", "quick")
    town.say("bob", channel, "How long do I hold the reset button of the Frobnicator?")
    [answer] = town.until_answered(channel)
    assert "ten seconds" in answer["content"]
    assert "Tip 1" in embeds_text(answer)

    told = town.click("sam", "ogma:remove_tip:1", post["id"])
    assert told.ephemeral and "Tip 1 is removed" in told.text
    assert found(town) == []
    town.until_idle()
    [post] = posts(town)
    assert "reset button" not in embeds_text(post), "the post forgets it too"

    town.click("mia", "ogma:approve_tip:1", post["id"])
    town.until_idle()
    assert found(town) == ["tip:1"]


def test_removal_in_the_shell_edits_the_post_and_the_same_is_not_learned_again(
    town: Town,
) -> None:
    """L1: one tip for two tickets; `ogma tips remove` is heard by the bot."""
    teach(town)
    teach(town, "bob", TOLD.replace("Hi Alice, hold", "Hey Bob! Just hold"))
    [post] = posts(town)
    assert "Ticket 1, Ticket 2" in embeds_text(post)
    removed = town.ogma("tips", "remove", "1", "--yes")
    assert removed.returncode == 0, removed.stderr
    town.until_idle()
    assert "Tip 1 is removed" in embeds_text(posts(town)[0])
    teach(town, "carol")
    assert found(town) == [] and len(posts(town)) == 1


def test_a_tip_waits_for_review(build_town: BuildTown) -> None:
    """L1: in review nothing is found before somebody approves it."""
    town = build_town(learning={"mode": "review"})
    town.run_bot()
    teach(town)
    [post] = posts(town)
    assert buttons(post) == ["ogma:approve_tip:1", "ogma:remove_tip:1"]
    assert found(town) == []
    assert "answers questions now" in town.click("sue", "ogma:approve_tip:1", post["id"]).text
    assert found(town) == ["tip:1"]
    town.until_idle()
    assert buttons(posts(town)[0]) == ["ogma:remove_tip:1"]


def test_the_team_lists_tips_in_discord(town: Town) -> None:
    """Q2, L1: /tips is for the team; words narrow it down."""
    teach(town)
    assert "hold the reset" in town.command("sam", "general", "tips").text.lower()
    assert "No tip" in town.command("sam", "general", "tips", search="umbrella").text
    assert "Only members of the team" in town.command("alice", "general", "tips").text


@pytest.mark.parametrize("point", ["learn_tip.claimed", "tip.kept", "sync_tip.sent"])
def test_a_crash_neither_loses_nor_doubles_a_tip(build_town: BuildTown, point: str) -> None:
    """C2, P1: whatever moment the bot dies at, there is one tip and one post."""
    town = build_town()
    town.run_bot(crash_at=point)
    teach(town)
    assert town.revivals == 1
    assert town.count("FROM tip") == 1
    assert len(posts(town)) == 1
    assert found(town) == ["tip:1"]


def test_lockdown_and_silence_of_staff_teach_nothing(town: Town) -> None:
    """Q4, C2: no tip from a locked ticket, and none where staff did not take part."""
    channel = town.open_ticket("alice", "quick")
    town.say("sam", channel, TOLD)
    town.wait_until(lambda: town.ticket()["last_staff_at"], "sam has been heard")
    town.command("mia", channel, "lockdown")
    town.close(channel)
    town.until_closed()
    channel = town.open_ticket("bob", "quick")
    town.say("bob", channel, ASKED)
    town.say("bob", channel, TOLD)
    town.close(channel)
    town.until_closed(2)
    assert town.count("FROM tip") == 0 and posts(town) == []


@pytest.fixture
def thinking(build_town: BuildTown, tmp_path: Path) -> Iterator[tuple[Town, Ollama]]:
    """A town whose bot asks a fake Ollama."""
    ollama = Ollama(tmp_path / "ollama")
    town = build_town(
        ai={"engine": "ollama"}, ollama={"url": ollama.url, "deadline_s": 300, "warm_up_s": 300}
    )
    town.run_bot()
    yield town, ollama
    ollama.kill()


def test_a_model_that_hangs_delays_the_tip_and_nothing_else(thinking: tuple[Town, Ollama]) -> None:
    """C2: "a slow model never holds the deletion back"; the rule makes the tip in the end."""
    town, ollama = thinking
    channel = town.open_ticket("alice", "quick")
    town.say("sam", channel, TOLD)
    town.wait_until(lambda: town.ticket()["last_staff_at"], "sam has been heard")
    town.say("alice", channel, ASKED)
    ollama.script({"do": "hang", "times": None})
    town.close(channel)
    town.wait_until(lambda: town.ticket()["state"] == "closed", "the channel is gone")
    town.wait_until(ollama.asked, "the model is asked")
    assert town.count("FROM tip") == 0, "the model still thinks"
    ollama.kill()
    town.until_idle()
    [post] = posts(town)
    assert "hold the reset button" in embeds_text(post).lower()


def test_the_model_words_the_tip(thinking: tuple[Town, Ollama]) -> None:
    """L1: by the model where there is one, from what staff wrote alone."""
    town, ollama = thinking
    channel = town.open_ticket("alice", "quick")
    town.say("sam", channel, TOLD)
    town.wait_until(lambda: town.ticket()["last_staff_at"], "sam has been heard")
    town.say("alice", channel, ASKED)
    quote = "hold the reset button of the Frobnicator for ten seconds"
    worded = "To reset the Frobnicator, hold the reset button for ten seconds."
    sentence = {"text": worded, "passages": [1], "quotes": [quote]}
    ollama.script({"do": "reply", "content": {"answerable": True, "sentences": [sentence]}})
    town.close(channel)
    town.until_closed()
    [tip] = town.sql("SELECT * FROM tip")
    assert tip["text"] == worded
    prompt = json.dumps(ollama.asked()[-1])
    assert "Alice" not in prompt and "blinks green" in prompt

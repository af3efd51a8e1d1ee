"""A team's day over the wire: who gets what, the queue, notes, macros, transfers (Q1 to Q3, T3)."""

from __future__ import annotations

import json
from typing import Any

import pytest
import tomlkit

from ogma.domain.effects import Kind
from tests.e2e.conftest import BuildTown
from tests.e2e.lives import until_died
from tests.e2e.permissions import viewers
from tests.e2e.test_crashes import STEPS
from tests.e2e.town import Town

IN_TURN: dict[str, Any] = {
    "more_types": [
        {"id": "quick", "label": "Quick", "intake": "none", "assignment": "round_robin"}
    ],
}
TEAM = {"sam", "sue", "mia"}
MACRO = "Hello {customer}, {staff} here about ticket {ticket}."


def built(build_town: BuildTown, crash_at: str | None = None) -> Town:
    """A town whose quick tickets go round, with one prepared reply."""
    town = build_town(**IN_TURN)
    document = tomlkit.parse(town.config.read_text(encoding="utf-8"))
    macros = tomlkit.aot()
    macros.append(tomlkit.item({"id": "hello", "text": MACRO}))
    document["macros"] = macros
    town.config.write_text(tomlkit.dumps(document), encoding="utf-8")
    if crash_at is None:
        town.run_bot()
    else:
        town.launch(crash_at=crash_at)
    return town


def member(town: Town, name: str) -> str:
    found: str = next(one["id"] for one in town.state()["members"] if one["name"] == name)
    return found


def holder(town: Town, number: int) -> str | None:
    name: str | None = town.ticket(number)["claimed_by_name"]
    return name


def place(town: Town, channel: str) -> dict[str, Any]:
    return next(one for one in town.state()["channels"] if one["id"] == channel)


def numbers(town: Town, *options: str) -> list[int]:
    done = town.ogma("tickets", "list", "--queue", *options, "--json")
    assert done.returncode == 0, done.stderr
    return [one["number"] for one in json.loads(done.stdout)["tickets"]]


def test_q1_tickets_go_round_and_on(build_town: BuildTown) -> None:
    """Q1: in turn, by the roles of that moment; who is away or leaves gets nothing and loses it."""
    town = built(build_town)
    for name in ("alice", "bob", "carol"):
        town.open_ticket(name, "quick")
        town.until_idle()
    given = {holder(town, number) for number in (1, 2, 3)}
    assert len(given) == 3 and None not in given
    free = next(name for name in TEAM if name in given)
    number = next(one for one in (1, 2, 3) if holder(town, one) == free)
    assert "no new tickets" in town.command(free, "general", "away").text
    assert "away already" in town.command(free, "general", "away").text
    assert town.command("alice", "general", "away").text == "Only members of the team may do that."
    town.control.admin("kick", member=free, wait_s=0)
    town.wait_until(lambda: holder(town, number) not in (None, free), "somebody else has it")
    town.until_idle()


def test_q2_q3_a_teams_day(build_town: BuildTown) -> None:
    """Q2, Q3, E3, T3: claim from the queue, note, macro, tag, transfer, flags, search; the same
    answers in Discord and in the shell."""
    town = built(build_town)
    channel = town.open_ticket("alice", "general", "The wyvern is loose", "It bit me")
    town.until_idle()
    town.wait_until(lambda: town.count("FROM flag WHERE kind = 'escalated'"), "it is handed over")

    told = town.command("sam", "general", "queue")
    assert told.ephemeral and "**1** open" in told.text and "The wyvern is loose" in told.text
    assert f"<#{channel}>" in told.text
    assert town.command("stan", "general", "queue").text == "Only members of the team may do that."
    town.choose("sam", "ogma:queue_claim:*", "1")
    town.wait_until(lambda: holder(town, 1) == "sam", "sam has claimed it from the list")
    assert numbers(town, "mine", "--as", "sam") == [1]
    assert "No tickets here." in town.click("sam", "ogma:queue:unclaimed").text

    assert "Only the team sees it" in town.command("sam", channel, "note", text="a biter").text
    assert "a biter" in town.command("sue", channel, "note").text
    assert town.command("alice", channel, "note").text == "Only this ticket's staff may do that."
    assert town.ogma("tickets", "note", "1", "from the shell", "--as", "sam").returncode == 0
    assert "from the shell" in town.command("sue", channel, "note").text
    said = json.dumps(town.messages(channel))
    assert "a biter" not in said and "from the shell" not in said

    typed = town.control.autocomplete("sam", channel, "macro", {"name": "he"})
    assert "hello" in json.dumps(typed)
    told = town.command("sam", channel, "macro", name="hello")
    assert "sam here about ticket 1" in told.text
    assert not [one for one in town.by_bot(channel) if "about ticket 1" in one["content"]]
    town.click("sam", "ogma:send_macro:hello")
    town.wait_until(
        lambda: [one for one in town.by_bot(channel) if "about ticket 1" in one["content"]],
        "the reply is there",
    )
    assert town.ticket()["last_staff_at"]

    assert "Tagged: fire" in town.command("sam", channel, "tag", name="Fire").text
    assert "Urgent" in town.command("sam", channel, "priority", level="urgent").text
    assert "bill" not in viewers(town.state(), place(town, channel))
    assert "moving to billing" in town.command("sam", channel, "transfer", type="billing").text
    town.until_idle()
    there = place(town, channel)
    category = next(one for one in town.state()["channels"] if one["id"] == there["parent"])
    assert category["name"] == "Billing Tickets" and "Billing" in there["topic"]
    assert "bill" in viewers(town.state(), there)
    assert town.ogma("tickets", "transfer", "1", "general").returncode == 0
    town.until_idle()
    assert "bill" not in viewers(town.state(), place(town, channel))

    assert "locked" in town.command("mia", channel, "lockdown").text
    assert "moving to billing" in town.command("mia", channel, "transfer", type="billing").text
    town.until_idle()
    assert not {"bill", "sam"} & viewers(town.state(), place(town, channel))
    assert "see this ticket again" in town.command("mia", channel, "unlock").text
    town.until_idle()
    assert {"bill", "sam"} <= viewers(town.state(), place(town, channel))

    listed = json.loads(town.ogma("tickets", "list", "--json").stdout)["tickets"][0]
    assert (listed["tags"], listed["priority"], listed["assignee"]) == (["fire"], "urgent", "sam")
    assert listed["flags"] == ["escalated"]
    assert "Ticket 1" in town.command("sam", "general", "flags").text
    town.click("sam", "ogma:resolve_flag:*")
    assert json.loads(town.ogma("flags", "list", "--json").stdout) == {"flags": []}

    assert (
        "The **wyvern** is loose" in town.command("sue", "general", "search", query="wyverns").text
    )
    hits = json.loads(town.ogma("tickets", "search", "wyverns", "--json").stdout)["results"]
    assert [(one["ticket"], one["author"]["name"]) for one in hits] == [(1, "alice")]


@pytest.mark.full
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", [Kind.ASSIGN, Kind.MOVE_CHANNEL])
def test_killed_once(build_town: BuildTown, kind: Kind, step: str) -> None:
    """P1, Q1, Q3: as below, at each point."""
    check_assigned_and_moved(build_town, f"{kind}.{step}")


@pytest.mark.full
def test_killed_while_assigning_and_while_moving(build_town: BuildTown) -> None:
    """P1, Q1, Q3: assigned once and moved once, although the bot dies at both."""
    check_assigned_and_moved(build_town, f"{Kind.ASSIGN}.sent", f"{Kind.MOVE_CHANNEL}.sent")


def check_assigned_and_moved(build_town: BuildTown, *deaths: str) -> None:
    town = built(build_town, deaths[0])
    town.deaths = list(deaths[1:])
    town.wait_until(lambda: town.by_bot("open-a-ticket"), "the panel is there")
    town.control.click("alice", "ogma:open:quick", wait_s=0)
    found = town.wait_until(lambda: town.channel_of("alice", "quick"), "the ticket is open")
    channel = str(found)
    town.wait_until(lambda: holder(town, 1), "somebody has it")
    assert town.ogma("tickets", "transfer", "1", "billing").returncode == 0
    until_died(town, len(deaths))
    assert town.count("FROM event WHERE kind = 'claimed'") == 1
    there = place(town, channel)
    category = next(one for one in town.state()["channels"] if one["id"] == there["parent"])
    assert category["name"] == "Billing Tickets"
    assert "bill" in viewers(town.state(), there)
    said = [one["content"] for one in town.by_bot(channel) if "moved this ticket" in one["content"]]
    assert len(said) == 1
    assert town.count("FROM job WHERE state IN ('failed', 'blocked')") == 0

"""The same answer in Discord and in the shell, for every listing and action (Q1 to Q3, E3, T3)."""

from __future__ import annotations

import json
import re
from typing import Any

from ogma import texts
from ogma.domain.queue import Queue
from tests.e2e.conftest import BuildTown
from tests.e2e.town import Town

ENGLISH = texts.load()
OFF: dict[str, Any] = {"ai": {"enabled": False}}


def shell(town: Town, *arguments: str) -> Any:
    """What a command of `ogma` says, as JSON."""
    done = town.ogma(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def pattern(key: str, **parts: str) -> str:
    """A text of the catalogue as a regular expression; what is filled in is given as one."""
    found = re.escape(ENGLISH(key, **{name: f"<{name}>" for name in parts}))
    for name, part in parts.items():
        found = found.replace(re.escape(f"<{name}>"), part)
    return found


def busy(build_town: BuildTown) -> Town:
    """Three open tickets in three states and a closed one, with flags, tips and words."""
    town = build_town(**OFF)
    town.run_bot()
    for who in ("alice", "bob", "carol"):
        channel = town.open_ticket(who, "quick")
        town.say(who, channel, f"{who} has seen a wyvern")
        town.until_idle()
        if who == "bob":
            town.say("sam", channel, "A wyvern? Where?")
        if who == "carol":
            assert not town.command("sam", channel, "claim").modal
            town.click("carol", "ogma:human:3")
        town.until_idle()
    closed = town.open_ticket("stan", "quick")
    town.say("stan", closed, "No wyvern, thank you")
    town.until_idle()
    town.close(closed)
    town.until_closed(4)
    [asked] = town.dm("stan")
    town.click("stan", "ogma:csat_unhelpful:*", asked["id"])
    lessons = town.folder / "tips.json"
    lessons.write_text(json.dumps([{"text": f"Lesson {one} about wyverns."} for one in range(3)]))
    assert town.ogma("tips", "import", str(lessons)).returncode == 0
    town.until_idle()
    return town


def queue_in_discord(town: Town, which: Queue) -> tuple[list[int], list[int]]:
    """The counters and the tickets of a page of /queue."""
    text = town.click("sam", f"ogma:queue:{which}").text
    counters, _, listed = text.partition("\n\n")
    found = re.findall(r"\*\*(\d+)\*\*", counters)
    tickets = re.findall(r"^\*\*(\d+)\*\*", listed, re.MULTILINE)
    return [int(one) for one in found], [int(one) for one in tickets]


def test_q2_e3_t3_every_listing_says_the_same(build_town: BuildTown) -> None:
    """Q2, E3, T3, L1, I1, T2: queue by each filter, search, flags, tips, figures, transcripts."""
    town = busy(build_town)
    town.command("sam", "general", "queue")
    for which in Queue:
        listed = shell(town, "tickets", "list", "--queue", which, "--as", "sam")
        numbers = [one["number"] for one in listed["tickets"]]
        assert queue_in_discord(town, which) == ([*listed["counters"].values()], numbers), which

    for ranked in (False, True):
        told = town.command("mia", "general", "search", query="wyvern", ranked=ranked).text
        found = shell(town, "tickets", "search", "wyvern", *["--rank"][:ranked])["results"]
        shown = re.findall(pattern("search.of", number=r"(\d+)", customer=r"(\w+)"), told)
        assert [(int(number), who) for number, who in shown] == [
            (one["ticket"], one["customer"]) for one in found
        ]
        assert len(found) == 5

    told = town.command("mia", "general", "flags").text
    flags = shell(town, "flags", "list")["flags"]
    named = [
        ENGLISH("flags.of", flag=ENGLISH(f"flag.{one['kind']}"), number=one["ticket"])
        for one in flags
    ]
    shown = [line.partition(": <t:")[0] for line in told.splitlines() if ": <t:" in line]
    assert shown == named
    assert len(flags) == 2

    told = town.command("mia", "general", "tips").text
    tips = shell(town, "tips", "list")["tips"]
    shown = re.findall(pattern("tip.footer", number=r"(\d+)"), told)
    assert [str(one["id"]) for one in tips] == shown and len(tips) == 3

    told = town.command("mia", "general", "insights").text
    figures = shell(town, "insights", "--days", "30")
    now, before = figures["totals"], figures["before"]
    shares = {
        "escalated": now["escalated_share"],
        "confirmed": now["deflected"]["confirmed_share"],
        "assumed": now["deflected"]["assumed_share"],
        "helpful": now["csat"]["helpful_share"],
        "missed": now["missed_level_share"],
    }
    expected = {name: (now[name], before[name]) for name in ("opened", "closed")}
    expected |= {name: (f"{share * 100:.0f} %", "–") for name, share in shares.items()}
    for name, (value, earlier) in expected.items():
        beside = ENGLISH("insights.beside", now=value, before=earlier)
        assert f"{ENGLISH(f'insights.{name}')}: {beside}" in told

    for form in ("html", "md", "json", "txt"):
        for view in ("staff", "customer"):
            _same_transcript(town, form, view)

    first, second = flags
    town.command("mia", "general", "flags")
    town.click("mia", f"ogma:resolve_flag:{first['id']}")
    assert shell(town, "flags", "list")["flags"] == [second]
    assert shell(town, "flags", "resolve", second["id"]) == {"resolved": [second["id"]]}
    assert ": <t:" not in town.command("mia", "general", "flags").text
    resolved = town.sql("SELECT ticket_id, detail FROM event WHERE kind = 'flag_resolved'")
    assert [(row["ticket_id"], row["detail"]) for row in resolved] == [
        (one["ticket"], one["kind"]) for one in flags
    ]


def _same_transcript(town: Town, form: str, view: str) -> None:
    """/transcript and `tickets export` of the closed ticket: files of the same size."""
    since = len(town.requests())
    town.command("mia", "general", "transcript", number=4, format=form, view=view)
    [file] = [file for one in town.requests(since) for file in one["files"]]
    out = town.folder / f"{view}.{form}"
    how = ["--format", form, "--view", view, "--out", str(out)]
    done = town.ogma("tickets", "export", "4", *how)
    assert done.returncode == 0, done.stderr
    assert file == {"name": f"ticket-4-{view}.{form}", "size": out.stat().st_size}


ACTIONS: tuple[tuple[str, dict[str, Any], tuple[str, ...]], ...] = (
    ("claim", {}, ("claim", "--as", "sam")),
    ("note", {"text": "Careful."}, ("note", "Careful.", "--as", "sam")),
    ("tag", {"name": "vip"}, ("tag", "vip", "--as", "sam")),
    ("tag", {"name": "bug"}, ("tag", "bug", "--as", "sam")),
    ("tag", {"name": "vip", "remove": True}, ("tag", "vip", "--remove", "--as", "sam")),
    ("priority", {"level": "high"}, ("priority", "high", "--as", "sam")),
    ("transfer", {"type": "general"}, ("transfer", "general", "--as", "sam")),
    ("unclaim", {}, ("release", "--as", "sam")),
)
"""By sam: the command in Discord with its options, and the one of the shell."""


def test_q1_q3_every_action_does_the_same(build_town: BuildTown) -> None:
    """Q1, Q3: on one ticket in Discord, on another in the shell: the same history and facts."""
    town = build_town(**OFF)
    town.run_bot()
    channel, other = (town.open_ticket(who, "quick") for who in ("alice", "bob"))
    town.until_idle()
    for name, options, arguments in ACTIONS:
        town.command("sam", channel, name, **options)
        verb, *rest = arguments
        done = town.ogma("tickets", verb, "2", *rest)
        assert done.returncode == 0, (verb, done.stderr)
        town.until_idle()
    people = {one["name"]: one["id"] for one in town.state()["members"]}
    managed: tuple[tuple[str, dict[str, str], tuple[str, ...]], ...] = (
        ("lockdown", {}, ("lock", "2", "--yes")),
        ("unlock", {}, ("unlock", "2", "--yes")),
        ("assign", {"member": people["sam"]}, ("assign", "2", "sam")),
    )
    for name, options, arguments in managed:
        town.command("mia", channel, name, **options)
        done = town.ogma("tickets", *arguments)
        assert done.returncode == 0, (name, done.stderr)
        town.until_idle()
    said = [
        [one["content"].replace("mia", "owner") for one in town.by_bot(place)[1:]]
        for place in (channel, other)
    ]
    assert said[0] == said[1]
    town.close(channel)
    assert town.ogma("tickets", "close", "2", "--reason", "resolved", "--yes").returncode == 0
    for number in (1, 2):
        town.until_closed(number)

    def history(number: int) -> list[tuple[str, str]]:
        rows = town.sql("SELECT kind, detail FROM event WHERE ticket_id = ? ORDER BY id", number)
        return [(row["kind"], row["detail"].replace("by mia", "by owner")) for row in rows]

    assert history(1) == history(2)
    assert len(history(1)) >= len(ACTIONS) + 5
    facts = "SELECT type_id, claimed_by, priority, locked_at, state, close_reason FROM ticket"
    assert town.sql(f"{facts} WHERE id = ?", 1) == town.sql(f"{facts} WHERE id = ?", 2)
    first, second = shell(town, "tickets", "list")["tickets"]
    assert (first["tags"], first["flags"]) == (second["tags"], second["flags"]) == (["bug"], [])

    sam = next(one for one in shell(town, "team", "list")["team"] if one["name"] == "sam")
    assert (sam["away_since"], sam["open_tickets"]) == (None, 0)
    town.command("sam", "general", "away")
    away = shell(town, "team", "away", "sam")
    assert away["away_since"] is not None
    assert shell(town, "team", "back", "sam") == sam
    assert shell(town, "team", "away", "sam")["away_since"] is not None
    town.command("sam", "general", "back")
    assert sam in shell(town, "team", "list")["team"]

    town.command("mia", "general", "block", member=people["stan"], reason="Spam")
    shell(town, "block", "add", people["carol"], "--reason", "Spam")
    blocked = shell(town, "block", "list")["blocks"]
    known = [(one["user"]["id"], one["reason"], one["until"]) for one in blocked]
    assert known == [(people["carol"], "Spam", None), (people["stan"], "Spam", None)]
    town.command("mia", "general", "unblock", member=people["carol"])
    shell(town, "block", "remove", people["stan"])
    assert shell(town, "block", "list") == {"blocks": []}

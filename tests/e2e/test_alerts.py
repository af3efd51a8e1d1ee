"""Each of the managers' alerts, the reminder and the digest, with a kill -9 at every one (Q7)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any

import pytest

from tests.e2e.conftest import BuildTown
from tests.e2e.town import QUESTION, Town, embeds_text

STEPS = ("claimed", "sent", "done")
"""Before it is posted; posted, but not noted; posted and noted."""
MANAGERS = "general"
QUICK = {"id": "quick", "label": "Quick question", "intake": "none"}
WANTED: dict[str, Any] = {
    "ai": {"engine": "ollama"},
    "ollama": {"url": "http://127.0.0.1:9"},
    "sla": {"targets": [{"first_response_minutes": 20}]},
    "nudges": {"staff_after_hours": 1},
    "more_types": [QUICK],
}
CAUSES = (
    ("alert", "⚠️ This server has 4"),
    ("alert", "⚠️ The AI model cannot"),
    ("alert", "⏳ Ticket 1"),
    ("alert", "🚨 Ticket 1"),
    ("say", "⏰"),
    ("alert", "⚠️ Ticket 1: “post the"),
    ("alert", "👎 Ticket 1"),
    ("alert", "Summary of"),
)
"""In the order of the story: the effect by which it is told, and how that begins."""


_MENTIONS = re.compile(r"^(?:<@&?\d+> )+")


def told(town: Town) -> list[str]:
    """What was told so far, alerts in the managers' channel and reminders in the ticket."""
    state = town.state()
    places = [*state["channels"], *state["deleted_channels"]]
    found = [
        _MENTIONS.sub("", one["content"]) or embeds_text(one)
        for place in places
        if place["name"] == MANAGERS or "ogma:" in (place["topic"] or "")
        for one in place["messages"]
        if one["author"]["bot"]
    ]
    return [text for text in found if text.startswith(tuple(begins for _, begins in CAUSES))]


def prepared(build_town: BuildTown) -> Town:
    """A crowded server whose managers read #general, and a model that cannot be reached."""
    town = build_town(**WANTED)
    town.control.admin("create_channel", name="filler", count=450, wait_s=0)
    state = town.state()
    [channel] = [one["id"] for one in state["channels"] if one["name"] == MANAGERS]
    hour = (datetime.fromisoformat(state["now"]) + timedelta(hours=3)).hour
    alerts = {"digest": f"0 {hour} * * *"}
    town.configure({**town.options, "channels": {"alerts": channel}, "alerts": alerts})
    return town


def caused(town: Town) -> list[Callable[[], object]]:
    """What brings each of the causes about, in their order."""
    [transcripts] = [
        one["id"] for one in town.state()["channels"] if one["name"] == "ticket-transcripts"
    ]
    path = f"/channels/{transcripts}/messages"

    def ask() -> None:
        town.say("alice", town.open_ticket("alice", "quick"), QUESTION)

    def close() -> None:
        refused = {"status": 403, "code": 50013, "times": 1, "wait_s": 0}
        town.control.faults("POST", path, **refused)
        town.close(str(town.channel_of("alice", "quick")))

    def rate() -> None:
        [asked] = town.dm("alice")
        town.control.click("alice", "ogma:csat_unhelpful:*", asked["id"], wait_s=0)

    return [
        lambda: None,  # the server is crowded from the start
        ask,
        lambda: town.advance(16 * 60),
        lambda: town.advance(6 * 60),
        lambda: town.advance(45 * 60),
        close,
        rate,
        lambda: town.advance(2 * 3600),
    ]


@pytest.mark.parametrize(
    "first", [0, pytest.param(1, marks=pytest.mark.full), pytest.param(2, marks=pytest.mark.full)]
)
def test_q7_each_cause_once_though_the_bot_dies_at_each(build_town: BuildTown, first: int) -> None:
    """Q5, Q7: channel limit, model down, warning and breach of a level, reminder, failed job,
    bad rating, digest: each is told once, wherever the bot is killed while it tells."""
    town = prepared(build_town)
    town.forgiven = ("50013",)
    steps = islice(cycle(STEPS), first, None)
    expected: list[str] = []
    for (kind, begins), cause, step in zip(CAUSES, caused(town), steps, strict=False):
        start = town.restart_bot if expected else town.launch
        start(crash_at=f"{kind}.{step}")
        cause()
        expected.append(begins)
        town.wait_until(
            lambda: town.revivals == len(expected) and len(told(town)) >= len(expected),
            f"the bot has died of '{begins}' and told it",
        )
        town.until_idle()
        said = told(town)
        assert len(said) == len(expected), said
        assert sum(one.startswith(begins) for one in said) == 1, said
    assert town.count("FROM alert") == 6
    assert town.count("FROM job WHERE kind = 'alert'") == 7

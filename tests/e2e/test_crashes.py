"""Killed at every point of a ticket's life and started again: the same end, nothing twice."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import ogma
from ogma.domain.effects import Kind
from tests.e2e.conftest import BuildTown
from tests.e2e.lives import persist, until_died
from tests.e2e.town import ANSWER, QUESTION, UNANSWERABLE, Town, embeds_text

STEPS = ("claimed", "sent", "done")
WHOLE_LIFE = (
    Kind.SYNC_PANEL,
    Kind.OPEN_CHANNEL,
    Kind.GREET,
    Kind.PIN_GREETING,
    Kind.ANSWER,
    Kind.SAY,
    Kind.SYNC_REVIEW,
    Kind.LOCK_CHANNEL,
    Kind.ARCHIVE,
    Kind.POST_TRANSCRIPT,
    Kind.CUSTOMER_TRANSCRIPT,
    Kind.CSAT_DM,
    Kind.DELETE_CHANNEL,
)
"""The effects of the life that `live` plays."""

MOMENTS = ("ticket.opened", "ticket.closed", "reply.decided", "reply.planned")
"""Points that belong to no effect."""


def _steps(*kinds: Kind) -> list[str]:
    return [f"{kind}.{step}" for kind in kinds for step in STEPS]


POINTS = [*MOMENTS, *_steps(*WHOLE_LIFE)]

CHAINS = (
    ["ticket.opened", *_steps(Kind.OPEN_CHANNEL, Kind.GREET, Kind.PIN_GREETING)],
    ["reply.decided", "reply.planned", *_steps(Kind.ANSWER)],
    _steps(Kind.SYNC_PANEL),
    _steps(Kind.SAY),
    _steps(Kind.SYNC_REVIEW),
    ["ticket.closed", *_steps(Kind.LOCK_CHANNEL, Kind.ARCHIVE, Kind.POST_TRANSCRIPT)],
    _steps(Kind.CUSTOMER_TRANSCRIPT),
    _steps(Kind.CSAT_DM),
    _steps(Kind.DELETE_CHANNEL)[:2],
    _steps(Kind.DELETE_CHANNEL)[2:],  # a second attempt finds nothing to delete
)
"""Points that are passed in this order, whatever runs beside them: the bot dies at one after the
other in a single life, so each time while it recovers from the time before."""

OPENING = CHAINS[0]
CLOSE = CHAINS[5]
PAIRS = [
    (first, second)
    for chain in (OPENING, CLOSE)
    for place, first in enumerate(chain)
    for second in chain[place + 1 :]
]

PINNED = 6
"""Discord's own message about a pin."""

SAID = ["greeting", "pin", "answer", UNANSWERABLE, "handed over", "Hello Alice, this is Sam."]
"""What stands in the channel when it is deleted, in this order."""


def live(town: Town) -> None:
    """Open, ask, be handed over, be answered by a person, close. People try again when it fails."""
    persist(town, lambda: _open(town), lambda: town.count("FROM ticket") > 0)
    channel = town.wait_until(lambda: town.channel_of("alice"), "the channel is there")
    town.until_answered(channel)
    town.until_idle()
    town.say("alice", channel, UNANSWERABLE)
    town.wait_until(lambda: town.count("FROM escalation"), "the question is handed over")
    town.until_idle()
    town.say("sam", channel, "Hello Alice, this is Sam.")
    town.wait_until(lambda: not town.ticket()["escalated_at"], "the reply is known")
    town.until_idle()
    persist(town, lambda: _close(town, channel), lambda: town.ticket()["state"] != "open")
    town.until_closed()


def _open(town: Town) -> None:
    form = town.control.click("alice", "ogma:open:general")
    if form.get("modal"):
        answers = {"subject": QUESTION, "description": "I forgot it"}
        town.control.modal("alice", form["interaction"], answers)


def _close(town: Town, channel: str) -> None:
    town.control.command("omar", channel, "close", {"reason": "resolved", "note": "done"})


def outcome(town: Town) -> dict[str, Any]:
    """All that is left of it in Discord, in the database and on disk."""
    ticket = town.ticket()
    [gone] = town.ticket_channels(deleted=True)
    archive = town.data / ticket["archive_path"] / "transcript.json"
    archived = json.loads(archive.read_text(encoding="utf-8"))["messages"]
    return {
        "ticket": (ticket["state"], ticket["close_reason"], ticket["close_note"], ticket["csat"]),
        "channels left": len(town.ticket_channels()),
        "said": [kind for one in gone["messages"] if (kind := _kind(one))],
        "archived": [one["content"] for one in archived if one["content"] in SAID],
        "items": [embeds_text(one).partition("\n")[0] for one in town.review_items()],
        "notices": town.notices(),
        "cards": [len(one["attachments"]) for one in town.by_bot("ticket-transcripts")],
        "DMs": sorted(_kind(one) for one in town.dm("alice")),
        "panels": len(town.by_bot("open-a-ticket")),
        "unfinished": town.count("FROM job WHERE state IN ('failed', 'blocked')"),
    }


def _kind(message: dict[str, Any]) -> str:
    """What a message is; '' for the answers to slash commands, which a crash may cut off."""
    if not message["author"]["bot"]:
        return str(message["content"])
    if message["type"] == PINNED:
        return "pin"
    if message["attachments"]:
        return "transcript"
    text = f"{message['content']}\n{embeds_text(message)}"
    for words, kind in (
        ("Hello <@", "greeting"),
        (ANSWER, "answer"),
        ("I have asked the team", "handed over"),
        ("How was the help?", "How was the help?"),
    ):
        if words in text:
            return kind
    assert "is closing this ticket" in text or not text.strip(), text
    return ""


ENDED: dict[str, Any] = {
    "ticket": ("closed", "resolved", "done", None),
    "channels left": 0,
    "said": SAID,
    "archived": [UNANSWERABLE, "Hello Alice, this is Sam."],
    "items": ["Ticket 1 has been answered"],
    "notices": [],
    "cards": [2],
    "DMs": ["How was the help?", "transcript"],
    "panels": 1,
    "unfinished": 0,
}


def _killed(build_town: BuildTown, points: Sequence[str]) -> dict[str, Any]:
    """What is left of a life in which the bot died at these points."""
    town = build_town(tickets={"send_transcript_to_customer": True})
    first, *town.deaths = points
    town.launch(crash_at=first)
    live(town)
    until_died(town, len(points))
    return outcome(town)


@pytest.mark.parametrize("chain", CHAINS, ids=lambda one: one[0])
def test_killed_at_one_point_after_the_other(build_town: BuildTown, chain: list[str]) -> None:
    """P1, P2, P14: kill -9 at these points, and a start: the ticket's life ends as without it."""
    assert _killed(build_town, chain) == ENDED


def test_every_point_is_in_a_chain() -> None:
    """An effect without a crash point, or a point that no chain passes, is found here."""
    assert sorted(point for chain in CHAINS for point in chain) == sorted(POINTS)


@pytest.mark.full
@pytest.mark.parametrize("point", POINTS)
def test_killed_once(build_town: BuildTown, point: str) -> None:
    """P1, P2, P14: each point alone."""
    assert _killed(build_town, [point]) == ENDED


@pytest.mark.full
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_killed_twice(build_town: BuildTown, first: str, second: str) -> None:
    """P1, P2, P14: each pair of points of an opening and of a close."""
    assert _killed(build_town, [first, second]) == ENDED


def test_never_killed(build_town: BuildTown) -> None:
    """The same life without a crash: what the others are compared with is really the end."""
    town = build_town(tickets={"send_transcript_to_customer": True})
    town.launch()
    live(town)
    assert outcome(town) == ENDED


def test_every_named_moment_is_tried() -> None:
    """A crash point that is added to the code has to be named in a test."""
    points = set()
    for path in Path(ogma.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "crash.point":
                points |= {one.value for one in node.args if isinstance(one, ast.Constant)}
    tests = [path.read_text(encoding="utf-8") for path in Path(__file__).parents[1].rglob("*.py")]
    assert points
    named = {one for one in points for text in tests if f'"{one}"' in text or f'"{one}#' in text}
    assert points - named == set()

"""Killed while staff and customer change a ticket: the same end, the same people let in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ogma.domain.effects import Kind
from tests.e2e import test_crashes
from tests.e2e.conftest import BuildTown
from tests.e2e.lives import persist, until_died
from tests.e2e.permissions import SEND_MESSAGES, effective, viewers
from tests.e2e.test_crashes import STEPS
from tests.e2e.town import QUESTION, Town, buttons

BUSY_LIFE = (
    Kind.KEEP_FILES,
    Kind.SET_MEMBER,
    Kind.RENAME_CHANNEL,
    Kind.LOCKDOWN,
    Kind.UNLOCK,
    Kind.REOPEN_CHANNEL,
    Kind.FOLLOW_UP_DM,
)
"""The effects that `live` adds to a ticket's life."""

POINTS = [f"{kind}.{step}" for kind in BUSY_LIFE for step in STEPS]
OPTIONS: dict[str, Any] = {"closing": {"grace_minutes": 5, "follow_up_hours": 1}}
SEEN = {"alice", "bob", "sam", "sue", "mia", "omar", "Ogma"}


def live(town: Town) -> None:
    """Send a file, add, rename, lock down, unlock, close, reopen, close, and be asked later."""
    persist(
        town,
        lambda: town.control.click("alice", "ogma:open:quick"),
        lambda: town.count("FROM ticket"),
    )
    channel = town.wait_until(lambda: town.channel_of("alice", "quick"), "the channel is there")
    town.until_idle()
    note = {"name": "note.txt", "text": "It flickers."}
    town.say("alice", channel, "", files=[note])
    town.wait_until(lambda: town.count("FROM message WHERE files LIKE '%note.txt%'"), "stored")
    town.until_idle()
    bob = next(one["id"] for one in town.state()["members"] if one["name"] == "bob")
    _staff(town, channel, "member_added", "add", member=bob)
    _staff(town, channel, "renamed", "rename", name="flickering")
    _staff(town, channel, "locked", "lockdown")
    assert viewers(town.state(), _place(town)) == {"alice", "bob", "mia", "omar", "Ogma"}
    _staff(town, channel, "unlocked", "unlock")
    assert viewers(town.state(), _place(town)) == SEEN
    _close(town, channel)
    assert _writers(town) == {"omar", "Ogma"}
    _reopen(town)
    assert _writers(town) == SEEN
    _close(town, channel)
    town.advance(6 * 60)
    town.until_closed()
    town.advance(3600)
    town.wait_until(lambda: len(town.dm("alice")) == 2, "it is asked whether it was solved")
    town.until_idle()


def _staff(town: Town, channel: str, event: str, command: str, **options: str) -> None:
    """Mia uses a command until the ticket's history says that it has worked."""
    persist(
        town,
        lambda: town.control.command("mia", channel, command, options),
        lambda: town.count("FROM event WHERE kind = ?", event),
    )
    town.until_idle()


def _close(town: Town, channel: str) -> None:
    persist(
        town,
        lambda: town.control.command("omar", channel, "close", {"reason": "resolved"}),
        lambda: town.ticket()["state"] == "closing",
    )
    town.until_idle()


def _reopen(town: Town) -> None:
    persist(
        town,
        lambda: town.control.click("alice", "ogma:reopen:*"),
        lambda: town.ticket()["state"] == "open",
    )
    town.until_idle()


def _place(town: Town) -> dict[str, Any]:
    [place] = town.ticket_channels()
    return place


def _writers(town: Town) -> set[str]:
    state, place = town.state(), _place(town)
    seen = viewers(state, place)
    return {name for name in seen if effective(state, name, place) & SEND_MESSAGES}


def outcome(town: Town) -> dict[str, Any]:
    """What is left of it."""
    ticket = town.ticket()
    [gone] = town.ticket_channels(deleted=True)
    offers = [one for one in gone["messages"] if buttons(one, "ogma:reopen:")]
    kept = [one.read_bytes() for one in town.data.rglob("*") if one.is_file() and _is_note(one)]
    return {
        "ticket": (ticket["state"], ticket["close_reason"], ticket["channel_name"]),
        "channel": gone["name"],
        "offers to reopen": len(offers),
        "kept files": kept,
        "cards": len(town.by_bot("ticket-transcripts")),
        "DMs": sorted(buttons(one)[0].split(":")[1] for one in town.dm("alice")),
        "notices": town.notices(),
        "unfinished": town.count("FROM job WHERE state IN ('failed', 'blocked')"),
    }


def _is_note(path: Any) -> bool:
    return path.stat().st_size == len("It flickers.") and path.read_bytes() == b"It flickers."


ENDED: dict[str, Any] = {
    "ticket": ("closed", "resolved", "flickering"),
    "channel": "flickering",
    "offers to reopen": 2,
    "kept files": [b"It flickers."],
    "cards": 1,
    "DMs": ["csat_helpful", "solved"],
    "notices": [],
    "unfinished": 0,
}


def test_never_killed(build_town: BuildTown) -> None:
    """Q3, Q4, C4, C7: add, rename, lockdown, unlock, close, reopen, close, follow-up."""
    town = build_town(**OPTIONS)
    town.launch()
    live(town)
    assert outcome(town) == ENDED


@pytest.mark.full
@pytest.mark.parametrize("point", POINTS)
def test_killed_once(build_town: BuildTown, point: str) -> None:
    """P1, P2: kill -9 at this point, and a start: the ticket's life ends as without it."""
    town = build_town(**OPTIONS)
    town.launch(crash_at=point)
    live(town)
    until_died(town)
    assert outcome(town) == ENDED


@pytest.mark.parametrize("step", STEPS)
def test_killed_while_telling_staff(build_town: BuildTown, step: str) -> None:
    """P3: an opening that failed for good is told to staff once."""
    town = build_town()
    town.run_bot(crash_at=f"{Kind.STAFF_NOTICE}.{step}")
    town.control.admin("delete_channel", channel="General Tickets", wait_s=0)
    town.control.click("alice", "ogma:open:quick", wait_s=0)
    until_died(town)
    town.wait_until(town.notices, "staff are told")
    town.until_idle()
    assert len(town.notices()) == 1


@pytest.mark.parametrize("step", STEPS)
def test_killed_while_taking_an_answer_back(build_town: BuildTown, step: str) -> None:
    """A3: an answer that crossed a staff message is gone in the end."""
    town = build_town()
    town.run_bot(crash_at=f"{Kind.DELETE_MESSAGE}.{step}")
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    slowly = {"times": 1, "delay_ms": 3_000, "after_effect": True}
    town.control.faults("POST", "/channels/*/messages", **slowly, wait_s=0)
    town.say("alice", channel, QUESTION)
    town.until_answered(channel)
    town.say("sam", channel, "I will take this one.")
    until_died(town)
    town.wait_until(lambda: not town.answers(channel), "the answer is taken back")


ELSEWHERE: dict[Kind, Callable[..., None]] = {
    Kind.STAFF_NOTICE: test_killed_while_telling_staff,
    Kind.DELETE_MESSAGE: test_killed_while_taking_an_answer_back,
}
LATER = {
    Kind.ASSIGN,
    Kind.MOVE_CHANNEL,
    Kind.SYNC_STAFF,
    Kind.SYNC_DRAFT,
    Kind.LEARN_TIP,
    Kind.SYNC_TIP,
    Kind.ALERT,
    Kind.WEBHOOK,
}
"""Not part of a ticket's own life; tried with the features that they belong to."""


def test_every_effect_is_tried() -> None:
    """A kind of effect that is added to the code has to be added here."""
    tried = {*test_crashes.WHOLE_LIFE, *BUSY_LIFE, *ELSEWHERE, *LATER}
    assert tried == set(Kind)

"""A desk on a real database, filled through the use cases that the bot calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ogma.cli.shell import run
from ogma.domain.access import Actor
from ogma.domain.answers import Check, Citation, Outcome, Reason, Verdict
from ogma.domain.clock import MINUTE, snowflake_at
from ogma.domain.opening import Intention
from ogma.domain.passages import Hit, Passage, Search
from ogma.domain.policies import Settings
from ogma.domain.tickets import Ticket
from ogma.services import conversation, opening, replies, staff
from ogma.services.desk import Desk
from ogma.settings import default_settings
from ogma.store.opening import open_database

CONFIG = """
[discord]
guild = "1"
[channels]
panel = "2"
staff_review = "3"
transcripts = "4"
[[types]]
id = "support"
label = "Support"
category = "5"
[tickets]
csat = false
"""

NOW = 1_767_225_600_000
"""2026-01-01T00:00:00Z."""
STAFF_ROLE = 77
SAM = Actor(id=501, name="sam", roles=frozenset({STAFF_ROLE}))


def settings() -> Settings:
    """The shipped settings with one staff role."""
    shipped = default_settings()
    return shipped.model_copy(
        update={"roles": shipped.roles.model_copy(update={"staff": (STAFF_ROLE,)})}
    )


class Fixed:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = NOW
        self.offset = 0

    def now(self) -> int:
        return self.at

    def real(self) -> int:
        return self.at


def make_desk(data: Path) -> Desk:
    """An empty desk in this folder, at NOW."""
    chosen = settings()
    return Desk(open_database(data), lambda: chosen, data, Fixed())  # type: ignore[arg-type]


def open_ticket(desk: Desk, customer: str, subject: str, *, type_id: str = "support") -> Ticket:
    """An open ticket with its channel; the customer's id is made from the name."""
    wish = Intention(customer_id(customer), customer, frozenset(), type_id, subject, "Please help.")
    interaction = snowflake_at(desk.now()) + customer_id(customer)
    ticket = opening.open_ticket(desk, wish, interaction)
    assert isinstance(ticket, Ticket)
    with desk.db.write():
        opening.channel_created(desk, ticket.id, 9_000 + ticket.id, customer)
    return desk.ticket(ticket.id)


def customer_id(name: str) -> int:
    """A stable id for a made-up member."""
    return 1_000 + sum(map(ord, name))


def say(desk: Desk, ticket: Ticket, author: str, text: str, *, staff: bool = False) -> int:
    """A message in the ticket's channel a minute later; gives its id."""
    later(desk, MINUTE)
    message_id = snowflake_at(desk.now())
    assert ticket.channel_id is not None
    conversation.record(
        desk,
        conversation.Incoming(
            id=message_id,
            channel_id=ticket.channel_id,
            author_id=SAM.id if staff else customer_id(author),
            author_name=author,
            at=desk.now(),
            content=text,
            roles=SAM.roles if staff else frozenset(),
        ),
    )
    return message_id


def later(desk: Desk, passed: int) -> None:
    """Let time pass."""
    desk.clock.at += passed  # type: ignore[attr-defined]


def claim(desk: Desk, ticket: Ticket) -> None:
    """Sam takes the ticket."""
    assert isinstance(staff.claim(desk, SAM, ticket.id), Ticket)


def decide(desk: Desk, ticket: Ticket, *, answered: bool) -> None:
    """Let the pending question be answered, or handed over, with a full record."""
    question = replies.begin(desk, ticket.id)
    assert question is not None
    passage = Passage(7, "refunds.md", "Refunds", "Deadline", None, "Within 14 days.")
    search = Search(question.text, "hybrid", (Hit(passage, 0.81, 0.7, 0.9),), 1)
    quoted = Citation(7, "refunds.md", "Refunds", "Deadline", None, "Within 14 days.")
    verdict = Verdict(
        outcome=Outcome.ANSWER if answered else Outcome.ESCALATE,
        question=question.text,
        confidence=0.81 if answered else 0.2,
        threshold=0.45,
        engine="extractive" if answered else "none",
        reason=None if answered else Reason.LOW_CONFIDENCE,
        text="Within 14 days." if answered else None,
        citations=(quoted,) if answered else (),
        checks=(Check("quoted", True, "word for word"),) if answered else (),
        timings_ms={"confidence": 1.5},
    )
    replies.finish(desk, question, verdict, search)


def alone(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """80 columns without colour, and no config file but one that a test names."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("HOME", str(data.parent))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr("ogma.settings.locations.checkout_folder", lambda: None)
    monkeypatch.chdir(data.parent)


def ogma(data: Path, *arguments: str) -> int:
    """Run `ogma --data DATA ARGUMENTS` in this process; gives the exit code."""
    return run(["--data", str(data), *arguments])


def printed(capsys: Any) -> Any:
    """What the last command printed as JSON."""
    return json.loads(capsys.readouterr().out)

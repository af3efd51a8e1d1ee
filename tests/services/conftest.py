"""A desk over a real database in a temporary data folder, and short ways through a ticket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ogma.domain.access import Actor
from ogma.domain.clock import Millis, snowflake_at
from ogma.domain.effects import Job, Kind
from ogma.domain.opening import Intention
from ogma.domain.permissions import MANAGE_CHANNELS
from ogma.domain.policies import Settings
from ogma.domain.tickets import Ticket
from ogma.services import assignment, conversation, jobs, opening
from ogma.services.conversation import Incoming
from ogma.services.desk import Clock, Desk
from ogma.store import outbox, tickets
from ogma.store.opening import open_database

GUILD, ALICE, SAM, BOT = 1, 2, 3, 9
SUPPORT, MANAGEMENT = 10, 20
START: Millis = 1_800_000_000_000

SETTINGS = Settings.model_validate(
    {
        "discord": {"guild": GUILD},
        "channels": {"panel": 30, "staff_review": 31, "transcripts": 32},
        "roles": {"staff": [SUPPORT], "management": [MANAGEMENT]},
        "types": [
            {"id": "general", "label": "General", "category": 40},
            {"id": "quiet", "label": "No AI", "category": 40, "ai": False},
        ],
        "ai": {"engine": "extractive"},
    }
)

CUSTOMER = Actor(ALICE, "alice")
STAFF = Actor(SAM, "sam", frozenset({SUPPORT}))
CLOSER = Actor(4, "mia", frozenset({MANAGEMENT}), MANAGE_CHANNELS)


class TestClock(Clock):
    """Stands still until it is moved."""

    __test__ = False

    def __init__(self) -> None:
        super().__init__()
        self.at = START

    def now(self) -> Millis:
        return self.at

    def real(self) -> Millis:  # type: ignore[override]
        return self.at


@dataclass
class Office:
    """A desk and what tests do at it."""

    desk: Desk
    clock: TestClock
    messages: int = 0
    delivered: list[Kind] = field(default_factory=list)

    def ticket(self, number: int = 1) -> Ticket:
        return self.desk.ticket(number)

    def open(self, subject: str | None = "Hello", type_id: str = "general") -> Ticket:
        """A ticket that is open in channel 1000 + number, with its effects delivered."""
        wish = Intention(ALICE, "alice", frozenset(), type_id, subject=subject)
        ticket = opening.open_ticket(self.desk, wish, snowflake_at(self.clock.at) + self.serial())
        assert isinstance(ticket, Ticket)
        self.deliver()
        return self.ticket(ticket.id)

    def serial(self) -> int:
        self.messages += 1
        return self.messages

    def say(self, who: Actor, text: str, channel: int = 1001, **fields: object) -> int:
        """A message at the clock's time; gives its id."""
        incoming = Incoming(
            id=snowflake_at(self.clock.at) + self.serial(),
            channel_id=channel,
            author_id=who.id,
            author_name=who.name,
            at=self.clock.at,
            content=text,
            roles=who.roles,
            **fields,  # type: ignore[arg-type]
        )
        conversation.record(self.desk, incoming)
        return incoming.id

    def deliver(self, *, fail: frozenset[Kind] = frozenset()) -> list[Kind]:
        """Perform every due effect as Discord would; gives the kinds in order."""
        performed: list[Kind] = []
        while claimed := jobs.claim(self.desk, 50):
            for job in claimed:
                performed.append(job.kind)
                if job.kind in fail:
                    jobs.give_up(self.desk, job, "refused by the test")
                else:
                    jobs.complete(self.desk, job, self.receipt(job))
        self.delivered += performed
        return performed

    def receipt(self, job: Job) -> dict[str, object]:
        match job.kind:
            case Kind.OPEN_CHANNEL:
                assert job.ticket_id is not None
                return {"channel": 1000 + job.ticket_id, "name": f"ticket-{job.ticket_id}"}
            case Kind.ARCHIVE:
                return {"path": "transcripts/x", "sha256": "0" * 64, "names": {}, "server": "S"}
            case Kind.ASSIGN:
                assert job.ticket_id is not None
                found = assignment.candidates(self.desk, job.ticket_id)
                return {"assignee": found[0].id} if found else {"skipped": "nobody"}
            case Kind.SYNC_TIP:
                return {"message": 5000 + job.id, "channel": 33}
            case Kind.SYNC_PANEL:
                return {"message": 5000 + job.id, "channel": 30}
            case Kind.PIN_GREETING | Kind.LOCK_CHANNEL | Kind.DELETE_CHANNEL | Kind.DELETE_MESSAGE:
                return {}
        return {"message": 5000 + job.id}

    def waiting(self) -> list[str]:
        return [row["key"] for row in outbox.listed(self.desk.db, ["todo"], 100)][::-1]

    def events(self, number: int = 1) -> list[str]:
        return [row["kind"] for row in tickets.events(self.desk.db, number)]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    clock = TestClock()
    db = open_database(tmp_path)
    yield Office(Desk(db, lambda: SETTINGS, tmp_path, clock), clock)
    db.close()

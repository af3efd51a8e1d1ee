"""Whatever happens between a question and its answer: nothing outdated is sent (A3, P24).

Two processes share a ticket, and every step of one may fall between any two of the other: the bot
asks, plans, claims, looks, posts and notes; the world writes as staff, closes, edits, deletes and
hands over. The looks and writes are the bot's own; only Discord is missing.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.effects import Kind
from ogma.services import closing, conversation, escalation, jobs, replies
from ogma.services.closing import Closure
from ogma.store import outbox, records

from .conftest import CLOSER, CUSTOMER, STAFF, Office
from .test_replies import ANSWER, SEARCH

Change = Callable[[Office, int], object]

CHANGES: dict[str, Change] = {
    "staff": lambda office, asked: office.say(STAFF, "let me look"),
    "close": lambda office, asked: closing.close(
        office.desk, CLOSER, 1, Closure(CloseReason.RESOLVED, CloseCause.COMMAND)
    ),
    "edit": lambda office, asked: conversation.record_edit(
        office.desk, asked, {"content": f"how? {office.serial()}"}, office.clock.at
    ),
    "delete": lambda office, asked: conversation.record_deletion(
        office.desk, asked, office.clock.at
    ),
    "hand over": lambda office, asked: escalation.request_human(office.desk, CUSTOMER, 1),
}


class Bot:
    """Answers as the loops of the bot do, one step at a time."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.outdated = False
        """Whether something has happened since the question was taken."""
        self.posted: dict[int, int] = {}
        """By answer, the message that it is on Discord."""
        self.crossed: set[int] = set()

    def steps(self) -> Iterator[None]:
        """Every point at which something else may happen."""
        desk = self.office.desk
        while (question := replies.begin(desk, 1)) is not None:
            self.outdated = False
            yield
            replies.finish(desk, question, ANSWER, SEARCH)
            yield
            yield from self._deliver()

    def _deliver(self) -> Iterator[None]:
        while claimed := jobs.claim(self.office.desk, 50):
            for job in claimed:
                if job.kind is not Kind.ANSWER:
                    jobs.complete(self.office.desk, job, self.office.receipt(job))
                    continue
                yield
                answer, revision = job.payload["answer"], job.payload["revision"]
                ready = replies.sendable(self.office.desk, answer, revision)
                if ready is None:
                    jobs.complete(self.office.desk, job, {"withdrawn": "outdated"})
                    continue
                assert not self.outdated, "an answer goes out although the event was received"
                yield  # on the wire
                message = 9_000 + answer
                self.posted[answer] = message
                if self.outdated:
                    self.crossed.add(answer)
                jobs.complete(self.office.desk, job, {"message": message})


def play(office: Office, rng: random.Random) -> Bot:
    """One random story; gives the bot as it is when everything has happened."""
    office.open(subject=None)
    asked = office.say(CUSTOMER, "how?")
    changes = rng.sample(sorted(CHANGES), k=rng.randint(1, 4))
    bot = Bot(office)
    steps = bot.steps()
    for name in changes:
        for _ in range(rng.randint(0, 5)):
            next(steps, None)
        CHANGES[name](office, asked)
        bot.outdated = True
    for _ in steps:
        continue
    return bot


@pytest.mark.parametrize(
    "seed", [*range(60), *(pytest.param(seed, marks=pytest.mark.full) for seed in range(60, 1000))]
)
def test_a3_no_answer_goes_out_once_the_event_was_received(office: Office, seed: int) -> None:
    """A3: 1,000 random interleavings; what crossed on the wire is taken back, or on record."""
    bot = play(office, random.Random(seed))
    kept = {row["id"]: row for row in records.answers(office.desk.db, 1)}
    deleted = {
        row["key"]
        for row in outbox.of_ticket(office.desk.db, 1)
        if row["kind"] == Kind.DELETE_MESSAGE
    }
    for answer, message in bot.posted.items():
        crossed = answer in bot.crossed
        assert (kept[answer]["withdrawn"] == "crossed") is crossed
        assert (f"delete:{message}" in deleted) is crossed
    sent = {answer for answer, row in kept.items() if row["message_id"] is not None}
    assert sent == bot.posted.keys()

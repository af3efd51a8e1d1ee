"""Lives of tickets in random order: what customers and staff do in them, through the services."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

from ogma.domain.access import Actor
from ogma.domain.clock import MINUTE, Millis, snowflake_at
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.effects import Kind
from ogma.domain.opening import Intention
from ogma.domain.tickets import State, Ticket
from ogma.services import close_request, closing, escalation, opening, replies, staff, timers
from ogma.services.closing import Closure
from ogma.store import records

from .conftest import CLOSER, STAFF, SUPPORT, Office
from .test_replies import ANSWER, SEARCH

SUE = Actor(5, "sue", frozenset({SUPPORT}))
TEAM = (STAFF, SUE)
ALIVE = 6
"""Lives that go on at the same time."""

STEPS = 8
"""Somebody does fewer things than this in a ticket before it is another one's turn."""

REASONS = (CloseReason.RESOLVED, CloseReason.DUPLICATE)
RATINGS = ("helpful", "unhelpful")


@dataclass
class Lives:
    """People at a desk. What the history does not tell is noted here."""

    office: Office
    dice: Random
    begun: int = 0
    alive: list[int] = field(default_factory=list)
    sweeps: list[Millis] = field(default_factory=list)
    """When somebody looked at what is due."""
    answers: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By ticket, what its customer said of each answer of the AI; "" where nothing."""

    def begin_more(self, lives: int) -> None:
        """Let life go on until so many more have begun, some at the same time."""
        last = self.begun + lives
        while self.begun < last:
            if len(self.alive) < ALIVE:
                self.alive.append(self.begin())
            self.go_on()

    def end_all(self) -> None:
        """Let life go on until there is nothing left to do. Many stay open."""
        while self.alive:
            self.go_on()

    def go_on(self) -> None:
        """A few things happen in one of the tickets, with time passing in between."""
        number = self.dice.choice(self.alive)
        for _ in range(self.dice.randrange(1, STEPS)):
            self.office.clock.at += MINUTE  # no two things at one instant
            self.dice.choice(DEEDS)(self, number)
            self.office.clock.at += self.dice.randrange(20) * MINUTE
            if self.dice.random() < 0.4:  # now and then nobody looks for a while
                self.sweep()
        gone = self.office.ticket(number).state is not State.OPEN
        if gone or self.dice.random() < 0.3:
            self.alive.remove(number)

    def sweep(self) -> None:
        timers.sweep(self.office.desk)
        self.sweeps.append(self.office.clock.at)

    def begin(self) -> int:
        self.begun += 1
        who = customer(self.begun)
        kind = self.dice.choice(("general", "general", "quiet"))
        subject = self.dice.choice((None, "Hello"))
        wish = Intention(who.id, who.name, frozenset(), kind, subject=subject)
        asked = snowflake_at(self.office.clock.at) + self.office.serial()
        ticket = opening.open_ticket(self.office.desk, wish, asked)
        assert isinstance(ticket, Ticket)
        assert ticket.id == self.begun
        self.office.deliver()
        return ticket.id

    def say(self, who: Actor, number: int, text: str) -> None:
        self.office.say(who, text, channel=1000 + number)

    def ask(self, number: int) -> None:
        self.say(customer(number), number, "And now?")

    def answer(self, number: int) -> None:
        """The customer asks; the AI answers, if it may; some say whether that has helped."""
        desk = self.office.desk
        self.ask(number)
        question = replies.begin(desk, number)
        if question is not None:
            replies.finish(desk, question, ANSWER, SEARCH)
            assert Kind.ANSWER in self.office.deliver()
            said = self.dice.choice((*RATINGS, "", ""))
            self.answers[number].append(said)
            if said:
                given = records.answers(desk.db, number)[-1]["id"]
                replies.judge(desk, customer(number).id, given, helpful=said == "helpful")

    def reply(self, number: int) -> None:
        self.say(self.dice.choice(TEAM), number, "Try this.")

    def claim(self, number: int) -> None:
        staff.claim(self.office.desk, self.dice.choice(TEAM), number)

    def release(self, number: int) -> None:
        staff.unclaim(self.office.desk, self.dice.choice(TEAM), number)

    def hand_over(self, number: int) -> None:
        escalation.request_human(self.office.desk, customer(number), number)

    def hand_back(self, number: int) -> None:
        escalation.hand_back(self.office.desk, STAFF, number)

    def close(self, number: int) -> None:
        """Half of the time it comes to nothing."""
        desk, who, reason = self.office.desk, customer(number), self.dice.choice(REASONS)
        match self.dice.randrange(4):
            case 0:
                closing.close(desk, CLOSER, number, Closure(reason, CloseCause.COMMAND))
            case 1:
                close_request.ask(desk, STAFF, number, reason)
                close_request.confirm(desk, who, number)
            case _:
                return
        if self.dice.random() < 0.5:  # or it is closed to the end before anybody looks
            self.sweep()
        self.office.deliver()
        if self.dice.random() < 0.6:
            closing.rate(desk, who, number, self.dice.choice(RATINGS))


DEEDS = (
    *(Lives.ask, Lives.answer, Lives.answer, Lives.reply, Lives.claim, Lives.release),
    *(Lives.hand_over, Lives.hand_back, Lives.close, Lives.close),
)


def customer(number: int) -> Actor:
    """Everybody has one ticket."""
    return Actor(10_000 + number, f"customer-{number}")

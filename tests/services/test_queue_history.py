"""Whatever staff and customers do, queue and counters are what the history says (Q2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ogma.domain.access import OWNER, Actor
from ogma.domain.assignment import Teammate
from ogma.domain.clock import MINUTE, snowflake_at
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.macros import Filling, MacroPolicy
from ogma.domain.marks import Priority
from ogma.domain.opening import Intention
from ogma.domain.permissions import MANAGE_CHANNELS
from ogma.domain.queue import Queue, sight
from ogma.domain.tickets import Ticket
from ogma.services import (
    closing,
    escalation,
    listing,
    lockdown,
    macros,
    marks,
    notes,
    opening,
    people,
    queue,
    staff,
    transfer,
)
from ogma.services.desk import Desk
from ogma.services.listing import Filter
from ogma.store import messages, tickets
from ogma.store.opening import open_database

from .conftest import MANAGEMENT, SETTINGS, SUPPORT, Office, TestClock

TYPES = [one.model_copy(update={"max_open": 0}) for one in SETTINGS.types]
SPECIAL = 12
CHOSEN = SETTINGS.model_copy(
    update={
        "types": (TYPES[0], TYPES[1].model_copy(update={"staff_roles": (SPECIAL,)})),
        "macros": (MacroPolicy(id="hello", text="Hello {customer}"),),
    }
)
TEAM = (
    Actor(3, "sam", frozenset({SUPPORT})),
    Actor(4, "mia", frozenset({MANAGEMENT}), MANAGE_CHANNELS),
    Actor(5, "eva", frozenset({SPECIAL})),
)
PEOPLE = (*TEAM, Actor(2, "alice"), Actor(6, "bob"))


@dataclass
class Life:
    """One random sequence of what people do in a handful of tickets."""

    office: Office
    dice: Random
    channels: list[int] = field(default_factory=list)

    def live(self, steps: int) -> None:
        self.open()
        for _ in range(steps):
            # Never twice the same instant: the history does not tell what came first in it.
            self.office.clock.at += self.dice.choice((1, MINUTE))
            self.dice.choice(DEEDS)(self)

    def ticket(self) -> Ticket:
        return self.office.ticket(self.dice.choice(self.channels) - 1000)

    def someone(self) -> Actor:
        return self.dice.choice(PEOPLE)

    def open(self) -> None:
        customer, kind = self.dice.choice(PEOPLE), self.dice.choice(CHOSEN.types)
        subject = self.dice.choice((None, "Hello"))
        wish = Intention(customer.id, customer.name, frozenset(), kind.id, subject=subject)
        office = self.office
        made = opening.open_ticket(office.desk, wish, snowflake_at(1) + office.serial())
        assert isinstance(made, Ticket)
        office.deliver()
        self.channels.append(1000 + made.id)

    def say(self) -> None:
        machine = self.dice.random() < 0.2
        channel = self.dice.choice(self.channels)
        self.office.say(self.someone(), "words", channel, machine=machine)

    def own_words(self) -> None:
        self.office.say(OWNER, "I am the bot.", self.dice.choice(self.channels), ours=True)

    def note(self) -> None:
        notes.add(self.office.desk, self.someone(), self.ticket().id, "between us")

    def macro(self) -> None:
        def fill(ticket: Ticket) -> Filling:
            return Filling(ticket.customer_name, ticket.id, "sam", "")

        macros.send(self.office.desk, self.someone(), self.ticket().id, "hello", fill)

    def claim(self) -> None:
        staff.claim(self.office.desk, self.someone(), self.ticket().id)

    def unclaim(self) -> None:
        staff.unclaim(self.office.desk, self.someone(), self.ticket().id)

    def assign(self) -> None:
        whom = self.someone()
        mate = Teammate(whom.id, whom.name, whom.roles)
        staff.assign(self.office.desk, self.someone(), self.ticket().id, mate)

    def escalate(self) -> None:
        ticket = self.ticket()
        customer = Actor(ticket.customer_id, ticket.customer_name)
        escalation.request_human(self.office.desk, customer, ticket.id)

    def hand_back(self) -> None:
        escalation.hand_back(self.office.desk, self.someone(), self.ticket().id)

    def lock(self) -> None:
        lockdown.lock(self.office.desk, TEAM[1], self.ticket().id)

    def unlock(self) -> None:
        lockdown.unlock(self.office.desk, TEAM[1], self.ticket().id)

    def close(self) -> None:
        closure = closing.Closure(CloseReason.RESOLVED, CloseCause.COMMAND)
        closing.close(self.office.desk, TEAM[1], self.ticket().id, closure)
        if self.dice.random() < 0.5:
            self.office.deliver()

    def transfer(self) -> None:
        kind = self.dice.choice(CHOSEN.types)
        transfer.transfer(self.office.desk, self.someone(), self.ticket().id, kind.id)

    def mark(self) -> None:
        marks.tag(self.office.desk, self.someone(), self.ticket().id, "bug")
        level = self.dice.choice(list(Priority))
        marks.prioritise(self.office.desk, self.someone(), self.ticket().id, level)

    def add(self) -> None:
        member = people.Member(5, "eva")
        people.add(self.office.desk, TEAM[1], self.ticket().id, member)


DEEDS = (
    *(Life.say,) * 8,
    *(Life.open, Life.own_words, Life.note, Life.macro, Life.claim, Life.claim, Life.unclaim),
    *(Life.assign, Life.escalate, Life.hand_back, Life.lock, Life.unlock, Life.close),
    *(Life.transfer, Life.mark, Life.add),
)


@dataclass
class Told:
    """One ticket as its history tells it."""

    number: int
    customer: int
    type_id: str
    open: bool = True
    holder: int | None = None
    escalated_at: int | None = None
    locked: bool = False
    added: frozenset[int] = frozenset()
    customer_at: int | None = None
    staff_at: int | None = None

    @property
    def staffs_turn(self) -> bool:
        if self.customer_at is None:
            return self.staff_at is None
        return self.staff_at is None or self.customer_at >= self.staff_at

    def staff_spoke(self, at: int) -> None:
        self.staff_at = max(at, self.staff_at or 0)
        if self.escalated_at is not None and at >= self.escalated_at:
            self.escalated_at = None


def told(desk: Desk, number: int) -> Told:
    """Read the history in the order in which it was written down."""
    events = tickets.events(desk.db, number)
    first = events[0]
    known = Told(number, first["actor_id"], first["detail"])
    happened = [(one["at"], 1, one["id"], one) for one in events]
    said = messages.of_ticket(desk.db, number)
    happened += [(row["at"], 0, row["id"], row) for row in said]
    for _, is_event, _, one in sorted(happened, key=lambda entry: entry[:3]):
        if is_event:
            _tell_event(desk, known, one)
        elif one["side"] == "customer":
            known.customer_at = max(one["at"], known.customer_at or 0)
        elif one["side"] == "staff":
            known.staff_spoke(one["at"])
    return known


def _tell_event(desk: Desk, known: Told, event: dict[str, Any]) -> None:
    match event["kind"]:
        case "claimed":
            known.holder = event["actor_id"]
        case "unclaimed":
            known.holder = None
        case "escalated":
            known.escalated_at = event["at"]
        case "handed_back":
            known.escalated_at = None
        case "macro":
            known.staff_spoke(event["at"])
        case "locked" | "unlocked":
            known.locked = event["kind"] == "locked"
        case "closed":
            known.open = False
        case "transferred":
            known.type_id = event["detail"].rpartition(" → ")[2]
        case "member_added":
            known.added |= {5}


def seen_by(actor: Actor, known: Iterable[Told]) -> list[Told]:
    """What a member may know of, said in other words than the code's."""
    manages = MANAGEMENT in actor.roles
    shown = []
    for one in known:
        of_type = SUPPORT in actor.roles or (SPECIAL in actor.roles and one.type_id == "quiet")
        beside = actor.id == one.customer or actor.id in one.added
        if one.open and (manages or (of_type and not one.locked)) and not beside:
            shown.append(one)
    return shown


def filtered(which: Queue, actor: Actor, known: Iterable[Told]) -> list[int]:
    wanted: Callable[[Told], bool] = {
        Queue.ALL: lambda one: True,
        Queue.UNCLAIMED: lambda one: one.holder is None,
        Queue.MINE: lambda one: one.holder == actor.id,
        Queue.ESCALATED: lambda one: one.escalated_at is not None,
        Queue.AWAITING_STAFF: lambda one: one.staffs_turn,
        Queue.AWAITING_CUSTOMER: lambda one: not one.staffs_turn,
    }[which]
    return sorted((one.number for one in known if wanted(one)), reverse=True)


def compare(desk: Desk, known: list[Told]) -> None:
    """The queue of each member, of the shell, and their counters, against the history."""
    for actor in TEAM:
        mine = seen_by(actor, known)
        page = queue.page(desk, actor, Queue.ALL)
        assert isinstance(page, queue.Page)
        assert page.counters == counted(mine)
        shown = sight(actor, CHOSEN)
        for which in Queue:
            wanted = Filter(queue=which, assignee=actor.id, sight=shown, limit=500)  # type: ignore[arg-type]
            found = [ticket.id for ticket in listing.listed(desk, wanted)]
            assert found == filtered(which, actor, mine), (actor.name, which)
    still = [one for one in known if one.open]
    assert listing.counters(desk) == counted(still)
    shown_in_shell = listing.listed(desk, Filter(queue=Queue.ALL, limit=500))
    turns = {one.id: one.waiting_on for one in shown_in_shell}
    assert turns == {one.number: "staff" if one.staffs_turn else "customer" for one in still}


def counted(known: list[Told]) -> dict[str, int]:
    staffs_turn = sum(one.staffs_turn for one in known)
    return {
        "open": len(known),
        "unclaimed": sum(one.holder is None for one in known),
        "escalated": sum(one.escalated_at is not None for one in known),
        "awaiting_staff": staffs_turn,
        "awaiting_customer": len(known) - staffs_turn,
    }


def lives(folder: Path, seeds: range) -> int:
    """Play these sequences, some to a database; gives how many tickets there were."""
    total = 0
    for start in range(seeds.start, seeds.stop, 10):
        place = folder / str(start)
        db = open_database(place)
        db.execute("PRAGMA synchronous = OFF")
        clock = TestClock()
        office = Office(Desk(db, lambda: CHOSEN, place, clock), clock)
        known: list[Told] = []
        for seed in range(start, min(start + 10, seeds.stop)):
            life = Life(office, Random(seed))
            life.live(14)
            # What was put off for an open ticket of before may have been done in this life.
            known = [told(office.desk, one.number) if one.open else one for one in known]
            known += [told(office.desk, channel - 1000) for channel in life.channels]
            compare(office.desk, known)
        total += len(known)
        db.close()
    return total


def test_q2_the_queue_is_what_the_history_says(tmp_path: Path) -> None:
    """Q1, Q2, Q3, Q4: 25 random sequences of what staff and customers do."""
    assert lives(tmp_path, range(25)) > 25


@pytest.mark.full
def test_q2_the_queue_is_what_10_000_histories_say(tmp_path: Path) -> None:
    """Q2: the same, often."""
    assert lives(tmp_path, range(1000, 11_000)) > 10_000

"""Whose ticket it is: claimed, given, going round, taken away (Q1)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random

import pytest

from ogma.domain.access import Actor, Denial
from ogma.domain.assignment import Candidate, Method, Teammate, in_order
from ogma.domain.clock import HOUR, snowflake_at
from ogma.domain.effects import Kind
from ogma.domain.opening import Intention
from ogma.domain.permissions import MANAGE_CHANNELS
from ogma.domain.policies import Settings
from ogma.domain.tickets import Ticket
from ogma.errors import NotFound, UsageError
from ogma.services import assignment, opening, people, staff, team, timers
from ogma.services.desk import Desk
from ogma.store import team as stored

from .conftest import ALICE, CLOSER, MANAGEMENT, SETTINGS, STAFF, SUPPORT, Office

SUE = Actor(5, "sue", frozenset({SUPPORT}))
EXPERT = 11


def by(method: Method, **more: object) -> Settings:
    types = tuple(
        one.model_copy(update={"assignment": method, "max_open": 0}) for one in SETTINGS.types
    )
    return SETTINGS.model_copy(update={"types": types, **more})


def under(office: Office, chosen: Settings) -> Desk:
    """The office's desk with other settings."""
    office.desk = Desk(office.desk.db, lambda: chosen, office.desk.data, office.clock)
    return office.desk


def mate(actor: Actor) -> Teammate:
    return Teammate(actor.id, actor.name, actor.roles)


def hire(office: Office, *actors: Actor) -> None:
    team.saw(office.desk, [mate(one) for one in actors])


def newcomer(office: Office, number: int, type_id: str = "general") -> Ticket:
    """A ticket of a customer of its own."""
    wish = Intention(1000 + number, f"customer {number}", frozenset(), type_id, subject="Hello")
    ticket = opening.open_ticket(office.desk, wish, snowflake_at(office.clock.at) + number)
    assert isinstance(ticket, Ticket)
    office.deliver()
    return office.ticket(ticket.id)


@pytest.mark.parametrize("method", [Method.ROUND_ROBIN, Method.LOAD_BALANCED])
def test_q1_tickets_go_to_the_team_in_turn(office: Office, method: Method) -> None:
    """Q1: by turn or by load, four tickets for two people are two for each."""
    under(office, by(method))
    hire(office, STAFF, SUE)
    given_to = [newcomer(office, number).claimed_by_name for number in range(4)]
    assert Counter(given_to) == {"sam": 2, "sue": 2}
    assert "claimed" in office.events(1) and office.ticket(1).assigning is None


def test_q1_manual_tickets_wait_for_somebody(office: Office) -> None:
    """Q1: manual is the default: nobody is given anything."""
    hire(office, STAFF, SUE)
    ticket = office.open()
    assert ticket.claimed_by is None and Kind.ASSIGN not in office.delivered


def test_q1_load_counts_all_that_somebody_looks_after(office: Office) -> None:
    """Q1: whoever claimed by hand has more on the desk, and gets less."""
    under(office, by(Method.LOAD_BALANCED))
    hire(office, STAFF, SUE)
    first, second = newcomer(office, 1), newcomer(office, 2)
    other = STAFF if first.claimed_by == SUE.id else SUE
    staff.unclaim(office.desk, CLOSER, second.id)
    staff.claim(office.desk, STAFF if other is SUE else SUE, second.id)
    assert [newcomer(office, number).claimed_by for number in (3, 4)] == [other.id, other.id]


def test_q1_whoever_is_away_gets_nothing_and_is_back_with_back(office: Office) -> None:
    """Q1: with everybody /away a ticket waits; the first who comes /back gets it."""
    desk = under(office, by(Method.ROUND_ROBIN))
    hire(office, STAFF, SUE)
    assert team.go_away(desk, STAFF) is True and team.go_away(desk, SUE) is True
    assert team.go_away(desk, SUE) is False
    waiting = newcomer(office, 1)
    assert waiting.claimed_by is None and waiting.assigning == Method.ROUND_ROBIN
    assert team.come_back(desk, SUE) is True
    office.deliver()
    assert office.ticket(1).claimed_by == SUE.id
    assert team.come_back(desk, SUE) is False


def test_q1_away_is_for_the_team(office: Office) -> None:
    outsider = Actor(77, "eve")
    assert team.go_away(office.desk, outsider) is Denial.NOT_TEAM
    assert team.come_back(office.desk, outsider) is Denial.NOT_TEAM


def test_q1_somebody_who_went_away_meanwhile_is_not_given_it(office: Office) -> None:
    """Q1: eligibility counts at that moment, not when the effect began."""
    desk = under(office, by(Method.ROUND_ROBIN))
    hire(office, STAFF)
    newcomer(office, 1)
    staff.unclaim(desk, STAFF, 1)
    with desk.db.write():
        assignment.ask(desk, desk.ticket(1), Method.ROUND_ROBIN)
    team.go_away(desk, STAFF)
    with desk.db.write():
        assignment.assigned(desk, 1, STAFF.id)
    assert office.ticket(1).claimed_by is None


def test_q1_a_ticket_that_was_claimed_meanwhile_stays_claimed(office: Office) -> None:
    desk = under(office, by(Method.ROUND_ROBIN))
    newcomer(office, 1)
    assert staff.claim(desk, SUE, 1) == office.ticket(1)
    hire(office, STAFF)
    with desk.db.write():
        assignment.assigned(desk, 1, STAFF.id)
    assert office.ticket(1).claimed_by == SUE.id


def test_q1_customers_are_not_staff_of_their_own_tickets(office: Office) -> None:
    """Q1: who opened a ticket, or was added to it, does not get it, staff or not."""
    desk = under(office, by(Method.ROUND_ROBIN))
    hire(office, Actor(ALICE, "alice", frozenset({SUPPORT})), SUE)
    ticket = office.open()
    assert ticket.claimed_by == SUE.id
    staff.unclaim(desk, SUE, ticket.id)
    people.add(desk, CLOSER, ticket.id, people.Member(SUE.id, "sue"))
    with desk.db.write():
        assignment.ask(desk, desk.ticket(ticket.id), Method.ROUND_ROBIN)
    office.deliver()
    assert office.ticket(ticket.id).claimed_by is None


def test_q1_roles_of_the_type_decide(office: Office) -> None:
    """Q1: a type's own staff get its tickets, and nobody else's staff."""
    chosen = by(Method.ROUND_ROBIN)
    own = chosen.types[1].model_copy(update={"staff_roles": (EXPERT,)})
    nobody = chosen.roles.model_copy(update={"staff": (), "management": ()})
    under(office, chosen.model_copy(update={"types": (chosen.types[0], own), "roles": nobody}))
    hire(office, Actor(6, "eva", frozenset({EXPERT})), SUE)
    assert newcomer(office, 1, "quiet").claimed_by_name == "eva"
    assert newcomer(office, 2, "general").claimed_by is None


def test_q1_tickets_of_somebody_who_leaves_go_to_others(office: Office) -> None:
    """Q1: leaving the server or losing the role takes the claims away, in any way of assigning."""
    desk = under(office, by(Method.ROUND_ROBIN))
    hire(office, STAFF)
    assert newcomer(office, 1).claimed_by == STAFF.id
    hire(office, SUE)
    team.left(desk, STAFF.id)
    office.deliver()
    assert office.ticket(1).claimed_by == SUE.id
    team.saw(desk, [Teammate(SUE.id, "sue", frozenset())])
    office.deliver()
    assert office.ticket(1).claimed_by is None
    assert team.everybody(desk) == []


def test_q1_the_list_at_the_start_says_who_has_left(office: Office) -> None:
    """Q1: who left while the bot was away is found when it comes back."""
    hire(office, STAFF, SUE)
    office.open()
    staff.claim(office.desk, STAFF, 1)
    team.is_whole(office.desk, [mate(SUE)])
    assert office.ticket(1).claimed_by is None
    assert [one.name for one in team.everybody(office.desk)] == ["sue"]


def test_q1_tickets_of_somebody_away_for_too_long_go_to_others(office: Office) -> None:
    """Q1: reassigned after the configured hours of /away, not before, and once."""
    policy = SETTINGS.assignment.model_copy(update={"reassign_away_hours": 2})
    desk = under(office, by(Method.LOAD_BALANCED, assignment=policy))
    hire(office, STAFF)
    newcomer(office, 1)
    hire(office, SUE)
    team.go_away(desk, STAFF)
    office.clock.at += 2 * HOUR - 1
    timers.sweep(desk)
    assert office.ticket(1).claimed_by == STAFF.id
    office.clock.at += 1
    timers.sweep(desk)
    office.deliver()
    assert office.ticket(1).claimed_by == SUE.id
    timers.sweep(desk)
    assert office.events(1).count("unclaimed") == 1


def test_q1_away_without_the_setting_keeps_the_tickets(office: Office) -> None:
    hire(office, STAFF)
    office.open()
    staff.claim(office.desk, STAFF, 1)
    team.go_away(office.desk, STAFF)
    office.clock.at += 1000 * HOUR
    timers.sweep(office.desk)
    assert office.ticket(1).claimed_by == STAFF.id


def test_q1_assign_gives_a_ticket_to_staff_who_are_there(office: Office) -> None:
    """Q1: /assign: to staff of the ticket, by staff; somebody else's claim only by management."""
    desk = office.desk
    office.open()
    assert staff.assign(desk, Actor(ALICE, "alice"), 1, mate(SUE)) is Denial.NOT_STAFF
    assert staff.assign(desk, STAFF, 1, Teammate(8, "bob", frozenset())) == staff.NotEligible("bob")
    assert isinstance(staff.assign(desk, STAFF, 1, mate(SUE)), Ticket)
    assert office.ticket(1).claimed_by == SUE.id
    assert staff.assign(desk, STAFF, 1, mate(STAFF)) is Denial.NOT_YOURS
    team.go_away(desk, STAFF)
    assert staff.assign(desk, SUE, 1, mate(STAFF)) == staff.NotEligible("sam", away=True)
    manager = Actor(4, "mia", frozenset({MANAGEMENT}), MANAGE_CHANNELS)
    assert isinstance(staff.assign(desk, manager, 1, mate(manager)), Ticket)
    assert office.ticket(1).claimed_by_name == "mia"


def test_q1_teammates_are_known_by_name_or_id(office: Office) -> None:
    hire(office, STAFF, SUE, Actor(50, "Sam", frozenset({SUPPORT})))
    assert team.known(office.desk, "@SUE").id == team.known(office.desk, "5").id == SUE.id
    with pytest.raises(UsageError, match="Several"):
        team.known(office.desk, "sam")
    with pytest.raises(NotFound, match="nobody"):
        team.known(office.desk, "nobody")


def test_q1_members_who_were_never_staff_are_not_kept(office: Office) -> None:
    team.saw(office.desk, [Teammate(70, "bob", frozenset({99}))])
    assert stored.get(office.desk.db, 70) is None


@dataclass(frozen=True)
class Step:
    """A ticket comes, or somebody other than the two who stay comes or goes."""

    ticket: bool
    person: int


def history(seed: int) -> list[Step]:
    """A made-up history, the same for the same seed."""
    dice = Random(seed)
    return [Step(dice.random() < 0.5, dice.randint(3, 6)) for _ in range(dice.randint(5, 60))]


def fair(method: Method, steps: list[Step]) -> Counter[int]:
    """Let tickets go round while people come and go; gives who of the two who stay got how many."""
    there, counts = {1, 2}, Counter({1: 0, 2: 0})
    turns: dict[int, int] = {}
    for serial, step in enumerate(steps, 1):
        if not step.ticket:
            there ^= {step.person}
            continue
        found = [Candidate(Teammate(one, "", frozenset()), turns.get(one, 0)) for one in there]
        first = in_order(method, found)[0].id
        turns[first] = serial
        counts[first] += 1
        assert abs(counts[1] - counts[2]) <= 1
    return counts


def test_q1_round_robin_is_fair_to_those_who_are_always_there() -> None:
    """Q1: at every moment their counts differ by one at most, whoever else comes and goes."""
    assert sum(fair(Method.ROUND_ROBIN, history(seed)).total() for seed in range(200)) > 0


@pytest.mark.full
def test_q1_round_robin_is_fair_in_100_000_histories() -> None:
    """Q1: the same, often."""
    assert sum(fair(Method.ROUND_ROBIN, history(seed)).total() for seed in range(100_000)) > 0


def test_q1_turns_survive_restarts_and_interleaved_types(office: Office) -> None:
    """Q1: whose turn it is stands in the database, for each type apart."""
    chosen = by(Method.ROUND_ROBIN)
    under(office, chosen)
    hire(office, STAFF, SUE)
    counts: dict[str, Counter[str | None]] = {"general": Counter(), "quiet": Counter()}
    for number in range(12):
        under(office, chosen)
        type_id = "quiet" if number % 3 == 0 else "general"
        counts[type_id][newcomer(office, number, type_id).claimed_by_name] += 1
    assert counts == {"general": {"sam": 4, "sue": 4}, "quiet": {"sam": 2, "sue": 2}}

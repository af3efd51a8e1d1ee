"""Service levels (Q5): by when staff must have replied, by when a ticket must be closed.

Pure, from stored facts: the same dates come out whenever they are asked for, so a bot that was
away neither forgets a breach nor sees one that never was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ogma.domain.automation_policies import SlaPolicy, SlaTargetPolicy
from ogma.domain.business_hours import HORIZON, Hours, intervals
from ogma.domain.clock import MINUTE, Millis
from ogma.domain.tickets import State, Ticket

SHORTEST_MINUTES: Final = 5
"""Nobody can be held to less."""


class Goal(StrEnum):
    """What a service level is about; each is a text in the catalogue below 'goal.'."""

    RESPONSE = "first_response"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class Turn:
    """A message of the customer's side or of staff, as far as it says whose turn it is."""

    at: Millis
    staff: bool


@dataclass(frozen=True, slots=True)
class Term:
    """A goal of one ticket. None: never, as things stand (paused, or no warning is wanted)."""

    goal: Goal
    due_at: Millis | None
    warn_at: Millis | None
    met_at: Millis | None
    """When staff did it, or it was closed without."""

    def breached(self, now: Millis) -> bool:
        """Whether the time was over before it was done."""
        if self.due_at is None:
            return False
        return self.due_at <= (now if self.met_at is None else min(self.met_at, now))

    def warned(self, now: Millis) -> bool:
        """Whether it is about to be over."""
        return self.met_at is None and self.warn_at is not None and self.warn_at <= now

    def next_at(self, now: Millis) -> Millis | None:
        """When one of the two becomes true next."""
        if self.met_at is not None:
            return None
        return min((at for at in (self.warn_at, self.due_at) if at and at > now), default=None)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time; `end` None: it still lasts."""

    start: Millis
    end: Millis | None


def target_of(policy: SlaPolicy, ticket: Ticket) -> SlaTargetPolicy | None:
    """The first target that is for this ticket."""
    return next((one for one in policy.targets if _fits(one, ticket)), None)


def _fits(target: SlaTargetPolicy, ticket: Ticket) -> bool:
    if target.types and ticket.type_id not in target.types:
        return False
    return not target.priorities or ticket.priority in target.priorities


def terms(
    ticket: Ticket, policy: SlaPolicy, hours: Hours | None, turns: Sequence[Turn]
) -> tuple[Term, ...]:
    """The goals of this ticket. `turns` in their order; they count only where it can pause."""
    target = target_of(policy, ticket)
    if target is None:
        return ()
    counted = hours if policy.business_time else None
    found: list[Term] = []
    started = ticket.opened_at if policy.response_from == "opened" else ticket.escalated_at
    if target.first_response_minutes and started is not None:
        span = (Span(started, None),)
        found.append(_term(Goal.RESPONSE, target, policy, span, counted, ticket))
    if target.resolution_minutes:
        spans = tuple(_running(ticket, policy, turns))
        found.append(_term(Goal.RESOLUTION, target, policy, spans, counted, ticket))
    return tuple(found)


def _term(
    goal: Goal,
    target: SlaTargetPolicy,
    policy: SlaPolicy,
    spans: Sequence[Span],
    hours: Hours | None,
    ticket: Ticket,
) -> Term:
    if goal is Goal.RESPONSE:
        minutes, met_at = target.first_response_minutes, responded_at(ticket)
    else:
        minutes, met_at = target.resolution_minutes, _over_at(ticket)
    need = minutes * MINUTE
    warn = need * policy.warn_percent // 100
    return Term(
        goal,
        due_at=reached(spans, need, hours),
        warn_at=reached(spans, warn, hours) if warn else None,
        met_at=met_at,
    )


def responded_at(ticket: Ticket) -> Millis | None:
    """When staff replied, or it was closed without: a reply may come after that, in the grace
    period or while Ogma was away, and is not late then."""
    ends = (ticket.first_response_at, _over_at(ticket))
    return min((at for at in ends if at is not None), default=None)


def _over_at(ticket: Ticket) -> Millis | None:
    return None if ticket.state is State.OPEN else ticket.closing_at


def _running(ticket: Ticket, policy: SlaPolicy, turns: Sequence[Turn]) -> Iterator[Span]:
    """When the time to the resolution runs: not while the customer's word is awaited."""
    if not policy.pause_awaiting_customer:
        yield Span(ticket.opened_at, None)
        return
    since: Millis | None = ticket.opened_at
    for turn in turns:
        if turn.staff and since is not None:
            yield Span(since, turn.at)
            since = None
        elif not turn.staff and since is None:
            since = turn.at
    if since is not None:
        yield Span(since, None)


def reached(spans: Sequence[Span], need: Millis, hours: Hours | None) -> Millis | None:
    """The instant at which `need` has run within the spans; None where they end before."""
    for start, end in _counted(spans, hours):
        if end is None or end - start >= need:
            return start + need
        need -= end - start
    return None


def _counted(spans: Sequence[Span], hours: Hours | None) -> Iterator[tuple[Millis, Millis | None]]:
    """The spans, cut to the time in which staff are there."""
    for span in spans:
        if hours is None:
            yield span.start, span.end
            continue
        end = span.start + HORIZON if span.end is None else span.end
        for interval in intervals(hours, span.start, end):
            if interval.open:
                yield interval.start, interval.end

"""What rules do: one small function for each action. Each gives 'done', or why nothing was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ogma.domain.access import Actor
from ogma.domain.assignment import Method
from ogma.domain.automation_policies import ActionKind, ActionPolicy, RulePolicy
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.escalation import Cause
from ogma.domain.marks import Priority
from ogma.domain.tickets import State, Ticket
from ogma.errors import UsageError
from ogma.services import assignment, closing, escalation, marks, staff
from ogma.services import outbox as build
from ogma.services.automation import webhooks
from ogma.services.closing import Closure
from ogma.services.desk import Desk
from ogma.services.escalation import HandOver
from ogma.store import outbox, team

DONE: Final = "done"
_CLOSED: Final = "the ticket is not open"
_TAKEN: Final = "somebody looks after it already"
_RULE: Final = Actor(id=0, name="Ogma", owner=True)


@dataclass(frozen=True, slots=True)
class Step:
    """One action of a rule that fired; `key` is its own, for what must happen once."""

    rule: RulePolicy
    action: ActionPolicy
    key: str


def perform(desk: Desk, number: int, rule: RulePolicy, cause: str) -> list[dict[str, str]]:
    """Do all that a rule does, in its order. Part of the caller's transaction.

    What cannot be done is noted and keeps the rest from nothing.
    """
    outcomes = []
    for index, action in enumerate(rule.actions):
        step = Step(rule, action, f"{cause}:{rule.id}:{index}")
        # Read again: the action before may have closed it.
        try:
            outcome = _ACTIONS[action.do](desk, desk.ticket(number), step)
        except UsageError as refused:
            outcome = str(refused)
        outcomes.append({"do": action.do.value, "value": action.value, "outcome": outcome})
    return outcomes


def _escalate(desk: Desk, ticket: Ticket, step: Step) -> str:
    why = HandOver(Cause.RULE, step.rule.shown)
    if ticket.state is State.OPEN:
        escalation.escalate(desk, ticket, why)
    else:
        escalation.look_again(desk, ticket, why)
    return DONE


def _add_tag(desk: Desk, ticket: Ticket, step: Step) -> str:
    added = marks.add_tag(desk, ticket, step.action.value, staff.OGMA)
    return DONE if added else "it has this tag already"


def _priority(desk: Desk, ticket: Ticket, step: Step) -> str:
    changed = marks.set_priority(desk, ticket, Priority(step.action.value), staff.OGMA)
    return DONE if changed else "it has this priority already"


def _assign(desk: Desk, ticket: Ticket, step: Step) -> str:
    if ticket.state is not State.OPEN:
        return _CLOSED
    if ticket.claimed_by is not None:
        return _TAKEN
    one = team.get(desk.db, int(step.action.value))
    if one is None or not assignment.fits(desk, ticket.id, one):
        return f"{step.action.value} is not known as staff of this ticket"
    if one.away_at is not None:
        return "they are away"
    staff.give(desk, ticket, one.id, one.name, f"by the rule {step.rule.id}")
    return DONE


def _assign_round_robin(desk: Desk, ticket: Ticket, step: Step) -> str:
    if ticket.state is not State.OPEN:
        return _CLOSED
    if ticket.claimed_by is not None:
        return _TAKEN
    assignment.ask(desk, ticket, Method.ROUND_ROBIN)
    return DONE


def _reply(desk: Desk, ticket: Ticket, step: Step) -> str:
    if ticket.state is not State.OPEN:
        return _CLOSED
    notice = build.say(ticket.id, build.Notice.RULE, text=step.action.value)
    outbox.put(desk.db, [notice], desk.now())
    return DONE


def _notify(desk: Desk, ticket: Ticket, step: Step) -> str:
    values = {"number": ticket.id, "rule": step.rule.shown, "message": step.action.value}
    notice = build.staff_notice(f"rule:{step.key}", "staff.rule", **values)
    outbox.put(desk.db, [notice], desk.now())
    return DONE


def _webhook(desk: Desk, ticket: Ticket, step: Step) -> str:
    sent = webhooks.tell_of_rule(desk, ticket, step.action.value, step.rule.id, step.key)
    return DONE if sent else "this webhook is switched off"


def _close(desk: Desk, ticket: Ticket, step: Step) -> str:
    if ticket.state is not State.OPEN:
        return _CLOSED
    reason = CloseReason(step.action.value)
    closing.close_by_itself(desk, ticket, _RULE, Closure(reason, CloseCause.RULE))
    return DONE


_ACTIONS: Final[Mapping[ActionKind, Callable[[Desk, Ticket, Step], str]]] = {
    ActionKind.ESCALATE: _escalate,
    ActionKind.ADD_TAG: _add_tag,
    ActionKind.ASSIGN: _assign,
    ActionKind.ASSIGN_ROUND_ROBIN: _assign_round_robin,
    ActionKind.PRIORITY: _priority,
    ActionKind.REPLY: _reply,
    ActionKind.NOTIFY: _notify,
    ActionKind.WEBHOOK: _webhook,
    ActionKind.CLOSE: _close,
}

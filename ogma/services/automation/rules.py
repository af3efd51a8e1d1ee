"""The owner's rules at work: each once for one cause, and never on account of a rule (Q6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ogma.domain import automation
from ogma.domain.automation import Occasion
from ogma.domain.automation_policies import RulePolicy, Trigger
from ogma.domain.clock import rfc3339
from ogma.domain.intake import question
from ogma.domain.policies import Settings
from ogma.domain.tickets import Ticket
from ogma.services.automation import rule_actions
from ogma.services.desk import Desk
from ogma.store import firings, happenings, intake, messages, tickets
from ogma.store.database import Row

_TRIGGERS: Final[Mapping[str, Trigger]] = {
    "opened": Trigger.TICKET_OPENED,
    "escalated": Trigger.TICKET_ESCALATED,
    "claimed": Trigger.TICKET_CLAIMED,
    "closed": Trigger.TICKET_CLOSED,
    "sla_breached": Trigger.SLA_BREACH,
}


@dataclass(frozen=True, slots=True)
class Cause:
    """What has happened, and the key under which it makes a rule fire once."""

    occasion: Occasion
    key: str


def on_event(desk: Desk, ticket: Ticket, event: Row, key: str) -> None:
    """Let the rules see an event of the history. Part of the caller's transaction."""
    trigger = trigger_of(event)
    if trigger is not None and desk.settings().rules:
        occasion = Occasion(trigger, ticket.type_id, about(desk, ticket))
        _apply(desk, ticket, Cause(occasion, key))


def on_message(desk: Desk, ticket: Ticket, message: Row, key: str) -> None:
    """Let the rules see what a customer wrote. Part of the caller's transaction."""
    occasion = Occasion(Trigger.MESSAGE_CONTAINS, ticket.type_id, message["content"])
    _apply(desk, ticket, Cause(occasion, key))


def trigger_of(event: Mapping[str, Any]) -> Trigger | None:
    """What an event of the history is to rules."""
    if event["kind"] == "rated":
        return Trigger.CSAT_NEGATIVE if event["detail"] == "unhelpful" else None
    return _TRIGGERS.get(event["kind"])


def about(desk: Desk, ticket: Ticket) -> str:
    """What the customer said that it is about when it was opened."""
    answers = question(intake.of_ticket(desk.db, ticket.id))
    return "\n".join(part for part in (ticket.subject, ticket.description, answers) if part)


def _apply(desk: Desk, ticket: Ticket, cause: Cause) -> None:
    for rule in automation.firing(desk.settings().rules, cause.occasion):
        if not firings.known(desk.db, rule.id, cause.key):
            before = happenings.newest_id(desk.db)
            _fire(desk, ticket.id, rule, cause)
            happenings.mark_by_rule(desk.db, before)


def _fire(desk: Desk, number: int, rule: RulePolicy, cause: Cause) -> None:
    outcomes = rule_actions.perform(desk, number, rule, cause.key)
    now, trigger = desk.now(), cause.occasion.trigger
    noted = {"rule_id": rule.id, "rule_name": rule.shown, "trigger": trigger, "cause": cause.key}
    firings.add(desk.db, number, now, noted, outcomes)
    done = ", ".join(one["do"] for one in outcomes if one["outcome"] == rule_actions.DONE)
    detail = f"{rule.id}: {done or 'nothing'}"
    who = (None, "Ogma")
    tickets.add_event(desk.db, number, now, "rule_fired", who, detail, staff_only=True)


def fired(desk: Desk, number: int) -> list[dict[str, Any]]:
    """What rules did with a ticket, for `tickets show`."""
    return [
        {
            "at": rfc3339(row["at"]),
            "rule": row["rule_id"],
            "name": row["rule_name"],
            "trigger": row["trigger"],
            "actions": row["outcome"],
        }
        for row in firings.of_ticket(desk.db, number)
    ]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would make of something that happened, or might."""

    occasion: Occasion
    at: str | None
    rules: Sequence[RulePolicy]


def try_text(settings: Settings, text: str, type_id: str) -> Trial:
    """Which rules a message would make fire."""
    occasion = Occasion(Trigger.MESSAGE_CONTAINS, type_id, text)
    return Trial(occasion, None, automation.firing(settings.rules, occasion))


def try_ticket(desk: Desk, ticket: Ticket) -> list[Trial]:
    """Which of today's rules everything in a past ticket would make fire, in its order."""
    told = about(desk, ticket)
    found: list[tuple[int, Occasion]] = []
    for event in tickets.events(desk.db, ticket.id):
        trigger = trigger_of(event)
        if trigger is not None:
            found.append((event["at"], Occasion(trigger, ticket.type_id, told)))
    for message in messages.of_ticket(desk.db, ticket.id):
        if message["side"] == "customer" and message["content"]:
            text = message["content"]
            occasion = Occasion(Trigger.MESSAGE_CONTAINS, ticket.type_id, text)
            found.append((message["at"], occasion))
    rules = desk.settings().rules
    return [
        Trial(occasion, rfc3339(at), automation.firing(rules, occasion))
        for at, occasion in sorted(found, key=lambda pair: pair[0])
    ]

"""What one key alone cannot tell about service levels, rules and webhooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from ogma.domain.automation import NEEDS_CHANNEL, ON_CLOSED, fault_of
from ogma.domain.automation_policies import (
    ActionKind,
    ActionPolicy,
    AlertsPolicy,
    RulePolicy,
    SlaPolicy,
    Trigger,
    WebhookPolicy,
)
from ogma.domain.closing import CloseReason
from ogma.domain.marks import Priority, tag_name
from ogma.domain.policies import HoursPolicy, NetworkPolicy, TypePolicy
from ogma.domain.sla import SHORTEST_MINUTES
from ogma.domain.webhooks import EVENTS
from ogma.errors import UsageError
from ogma.settings.lines import Path
from ogma.settings.problems import Problem, nearest
from ogma.settings.schedule import is_cron


def problems(tables: Mapping[str, Any]) -> Iterator[Problem]:
    """Faults between the valid tables given; a rule whose tables are not all there is skipped."""
    if "sla" in tables:
        yield from _minutes(tables["sla"])
    if "alerts" in tables:
        yield from _digest(tables["alerts"])
    if tables.keys() >= {"sla", "hours"}:
        yield from _business_time(tables["sla"], tables["hours"])
    if tables.keys() >= {"rules", "webhooks", "types"}:
        yield from _rules(tables["rules"], tables["webhooks"], tables["types"])
    if "webhooks" in tables:
        yield from twice("webhooks", [hook.id for hook in tables["webhooks"]])
        yield from _events(tables["webhooks"])
    if tables.keys() >= {"webhooks", "network"}:
        yield from encrypted("webhooks", tables["webhooks"], tables["network"])
    if tables.keys() >= {"sla", "types"}:
        for number, target in enumerate(tables["sla"].targets):
            place: Path = ("sla", "targets", number, "types")
            yield from unknown_types(place, f"sla.targets.{number}", target.types, tables["types"])


def _minutes(sla: SlaPolicy) -> Iterator[Problem]:
    for number, target in enumerate(sla.targets):
        for key in ("first_response_minutes", "resolution_minutes"):
            minutes = getattr(target, key)
            if 0 < minutes < SHORTEST_MINUTES:
                yield Problem(
                    ("sla", "targets", number, key),
                    f"sla.targets.{number}.{key} is {minutes}; allowed is 0 for no limit, or a"
                    f" whole number from {SHORTEST_MINUTES} on",
                )


def _business_time(sla: SlaPolicy, hours: HoursPolicy) -> Iterator[Problem]:
    if sla.business_time and not hours.enabled:
        yield Problem(
            ("sla", "business_time"),
            "sla.business_time counts by [hours], which are switched off; set hours.enabled = true"
            " or sla.business_time = false",
        )


def _digest(alerts: AlertsPolicy) -> Iterator[Problem]:
    if alerts.digest and not is_cron(alerts.digest):
        yield Problem(
            ("alerts", "digest"),
            f'alerts.digest is "{alerts.digest}", which is no schedule; allowed is for example'
            ' "0 9 * * mon-fri" (minute, hour, day, month, weekday), or "" for never',
        )


def _events(hooks: Iterable[WebhookPolicy]) -> Iterator[Problem]:
    """Events that no webhook is ever told of: a slip would mean silence for ever."""
    for number, hook in enumerate(hooks):
        for index, event in enumerate(hook.events):
            if event not in EVENTS:
                yield Problem(
                    ("webhooks", number, "events", index),
                    f'webhooks.{hook.id}.events names "{event}", which is no event'
                    f"{nearest(event, EVENTS) or '; the README lists them'}",
                )


class Addressed(Protocol):
    """Something of the owner's with an id and an address."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def url(self) -> str:
        """Where it is asked."""
        ...


def twice(table: str, ids: Iterable[str]) -> Iterator[Problem]:
    """Ids that stand in a table more than once."""
    known: set[str] = set()
    for number, one in enumerate(ids):
        if one in known:
            yield Problem((table, number, "id"), f'the id "{one}" is given twice in [[{table}]]')
        known.add(one)


def encrypted(
    table: str, servers: Iterable[Addressed], network: NetworkPolicy
) -> Iterator[Problem]:
    """Servers that would be told of tickets in the clear."""
    for number, server in enumerate(servers):
        host = urlsplit(server.url).netloc
        own = {host, host.partition(":")[0]} & set(network.internal_hosts)
        if not server.url.lower().startswith("https://") and not own:
            yield Problem(
                (table, number, "url"),
                f"{table}.{server.id}.url is not encrypted; use https, or name the host in"
                " network.internal_hosts if it is your own",
            )


def _rules(
    rules: tuple[RulePolicy, ...],
    hooks: tuple[WebhookPolicy, ...],
    types: tuple[TypePolicy, ...],
) -> Iterator[Problem]:
    yield from twice("rules", [rule.id for rule in rules])
    for number, rule in enumerate(rules):
        place: Path = ("rules", number)
        yield from unknown_types((*place, "types"), f"rules.{rule.id}", rule.types, types)
        fault = fault_of(rule.match)
        if fault is not None:
            yield Problem(
                (*place, "match"), f"rules.{rule.id}.match is no regular expression: {fault}"
            )
        if rule.trigger is Trigger.MESSAGE_CONTAINS and not rule.match.strip():
            yield Problem(
                (*place, "match"),
                f"rules.{rule.id}.match is empty; say what a message must contain",
            )
        if not rule.actions:
            yield Problem(place, f"rules.{rule.id} has no [[rules.actions]], so it does nothing")
        for index, action in enumerate(rule.actions):
            for key, fault in _action(rule, action, [hook.id for hook in hooks]):
                name = f"rules.{rule.id}.actions.{index}.{key}"
                yield Problem((*place, "actions", index, key), f"{name} {fault}")


def _action(rule: RulePolicy, action: ActionPolicy, hooks: list[str]) -> Iterator[tuple[str, str]]:
    """(key, what is wrong with it)"""
    if rule.trigger in ON_CLOSED and action.do in NEEDS_CHANNEL:
        yield "do", f'is "{action.do}", which needs a channel; after {rule.trigger} there is none'
    value = action.value
    match action.do:
        case ActionKind.ADD_TAG:
            try:
                tag_name(value)
            except UsageError as wrong:
                yield "value", f"is no tag: {wrong}"
        case ActionKind.ASSIGN if not value.isdigit():
            yield "value", f'is "{value}"; allowed is the id of a member of the team'
        case ActionKind.PRIORITY if value not in set(Priority):
            yield "value", f'is "{value}"; allowed is one of {", ".join(Priority)}'
        case ActionKind.CLOSE if value not in set(CloseReason):
            yield "value", f'is "{value}"; allowed is one of {", ".join(CloseReason)}'
        case ActionKind.WEBHOOK if value not in hooks:
            yield "value", f'is "{value}", which is no webhook{nearest(value, hooks)}'
        case ActionKind.REPLY | ActionKind.NOTIFY if not value.strip():
            yield "value", "is empty; give it the words"
        case ActionKind.ESCALATE | ActionKind.ASSIGN_ROUND_ROBIN if value:
            yield "value", f"has no use with {action.do}; leave it out"


def unknown_types(
    place: Path, name: str, named: tuple[str, ...], types: tuple[TypePolicy, ...]
) -> Iterator[Problem]:
    """Types that a table names and that do not exist."""
    known = [kind.id for kind in types]
    for number, one in enumerate(named):
        if one not in known:
            yield Problem(
                (*place, number),
                f'{name}.types has "{one}", which is no ticket type{nearest(one, known)}',
            )

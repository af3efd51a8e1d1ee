"""What one key alone cannot tell about service levels, rules and webhooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ogma.domain.automation_policies import AlertsPolicy, SlaPolicy
from ogma.domain.policies import HoursPolicy, TypePolicy
from ogma.domain.sla import SHORTEST_MINUTES
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

"""Bring the Discord server to what the settings ask for, over plain HTTP: no bot need run (S2).

What is left to do is read off the server each time, so whoever was interrupted calls it again.
The config gets the ids last: a running bot that picks them up finds everything in place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from ogma import crash
from ogma.domain import setup
from ogma.domain.permissions import Overwrite
from ogma.domain.policies import Settings
from ogma.domain.readiness import CATEGORY
from ogma.domain.setup import Action, Plan, Step
from ogma.errors import OgmaError
from ogma.services.rest import Refused, Rest
from ogma.services.server import look
from ogma.settings.edit import set_value
from ogma.settings.token import Secret

_PAGE: Final = 100
_MOST_MESSAGES: Final = 500
"""As many messages of the panel's channel are read in search of the panel, oldest first."""
_LACKS_PERMISSION: Final = frozenset({50001, 50013})

T = TypeVar("T")
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Panel:
    """The message that tickets are opened from.

    `is_panel` knows the custom_ids of its components; `body` is how it should look, as Discord's
    API takes it, and None where any panel will do.
    """

    is_panel: Callable[[str], bool]
    body: Json | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """Something that was brought about, to be told while the rest goes on."""

    action: Action
    what: str


def survey(rest: Rest, settings: Settings, token: Secret, panel: Panel) -> Plan:
    """The steps that are left. Raises ConfigError, OgmaError or Unreachable as `look` does."""
    server = look(rest, settings.discord.guild, token)
    plan = setup.plan(server, settings)
    channel = next((step.id for step in plan.steps if step.place.key == setup.PANEL), None)
    if channel is None:
        return plan
    found = _find_panel(rest, channel, server.bot, panel)
    return replace(plan, panel=setup.panel_action(found, panel.body))


def apply(rest: Rest, plan: Plan, panel: Panel, config: Path, reason: str) -> Iterator[Done]:
    """Take the steps of a plan without problems, telling each that is done.

    `reason` is what the server's audit log says of them.
    Raises OgmaError with the step that failed; what was done before it stays.
    """
    assert not plan.problems, "a plan with problems is not to be carried out"
    ids: dict[str, int] = {}
    for step in plan.steps:
        ids[step.place.key] = step.id or _create(rest, plan, step, reason)
        if step.id is not None:
            _set_overwrites(rest, step.id, step, reason)
        if step.action is not Action.KEEP:
            yield Done(step.action, step.place.shown)
    action = _show_panel(rest, plan, panel, ids[setup.PANEL], reason)
    if action is not Action.KEEP:
        yield Done(action, "the panel message")
    for step in plan.steps:
        number = ids[step.place.key]
        for key in (key for key, known in step.place.ids.items() if known != number):
            set_value(config, key, f'"{number}"')
            crash.point("setup.config")
            yield Done(Action.CHANGE, f'{key} = "{number}" in {config}')


def _create(rest: Rest, plan: Plan, step: Step, reason: str) -> int:
    place = step.place
    body = {
        "name": place.name,
        "type": CATEGORY if place.category else setup.TEXT,
        "permission_overwrites": [_overwrite(one) for one in step.overwrites],
    }
    made = _asked(
        f"make {place.shown}",
        lambda: rest.send("POST", f"/guilds/{plan.server.id}/channels", body, reason),
    )
    crash.point("setup.channel")
    return int(made["id"])


def _set_overwrites(rest: Rest, channel: int, step: Step, reason: str) -> None:
    for one in step.overwrites:
        path = f"/channels/{channel}/permissions/{one.target}"
        body = {key: value for key, value in _overwrite(one).items() if key != "id"}
        _asked(
            f"change who sees {step.place.shown}",
            lambda path=path, body=body: rest.send("PUT", path, body, reason),  # type: ignore[misc]
        )
        crash.point("setup.overwrite")


def _show_panel(rest: Rest, plan: Plan, panel: Panel, channel: int, reason: str) -> Action:
    """Look again right before: a running bot may have shown it meanwhile."""
    assert panel.body is not None, "only a survey goes without the panel's body"
    found = _find_panel(rest, channel, plan.server.bot, panel)
    action = setup.panel_action(found, panel.body)
    path, body = f"/channels/{channel}/messages", panel.body
    if action is Action.CREATE:
        _asked("post the panel", lambda: rest.send("POST", path, body, reason))
    elif found is not None and action is Action.CHANGE:
        path = f"{path}/{found['id']}"
        _asked("change the panel", lambda: rest.send("PATCH", path, body, reason))
    crash.point("setup.panel")
    return action


def _find_panel(rest: Rest, channel: int, me: int, panel: Panel) -> Json | None:
    """The bot's oldest message there with a panel's components; None where it cannot look."""
    after = seen = 0
    while seen < _MOST_MESSAGES:
        try:
            page = rest.get(f"/channels/{channel}/messages", limit=_PAGE, after=after)
        except Refused:
            return None
        for message in sorted(page, key=lambda one: int(one["id"])):
            mine = int(message["author"]["id"]) == me
            if mine and any(map(panel.is_panel, _custom_ids(message))):
                return dict(message)
        if len(page) < _PAGE:
            return None
        after = max(int(message["id"]) for message in page)
        seen += len(page)
    return None


def _custom_ids(component: Json) -> Iterator[str]:
    if "custom_id" in component:
        yield component["custom_id"]
    for inside in component.get("components", ()):
        yield from _custom_ids(inside)


def _overwrite(one: Overwrite) -> dict[str, Any]:
    return {
        "id": str(one.target),
        "type": 0 if one.role else 1,
        "allow": str(one.allow),
        "deny": str(one.deny),
    }


def _asked(what: str, request: Callable[[], T]) -> T:
    """The answer; a refusal says what was asked for and how to go on."""
    try:
        return request()
    except Refused as refused:
        if refused.code in _LACKS_PERMISSION:
            way = "the bot lacks a permission; see 'ogma doctor'"
        else:
            way = refused.said.rstrip(".")
        raise OgmaError(
            f"Discord refuses to {what}: {way}. What was done stays; 'ogma setup apply' goes on."
        ) from refused

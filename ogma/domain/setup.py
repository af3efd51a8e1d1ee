"""What the server still needs for these settings: the steps that `ogma setup` shows and takes (S2).

Everything follows from how the server looks now, so the steps after a crash are simply those that
are left. Nothing is ever deleted, and nothing is done twice: what is there is found by its id, or
else by its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from ogma.domain.capacity import SERVER_FULL
from ogma.domain.diagnosis import Finding, Level, failure, warning
from ogma.domain.opening import marker
from ogma.domain.permissions import (
    ADMINISTRATOR,
    MANAGE_ROLES,
    VIEW_CHANNEL,
    Overwrite,
    names,
)
from ogma.domain.policies import Settings
from ogma.domain.readiness import CATEGORY, TEXT_CHANNELS, Channel, Server, findings
from ogma.domain.setup_access import Audience, changes, for_new, strangers

PANEL: Final = "channels.panel"
TEXT: Final = 0
_BLOCKING: Final = frozenset({"roles", "permissions"})
"""Checks of `readiness` without which no step can succeed."""


class Action(StrEnum):
    """What is to be done with a place or the panel."""

    KEEP = "keep"
    ADOPT = "adopt"
    CHANGE = "change"
    CREATE = "create"


class State(StrEnum):
    """How far the server is."""

    READY = "ready"
    PARTIAL = "partial"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Place:
    """A channel or category that the settings name: by the ids that stand there, by key."""

    ids: Mapping[str, int]
    category: bool
    name: str
    audience: Audience
    staff: frozenset[int]

    @property
    def shown(self) -> str:
        """As a person calls it."""
        return self.name if self.category else f"#{self.name}"

    @property
    def key(self) -> str:
        """The first of its keys."""
        return next(iter(self.ids))


@dataclass(frozen=True, slots=True)
class Step:
    """What happens with one place. `id` is None while it is not there.

    `before` are the overwrites that are there of those in `overwrites`, which are to be set.
    """

    action: Action
    place: Place
    id: int | None
    overwrites: tuple[Overwrite, ...]
    before: tuple[Overwrite, ...] = ()

    @property
    def outdated(self) -> tuple[str, ...]:
        """The keys of the config that are to get this place's id."""
        return tuple(key for key, number in self.place.ids.items() if number != self.id)


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps in their order, and what stands in their way. `panel` is the panel message."""

    server: Server
    steps: tuple[Step, ...]
    panel: Action
    problems: tuple[Finding, ...]
    notes: tuple[Finding, ...]

    @property
    def state(self) -> State:
        """Ready: nothing is left to do. Pending: nothing that the config names is there."""
        if all(step.action in (Action.ADOPT, Action.CREATE) for step in self.steps):
            return State.PENDING
        left = any(step.action is not Action.KEEP for step in self.steps)
        if left or self.problems or self.panel is not Action.KEEP:
            return State.PARTIAL
        return State.READY


def plan(server: Server, settings: Settings, panel: Action = Action.CREATE) -> Plan:
    """The steps from how the server is to what the settings ask for; categories come first."""
    problems = [
        one
        for one in findings(server, settings)
        if one.level is Level.FAILURE and one.name in _BLOCKING
    ]
    steps: list[Step] = []
    for place, found in _located(server, places(settings)):
        if isinstance(found, Finding):
            problems.append(found)
        else:
            steps.append(_step(server, settings, place, found))
    problems += _out_of_reach(server, steps)
    problems += _no_room(server, steps)
    notes = tuple(_notes(server, settings, steps))
    return Plan(server, tuple(steps), panel, tuple(problems), notes)


def places(settings: Settings) -> list[Place]:
    """Every place of these settings: categories of the enabled types, then the channels."""
    team = frozenset(role for kind in settings.types for role in settings.staff_roles(kind.id))
    found = [
        Place(
            {f"types.{kind.id}.category": kind.category},
            True,
            kind.category_name or kind.label,
            Audience.TICKETS,
            settings.staff_roles(kind.id),
        )
        for kind in settings.types
        if kind.enabled
    ]
    for key, audience in (
        ("panel", Audience.MEMBERS),
        ("staff_review", Audience.TEAM),
        ("transcripts", Audience.TEAM),
        ("learned_tips", Audience.TEAM),
        ("alerts", Audience.TEAM),
    ):
        name, number = getattr(settings.setup, key), getattr(settings.channels, key)
        if number is None:
            continue
        found.append(Place({f"channels.{key}": number}, False, name, audience, team))
    return found


def panel_action(found: Mapping[str, Any] | None, wanted: Mapping[str, Any] | None) -> Action:
    """What to do about the panel: `found` is the message, `wanted` its body (None: any will do)."""
    if found is None:
        return Action.CREATE
    if wanted is None:
        return Action.KEEP
    same = all(_covers(found.get(key), wanted[key]) for key in ("content", "embeds", "components"))
    return Action.KEEP if same else Action.CHANGE


def _covers(found: Any, wanted: Any) -> bool:
    """Whether Discord's value has all of ours; what it adds, and empty values, do not count."""
    if not wanted:
        return not found
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            _covers(found.get(key), value) for key, value in wanted.items()
        )
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        return len(found or ()) == len(wanted) and all(map(_covers, found, wanted))
    return bool(found == wanted)


Found = int | Finding | None
"""The id of a place's channel, what is wrong with it, or None where it must be made."""


def _located(server: Server, wanted: list[Place]) -> Iterator[tuple[Place, Found]]:
    """Each place once, also where several settings name it."""
    merged: dict[object, tuple[Place, Found]] = {}
    for place in wanted:
        found = _find(server, place, _of_others(place, wanted))
        key = found or _same_new(place, merged) or (place.category, _plain(place.name))
        if key in merged:
            first, _ = merged[key]
            place = replace(first, ids={**first.ids, **place.ids}, staff=first.staff | place.staff)
        merged[key] = (place, found)
    yield from merged.values()


def _of_others(place: Place, wanted: list[Place]) -> set[int]:
    """Ids that serve another audience: the panel's channel is not found as a channel of staff."""
    return {
        number
        for other in wanted
        if other.audience is not place.audience
        for number in other.ids.values()
    }


def _same_new(place: Place, merged: Mapping[object, tuple[Place, Found]]) -> object | None:
    """Where an earlier place stands that is to be made and that the config gives the same id."""
    for key, (other, found) in merged.items():
        same = set(other.ids.values()) & set(place.ids.values())
        if found is None and same and other.category == place.category:
            return key
    return None


def _find(server: Server, place: Place, of_others: set[int]) -> Found:
    number = place.ids[place.key]
    there = server.channels.get(number)
    if there is not None:
        return number if _fits(there, place) else _wrong_kind(place, there)
    same = [
        number
        for number, channel in server.channels.items()
        if _fits(channel, place)
        and _plain(channel.name) == _plain(place.name)
        and number not in of_others
        and marker("") not in channel.topic
    ]
    if len(same) > 1:
        return failure(
            "channels",
            f"{place.key} is not on {server.name}, and {len(same)} there are called {place.shown}.",
            f"Put the id of the right one into the config: ogma config set {place.key} ID",
        )
    return same[0] if same else None


def _fits(channel: Channel, place: Place) -> bool:
    return channel.kind == CATEGORY if place.category else channel.kind in TEXT_CHANNELS


def _plain(name: str) -> str:
    """A name as Discord compares it: small letters, single dashes for blanks."""
    return "-".join(name.lower().replace("-", " ").split())


def _wrong_kind(place: Place, there: Channel) -> Finding:
    kind = "category" if place.category else "text channel"
    return failure(
        "channels",
        f"{place.key} names {there.name}, which is no {kind}.",
        f"Put a {kind}'s id there: ogma config set {place.key} ID",
    )


def _step(server: Server, settings: Settings, place: Place, number: int | None) -> Step:
    if number is None:
        allowed = for_new(server, settings, place.audience, place.staff)
        return Step(Action.CREATE, place, None, allowed)
    channel = server.channels[number]
    wanted = changes(server, settings, place.audience, place.staff, channel)
    targets = {one.target for one in wanted}
    before = tuple(one for one in channel.overwrites if one.target in targets)
    known = set(place.ids.values()) == {number}
    action = Action.ADOPT if not known else Action.CHANGE if wanted else Action.KEEP
    return Step(action, replace(place, name=channel.name), number, wanted, before)


def _out_of_reach(server: Server, steps: list[Step]) -> Iterator[Finding]:
    """Places whose overwrites the bot cannot change, though the whole server lets it."""
    needed = VIEW_CHANNEL | MANAGE_ROLES
    if server.base & ADMINISTRATOR:
        return
    for step in steps:
        if step.id is None or not step.overwrites:
            continue
        lacking = needed & ~server.bot_in(server.channels[step.id]) & server.base
        if lacking:
            yield failure(
                "channels",
                f"The bot may not change who sees {step.place.shown};"
                f" it lacks there: {', '.join(names(lacking))}.",
                f"Edit {step.place.shown}, Permissions: allow these for the bot or its role.",
            )


def _no_room(server: Server, steps: list[Step]) -> Iterator[Finding]:
    missing = sum(step.action is Action.CREATE for step in steps)
    if len(server.channels) + missing > SERVER_FULL:
        yield failure(
            "room",
            f"{server.name} holds {len(server.channels)} of {SERVER_FULL} channels,"
            f" and {missing} more are needed.",
            "Delete channels that nobody needs.",
        )


def _notes(server: Server, settings: Settings, steps: list[Step]) -> Iterator[Finding]:
    """What setup leaves to the owner, because it may be meant."""
    for step in steps:
        if step.place.audience is not Audience.TEAM or step.id is None:
            continue
        channel = server.channels[step.id]
        for role in strangers(server, channel, settings, step.place.staff):
            name = server.roles[role].name if role in server.roles else str(role)
            yield warning(
                "channels",
                f"The role {name}, which is not staff, also sees {step.place.shown}.",
                f"If that is not meant: edit {step.place.shown}, Permissions, {name},"
                " View Channel.",
            )

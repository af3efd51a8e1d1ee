"""What one key alone cannot tell: ids given twice, limits of the panel, secrets out of place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from ogma import texts
from ogma.domain.business_hours import parse_holiday, parse_window
from ogma.domain.intake import MOST_CHARACTERS, FieldPolicy
from ogma.domain.policies import (
    AiPolicy,
    ChannelsPolicy,
    EscalationPolicy,
    HoursPolicy,
    InactivityPolicy,
    OllamaPolicy,
    RolesPolicy,
    SetupPolicy,
    TypePolicy,
)
from ogma.logs import holds_token
from ogma.settings import automation, macros, tools
from ogma.settings.lines import Path
from ogma.settings.problems import Problem, nearest

MOST_TYPES = MOST_OPTIONS = 25
"""Options of one Discord dropdown."""

_CUSTOM_EMOJI = re.compile(r"^<a?:\w{2,32}:\d{15,20}>$")


def problems(tables: Mapping[str, Any]) -> list[Problem]:
    """Faults between the valid tables given; a rule whose tables are not all there is skipped."""
    found: list[Problem] = []
    if "types" in tables:
        found += _types(tables["types"])
    if "channels" in tables:
        found += _channels(tables["channels"])
    if "setup" in tables:
        found += _setup(tables["setup"])
    if "ai" in tables:
        found += _ai(tables["ai"])
    if "inactivity" in tables:
        found += _inactivity(tables["inactivity"])
    if "hours" in tables:
        found += _hours(tables["hours"])
    if "ollama" in tables:
        found += _ollama(tables["ollama"])
    if tables.keys() >= {"discord", "roles", "types", "escalation"}:
        found += _everyone(
            tables["discord"].guild, tables["roles"], tables["types"], tables["escalation"]
        )
    found += automation.problems(tables)
    found += tools.problems(tables)
    if tables.keys() >= {"macros", "types"}:
        found += macros.problems(tables["macros"], tables["types"])
    if tables.keys() >= {"language", "texts"}:
        found += _texts(tables["language"], tables["texts"])
    return found


def secrets(data: object, path: Path = ()) -> Iterator[Problem]:
    """Places of a config that hold a Discord token, which belongs elsewhere."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from secrets(value, (*path, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from secrets(value, (*path, number))
    elif isinstance(data, str) and holds_token(data):
        yield Problem(
            path,
            f"{'.'.join(map(str, path))} holds a bot token; a config is shared, so keep the token"
            " in OGMA_DISCORD_TOKEN or in the token file, and reset it if others saw this one",
        )


def _types(types: tuple[TypePolicy, ...]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for number, kind in enumerate(types):
        if kind.id in first:
            yield Problem(
                ("types", number, "id"),
                f'the type id "{kind.id}" is given twice; every type needs an id of its own',
            )
        first.setdefault(kind.id, number)
        yield from _fields(number, kind)
        if not kind.label.strip():
            yield Problem(("types", number, "label"), f"types.{kind.id}.label is blank")
        if not _is_emoji(kind.emoji):
            yield Problem(
                ("types", number, "emoji"),
                f'types.{kind.id}.emoji is "{kind.emoji}"; allowed is one emoji character,'
                ' or "<:name:id>" for one of the server\'s own',
            )
    enabled = sum(kind.enabled for kind in types)
    if not enabled:
        yield Problem(("types",), "no ticket type is enabled; at least one must be")
    if enabled > MOST_TYPES:
        yield Problem(
            ("types",),
            f"{enabled} ticket types are enabled; Discord's dropdown takes {MOST_TYPES}",
        )


def _fields(number: int, kind: TypePolicy) -> Iterator[Problem]:
    place: Path = ("types", number, "fields")
    known: set[str] = set()
    for index, field in enumerate(kind.fields):
        name = f"types.{kind.id}.fields.{field.id}"
        if field.id in known:
            yield Problem((*place, index, "id"), f'the field id "{field.id}" is given twice')
        known.add(field.id)
        for key, fault in _field(field):
            yield Problem((*place, index, key), f"{name}.{key} {fault}")
    together = sum(field.longest for field in kind.fields)
    if together > MOST_CHARACTERS:
        yield Problem(
            place,
            f"the answers to types.{kind.id}.fields may have {together} characters together;"
            f" {MOST_CHARACTERS} fit into the pinned message, so lower their max_length",
        )


def _field(field: FieldPolicy) -> Iterator[tuple[str, str]]:
    """(key, what is wrong with it)"""
    if not field.label.strip():
        yield "label", "is blank"
    count = len(field.options)
    if field.kind == "select" and not 2 <= count <= MOST_OPTIONS:
        yield "options", f"has {count} entries; a select needs 2 to {MOST_OPTIONS}"
    if field.kind != "select" and count:
        yield "options", 'is only for fields with kind = "select"'
    if len(set(field.options)) < count:
        yield "options", "has an entry twice"
    if not field.is_text and (field.min_length or field.max_length):
        yield ("max_length" if field.max_length else "min_length"), "is only for texts"
    elif field.is_text and field.min_length > field.longest:
        yield "min_length", f"is {field.min_length}, more than its max_length ({field.longest})"


def _is_emoji(text: str) -> bool:
    return not text or bool(_CUSTOM_EMOJI.match(text)) or (len(text) <= 12 and not text.isascii())


def _channels(channels: ChannelsPolicy) -> Iterator[Problem]:
    for name in ("staff_review", "transcripts", "learned_tips", "alerts"):
        if getattr(channels, name) == channels.panel:
            yield Problem(
                ("channels", name),
                f"channels.{name} is the panel's channel, which every member reads;"
                " name a channel that only staff see",
            )


def _setup(names: SetupPolicy) -> Iterator[Problem]:
    for key in ("staff_review", "transcripts", "learned_tips", "alerts"):
        if getattr(names, key).lower() == names.panel.lower():
            yield Problem(
                ("setup", key),
                f"setup.{key} has the name of the panel's channel, which every member reads;"
                " choose another",
            )


def _ai(ai: AiPolicy) -> Iterator[Problem]:
    if ai.burst_max_s < ai.burst_quiet_s:
        yield Problem(
            ("ai", "burst_max_s"),
            f"ai.burst_max_s is {ai.burst_max_s:g}, less than ai.burst_quiet_s"
            f" ({ai.burst_quiet_s:g}); it must be at least that",
        )


def _inactivity(inactivity: InactivityPolicy) -> Iterator[Problem]:
    warn, close = inactivity.warn_days_before, inactivity.close_after_days
    if warn and warn >= close:
        yield Problem(
            ("inactivity", "warn_days_before"),
            f"inactivity.warn_days_before is {warn}; it must be less than"
            f" inactivity.close_after_days ({close})",
        )


def _hours(hours: HoursPolicy) -> Iterator[Problem]:
    if not _is_zone(hours.time_zone):
        yield Problem(
            ("hours", "time_zone"),
            f'hours.time_zone is "{hours.time_zone}"; allowed is a name of the time zone database'
            f' such as "Europe/Berlin"{nearest(hours.time_zone, available_timezones())}',
        )
    for day in type(hours.week).model_fields:
        yield from _windows(day, getattr(hours.week, day))
    if hours.enabled and not any(hours.week.days()):
        yield Problem(
            ("hours", "week"),
            "hours.week has no window on any day, so staff would never be there; give one, or set"
            " hours.enabled = false",
        )
    for number, text in enumerate(hours.holidays):
        yield from _holiday(number, text)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _windows(day: str, written: tuple[str, ...]) -> Iterator[Problem]:
    path: Path = ("hours", "week", day)
    windows = sorted((parse_window(text), text) for text in written)
    for window, text in windows:
        if window.end <= window.start:
            yield Problem(
                path,
                f'hours.week.{day} has "{text}", which ends before it begins; hours past midnight'
                ' are "22:00-24:00" on one day and "00:00-02:00" on the next',
            )
    for (one, first), (two, second) in pairwise(windows):
        if one.start < one.end and two.start < one.end:
            yield Problem(path, f'hours.week.{day} has "{first}" and "{second}", which overlap')


def _holiday(number: int, text: str) -> Iterator[Problem]:
    path: Path = ("hours", "holidays", number)
    try:
        first, last = parse_holiday(text)
    except ValueError:
        yield Problem(path, f'hours.holidays has "{text}", which is no date of the calendar')
        return
    if last < first:
        yield Problem(path, f'hours.holidays has "{text}", which ends before it begins')


def _ollama(ollama: OllamaPolicy) -> Iterator[Problem]:
    if ollama.model.endswith((":cloud", "-cloud")) and not ollama.allow_cloud:
        yield Problem(
            ("ollama", "model"),
            f'ollama.model is "{ollama.model}", which would send tickets to a cloud service;'
            " choose a local model, or set ollama.allow_cloud = true",
        )


def _everyone(
    guild: int, roles: RolesPolicy, types: tuple[TypePolicy, ...], escalation: EscalationPolicy
) -> Iterator[Problem]:
    """Discord's @everyone role has the server's own id: as a staff role it opens every ticket."""
    places: list[tuple[Path, tuple[int, ...]]] = [
        (("roles", "staff"), roles.staff),
        (("roles", "management"), roles.management),
        (("escalation", "ping_roles"), escalation.ping_roles),
    ]
    places += [(("types", n, "staff_roles"), kind.staff_roles) for n, kind in enumerate(types)]
    for path, ids in places:
        if guild in ids:
            name = ".".join(map(str, path))
            yield Problem(
                path,
                f"{name} names the server's own id, which is the role @everyone:"
                " every member would count as staff or be pinged; name a role of the team",
            )


def _texts(language: str, overrides: Mapping[str, str]) -> Iterator[Problem]:
    for fault in texts.problems({}, language):
        yield Problem(("language",), fault)
    for key, text in overrides.items():
        for fault in texts.problems({key: text}):
            yield Problem(("texts", key), fault)

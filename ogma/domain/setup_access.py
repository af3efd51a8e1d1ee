"""Who sees and does what in the channels that Ogma is given: what a place needs, what it lacks.

What works already is left as it is, also where the owner solved it another way: an allowance is
added only where a member with that role alone would lack it. Denials must stand in the channel
itself, because any role may grant server-wide what they deny. Nothing is ever taken away that
this does not ask for, but for `@everyone`'s view of the team's channels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from ogma.domain.permissions import (
    ATTACH_FILES,
    MANAGE_CHANNELS,
    READ_MESSAGE_HISTORY,
    SEND_MESSAGES,
    TALK,
    VIEW_CHANNEL,
    Overwrite,
    in_channel,
)
from ogma.domain.policies import Settings
from ogma.domain.readiness import Channel, Server


class Audience(StrEnum):
    """Whom a place is for."""

    MEMBERS = "members"
    """The panel: everybody sees it and nobody writes."""
    TEAM = "team"
    """Review and transcripts: staff and management only."""
    TICKETS = "tickets"
    """A category; each ticket's channel in it has overwrites of its own."""


@dataclass(frozen=True, slots=True)
class Need:
    """What one role or member must be allowed and denied in a place."""

    target: int
    role: bool
    allow: int = 0
    deny: int = 0


_READ = VIEW_CHANNEL | READ_MESSAGE_HISTORY


def needs(
    server: Server, settings: Settings, audience: Audience, staff: Iterable[int]
) -> tuple[Need, ...]:
    """The bot first, so that it never shuts itself out; @everyone last."""
    management = frozenset(settings.roles.management)
    others = sorted(frozenset(staff) - management)
    match audience:
        case Audience.MEMBERS:
            return (
                Need(server.bot, False, TALK & ~ATTACH_FILES),
                Need(server.id, True, _READ, SEND_MESSAGES),
            )
        case Audience.TEAM:
            return (
                Need(server.bot, False, TALK),
                *(Need(role, True, _READ | MANAGE_CHANNELS) for role in sorted(management)),
                *(Need(role, True, _READ) for role in others),
                Need(server.id, True, deny=VIEW_CHANNEL),
            )
        case Audience.TICKETS:
            return (Need(server.bot, False, VIEW_CHANNEL | MANAGE_CHANNELS),)


def for_new(
    server: Server, settings: Settings, audience: Audience, staff: Iterable[int]
) -> tuple[Overwrite, ...]:
    """All overwrites of a place that is made: everything is said in it, nothing inherited.

    A category that is made is hidden, so that a channel which is synced with it is hidden too.
    """
    found = list(needs(server, settings, audience, staff))
    if audience is Audience.TICKETS:
        found += [Need(role, True, VIEW_CHANNEL) for role in sorted(staff)]
        found.append(Need(server.id, True, deny=VIEW_CHANNEL))
    return tuple(Overwrite(one.target, one.role, one.allow, one.deny) for one in found)


def changes(
    server: Server,
    settings: Settings,
    audience: Audience,
    staff: Iterable[int],
    channel: Channel,
) -> tuple[Overwrite, ...]:
    """The overwrites of an existing place to be set, each whole, in the order to set them."""
    wanted = needs(server, settings, audience, staff)
    before = {one.target: one for one in channel.overwrites}
    after = dict(before)
    for need in wanted:
        if need.deny & ~_of(before, need).deny:
            after[need.target] = _with(_of(after, need), deny=need.deny)
    for need in wanted:
        lacking = need.allow & ~_effective(server, need, after.values())
        if need.target == server.id:
            lacking &= server.everyone  # a server that hides itself from newcomers means it
        if lacking:
            after[need.target] = _with(_of(after, need), allow=lacking)
    order = [need.target for need in wanted]
    return tuple(after[one] for one in order if one in after and after[one] != before.get(one))


def strangers(
    server: Server, channel: Channel, settings: Settings, staff: Iterable[int]
) -> Iterator[int]:
    """Roles beside the team's and the bot's that an overwrite lets see a team's channel."""
    known = {server.id, *server.bot_roles, *staff, *settings.roles.management}
    for one in channel.overwrites:
        if one.role and one.allow & VIEW_CHANNEL and one.target not in known:
            yield one.target


def _effective(server: Server, need: Need, overwrites: Iterable[Overwrite]) -> int:
    """What the bot, or a member with this role alone, may do under these overwrites."""
    if need.target == server.bot:
        return in_channel(server.base, server.id, server.bot, server.bot_roles, overwrites)
    held = () if need.target == server.id else (need.target,)
    return in_channel(server.with_roles(held), server.id, 0, held, overwrites)


def _of(overwrites: dict[int, Overwrite], need: Need) -> Overwrite:
    return overwrites.get(need.target, Overwrite(need.target, need.role, 0, 0))


def _with(one: Overwrite, *, allow: int = 0, deny: int = 0) -> Overwrite:
    """The overwrite with these bits on that side, and no longer on the other."""
    return Overwrite(one.target, one.role, (one.allow & ~deny) | allow, (one.deny & ~allow) | deny)

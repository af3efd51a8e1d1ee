"""Is the Discord server fit for these settings? Pure checks of what Discord told about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ogma.domain.capacity import (
    CATEGORY_CROWDED,
    CATEGORY_FULL,
    SERVER_CROWDED,
    SERVER_FULL,
    overflow_name,
)
from ogma.domain.clock import SECOND, Millis
from ogma.domain.diagnosis import Finding, failure, ok, warning
from ogma.domain.permissions import (
    ADMINISTRATOR,
    ATTACH_FILES,
    INVITE,
    SEND_MESSAGES,
    TALK,
    VIEW_CHANNEL,
    Overwrite,
    in_channel,
    invite_link,
    names,
    of_member,
)
from ogma.domain.policies import Settings

CLOCK_TOLERANCE: Final = 60 * SECOND

TEXT_CHANNELS: Final = frozenset({0, 5})
"""Discord's channel types text and announcement."""
CATEGORY: Final = 4

SERVER_MEMBERS: Final = (1 << 14) | (1 << 15)
MESSAGE_CONTENT: Final = (1 << 18) | (1 << 19)
"""Application flags: the intent approved by Discord, or switched on for a small bot."""


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the server."""

    name: str
    permissions: int
    mentionable: bool


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel or category of the server; `kind` is Discord's channel type."""

    name: str
    kind: int
    parent: int | None
    overwrites: tuple[Overwrite, ...]
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """What Discord says about the bot and its server."""

    id: int
    name: str
    bot: int
    application: int
    flags: int
    bot_roles: tuple[int, ...]
    roles: Mapping[int, Role]
    channels: Mapping[int, Channel]
    clock_ahead: Millis
    """How far this machine's clock is ahead of Discord's."""

    @property
    def base(self) -> int:
        """The bot's server-wide permissions."""
        return self.with_roles(self.bot_roles)

    def bot_in(self, channel: Channel) -> int:
        """The bot's permissions in a channel."""
        return in_channel(self.base, self.id, self.bot, self.bot_roles, channel.overwrites)

    @property
    def everyone(self) -> int:
        """Server-wide permissions of a member without any role."""
        return self.with_roles(())

    def with_roles(self, roles: Iterable[int]) -> int:
        """Server-wide permissions of a member with these roles."""
        return of_member(self.id, roles, self._bits())

    def everyone_in(self, channel: Channel) -> int:
        """What a member without any role may in a channel."""
        return in_channel(self.everyone, self.id, 0, (), channel.overwrites)

    def _bits(self) -> dict[int, int]:
        return {number: role.permissions for number, role in self.roles.items()}


def findings(server: Server, settings: Settings) -> Iterator[Finding]:
    """Every check, in the order of the report."""
    yield _intents(server, members=settings.discord.members_intent)
    yield from _roles(server, settings)
    yield from _permissions(server)
    yield from _channels(server, settings)
    yield from _categories(server, settings)
    yield _room(server)
    yield _clock(server.clock_ahead)


def _intents(server: Server, *, members: bool) -> Finding:
    wanted = {"Message Content": MESSAGE_CONTENT}
    if members:
        wanted["Server Members"] = SERVER_MEMBERS
    off = [name for name, flags in wanted.items() if not server.flags & flags]
    if not off:
        return ok("intents", f"On are the intents {' and '.join(wanted)}.")
    spare = (
        ", or ogma config set discord.members_intent false" if off[-1] == "Server Members" else ""
    )
    return failure(
        "intents",
        f"Off, though the bot asks for it: {' Intent and '.join(off)} Intent.",
        "Turn it on at https://discord.com/developers/applications, on the application's page"
        f" Bot{spare}.",
    )


def _roles(server: Server, settings: Settings) -> Iterator[Finding]:
    places = [
        ("roles.staff", settings.roles.staff),
        ("roles.management", settings.roles.management),
    ]
    places.append(("escalation.ping_roles", settings.escalation.ping_roles))
    for kind in settings.types:
        places.append((f"types.{kind.id}.staff_roles", kind.staff_roles))
        places.append((f"types.{kind.id}.open_roles", kind.open_roles))
    missing = [(key, role) for key, ids in places for role in ids if role not in server.roles]
    for key, role in missing:
        yield failure(
            "roles",
            f"{key} names {role}, a role that {server.name} does not have.",
            f"Put an existing role's id there: ogma config set {key} ID",
        )
    if not missing:
        yield ok("roles", "Every configured role exists.")
    for number in settings.escalation.ping_roles:
        role_found = server.roles.get(number)
        if role_found and not role_found.mentionable:
            yield warning(
                "roles",
                f"The role {role_found.name} cannot be mentioned, so its ping would be silent.",
                f"Server Settings, Roles, {role_found.name}: allow anyone to @mention this role.",
            )


def _permissions(server: Server) -> Iterator[Finding]:
    if server.base & ADMINISTRATOR:
        yield warning(
            "permissions",
            "The bot is an administrator, which it does not need.",
            f"Take Administrator from its role; it needs: {', '.join(names(INVITE))}.",
        )
        return
    lacking = names(INVITE & ~server.base)
    if lacking:
        yield failure(
            "permissions",
            f"The bot lacks on the whole server: {', '.join(lacking)}.",
            f"Give its role these permissions, or invite it again: "
            f"{invite_link(server.application)}",
        )
    else:
        yield ok("permissions", "The bot has every permission that it needs on the whole server.")
    yield ok(
        "hierarchy",
        "The bot changes channels and gives out no roles, so its role may stand below the others.",
    )


def _channels(server: Server, settings: Settings) -> Iterator[Finding]:
    places = settings.channels
    needs = {
        "panel": (places.panel, TALK & ~ATTACH_FILES),
        "staff_review": (places.staff_review, TALK),
        "transcripts": (places.transcripts, TALK),
    }
    if places.learned_tips is not None:
        needs["learned_tips"] = (places.learned_tips, TALK & ~ATTACH_FILES)
    if places.alerts is not None:
        needs["alerts"] = (places.alerts, TALK & ~ATTACH_FILES)
    for key, (number, needed) in needs.items():
        channel = server.channels.get(number)
        if channel is None or channel.kind not in TEXT_CHANNELS:
            what = "that the bot cannot find" if channel is None else "that is no text channel"
            yield failure(
                "channels",
                f"channels.{key} names {number}, {what} on {server.name}.",
                f"Put a text channel's id there: ogma config set channels.{key} ID",
            )
            continue
        yield from _allowed(server, channel, needed, f"#{channel.name}")
        yield from _seen(server, channel, key)


def _allowed(server: Server, channel: Channel, needed: int, shown: str) -> Iterator[Finding]:
    """What this channel takes from the bot; what the whole server withholds is told already."""
    lacking = needed & ~server.bot_in(channel)
    if not lacking:
        yield ok("channels", f"The bot may do in {shown} what it does there.")
    elif lacking & server.base:
        yield failure(
            "channels",
            f"The bot lacks in {shown}: {', '.join(names(lacking))}.",
            f"Edit {shown}, Permissions: allow these for the bot or its role.",
        )


def _seen(server: Server, channel: Channel, key: str) -> Iterator[Finding]:
    """The panel is for everybody, the others are for the team."""
    everyone = server.everyone_in(channel)
    if key == "panel":
        if not everyone & VIEW_CHANNEL:
            yield warning(
                "channels",
                f"Members without a role do not see #{channel.name}, where tickets are opened.",
                f"Edit #{channel.name}, Permissions, @everyone: allow View Channel.",
            )
        elif everyone & SEND_MESSAGES:
            yield warning(
                "channels",
                f"Everybody can write in #{channel.name}, so the panel scrolls away.",
                f"Edit #{channel.name}, Permissions, @everyone: deny Send Messages.",
            )
    elif everyone & VIEW_CHANNEL:
        yield failure(
            "channels",
            f"Every member can read #{channel.name}, where tickets' contents are posted.",
            f"Edit #{channel.name}, Permissions, @everyone: deny View Channel.",
        )


def _categories(server: Server, settings: Settings) -> Iterator[Finding]:
    wanted: dict[int, list[str]] = {}
    for kind in settings.types:
        if kind.enabled:
            wanted.setdefault(kind.category, []).append(kind.id)
    for number, types in wanted.items():
        category = server.channels.get(number)
        if category is None or category.kind != CATEGORY:
            what = "that the bot cannot find" if category is None else "that is no category"
            yield failure(
                "categories",
                f"types.{types[0]}.category names {number}, {what} on {server.name}.",
                f"Put a category's id there: ogma config set types.{types[0]}.category ID",
            )
            continue
        yield from _allowed(server, category, INVITE, f"the category {category.name}")
        yield _fill(category.name, _children(server.channels.values(), number))


def _children(channels: Iterable[Channel], category: int) -> int:
    return sum(channel.parent == category for channel in channels)


def _fill(name: str, count: int) -> Finding:
    if count < CATEGORY_CROWDED:
        return ok("categories", f"The category {name} holds {count} of {CATEGORY_FULL} channels.")
    fix = "Move or delete channels there, or give the ticket type another category."
    text = f"The category {name} holds {count} of {CATEGORY_FULL} channels"
    if count >= CATEGORY_FULL:
        text += f", so new tickets open in {overflow_name(name, 2)}"
    return warning("categories", f"{text}.", fix)


def _room(server: Server) -> Finding:
    count = len(server.channels)
    text = f"{server.name} holds {count} of {SERVER_FULL} channels."
    if count < SERVER_CROWDED:
        return ok("room", text)
    fix = "Delete channels that nobody needs; a ticket needs one."
    return (failure if count >= SERVER_FULL else warning)("room", text, fix)


def _clock(ahead: Millis) -> Finding:
    if abs(ahead) <= CLOCK_TOLERANCE:
        return ok("clock", "This machine's clock agrees with Discord's.")
    direction = "ahead of" if ahead > 0 else "behind"
    return warning(
        "clock",
        f"This machine's clock is {abs(ahead) // SECOND} s {direction} Discord's.",
        "Set the clock, best with a time service: timedatectl set-ntp true",
    )

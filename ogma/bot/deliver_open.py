"""The effects of an opening: a channel, also where its category is full, the greeting, the pin."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import disnake
from disnake.http import Route

from ogma import crash
from ogma.bot import failures, lookup
from ogma.bot.failures import GiveUp, Problem
from ogma.bot.render import ticket as render
from ogma.bot.render.audit import audit
from ogma.bot.render.message import Message, Upload
from ogma.domain import opening as rules
from ogma.domain.capacity import Category, overflow
from ogma.domain.effects import Job, Kind
from ogma.domain.permissions import Overwrite
from ogma.domain.tickets import State, Ticket
from ogma.services import attachments, hours, opening
from ogma.services.desk import Desk

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

log = logging.getLogger(__name__)

Receipt = Mapping[str, Any]
Post = Callable[[Job, Ticket, Message], Awaitable[int]]

SHOWN_FILE_MAX: Final = 8 * 2**20
SHOWN_FILES_MAX: Final = 24 * 2**20
"""What Discord takes of a bot, with room for the form around it: 10 MiB a file, 25 in all."""

LOOKS: Final = 3
"""How often a place is looked for that somebody else takes meanwhile."""

_CATEGORY: Final = disnake.ChannelType.category.value


class OpenEffects:
    """Handlers of an opening."""

    def __init__(self, bot: OgmaBot, app: App, post: Post) -> None:
        self._bot = bot
        self._app = app
        self._post = post
        self._overflowing: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    def handlers(self) -> dict[Kind, Callable[[Job], Awaitable[Receipt]]]:
        """By kind, for the registry."""
        return {
            Kind.OPEN_CHANNEL: self._open_channel,
            Kind.GREET: self._greet,
            Kind.PIN_GREETING: self._pin_greeting,
        }

    async def _ticket(self, job: Job) -> Ticket:
        assert job.ticket_id is not None
        return await self._app.read(Desk.ticket, job.ticket_id)

    async def _open_channel(self, job: Job) -> Receipt:
        ticket = await self._ticket(job)
        if ticket.state is not State.OPENING:
            return {"skipped": str(ticket.state)}
        if job.attempts > 1:
            self._bot.strays.expect()
            found = await lookup.find_channel(
                self._bot.http, ticket.guild_id, rules.marker(ticket.key)
            )
            if found is not None:
                raw: Mapping[str, Any] = await self._bot.http.get_channel(found)
                return {"channel": found, "name": raw["name"]}
        kind = self._app.settings.type_named(ticket.type_id)
        category = kind.category if kind else None
        try:
            return await self._create_named(ticket, category)
        except disnake.HTTPException as error:
            if category is None or not _means(error, Problem.CATEGORY_FULL):
                raise
        return await self._create_in_overflow(ticket, category)

    async def _create_named(self, ticket: Ticket, category: int | None) -> Receipt:
        """The channel with its own name, or a neutral one where Discord refuses that."""
        policy = self._app.settings.tickets
        name = rules.channel_name(policy.names, ticket.customer_name, ticket.id)
        try:
            return await self._create_channel(ticket, name, category)
        except disnake.HTTPException as error:
            if not _means(error, Problem.NAME_REFUSED):
                raise
        return await self._create_channel(ticket, rules.neutral_name(ticket.id), category)

    async def _create_channel(self, ticket: Ticket, name: str, category: int | None) -> Receipt:
        staff = self._app.settings.staff_roles(ticket.type_id)
        allowed = rules.overwrites(ticket.guild_id, self._bot.user.id, ticket.customer_id, staff)
        marker = rules.marker(ticket.key)
        body: dict[str, Any] = {
            "name": name,
            "type": disnake.ChannelType.text.value,
            "topic": render.topic(self._app.texts, ticket, self._type_label(ticket), marker),
            "permission_overwrites": [overwrite_json(one) for one in allowed],
        }
        if category is not None:
            body["parent_id"] = str(category)
        reason = audit(self._app.texts, "opened", number=ticket.id)
        made = await self._post_channel(ticket.guild_id, body, reason)
        return {"channel": int(made["id"]), "name": made["name"]}

    async def _create_in_overflow(self, ticket: Ticket, category: int) -> Receipt:
        """In "NAME 2", "NAME 3", ..., made where there is none with room (O6).

        Tickets that overflow together wait for each other, so that one category serves them all;
        one that an earlier attempt made is found by its name.
        """
        async with self._overflowing[category]:
            for _ in range(LOOKS - 1):
                place = await self._overflow(ticket.guild_id, category)
                try:
                    return await self._create_named(ticket, place)
                except disnake.HTTPException as error:
                    if not _means(error, Problem.CATEGORY_FULL):
                        raise  # else somebody took the last place: look again
            return await self._create_named(ticket, await self._overflow(ticket.guild_id, category))

    async def place_beside(self, guild_id: int, category: int) -> int:
        """The category that takes what does not fit into a full one; made if there is none."""
        async with self._overflowing[category]:
            return await self._overflow(guild_id, category)

    async def _overflow(self, guild_id: int, category: int) -> int:
        """The category with room that takes what does not fit; made if there is none."""
        channels: list[Any] = await self._bot.http.get_all_guild_channels(guild_id)
        place = overflow(category, _categories(channels))
        if isinstance(place, int):
            return place
        full = next(one for one in channels if int(one["id"]) == category)
        return await self._create_category(guild_id, place, full)

    async def _create_category(self, guild_id: int, name: str, full: Mapping[str, Any]) -> int:
        """A category beside the full one, seen by the same roles."""
        own = Overwrite(self._bot.user.id, False, rules.BOT_BITS)
        copied = [_copied(one) for one in full["permission_overwrites"]]
        others = [one for one in copied if one.target != own.target]
        body = {
            "name": name,
            "type": _CATEGORY,
            "position": full["position"],
            "permission_overwrites": [overwrite_json(one) for one in (*others, own)],
        }
        reason = audit(self._app.texts, "overflow", category=full["name"])
        made = await self._post_channel(guild_id, body, reason)
        crash.point("overflow.made")
        return int(made["id"])

    async def _post_channel(
        self, guild_id: int, body: Mapping[str, Any], reason: str
    ) -> Mapping[str, Any]:
        route = Route("POST", "/guilds/{guild_id}/channels", guild_id=guild_id)
        made: Mapping[str, Any] = await self._bot.http.request(route, json=body, reason=reason)
        return made

    def _type_label(self, ticket: Ticket) -> str:
        kind = self._app.settings.type_named(ticket.type_id)
        return kind.label if kind else ticket.type_id

    async def _greet(self, job: Job) -> Receipt:
        ticket = await self._ticket(job)
        await self._hear_the_first_words(ticket)
        settings, desk = self._app.settings, self._app.desk
        paused = hours.ai_paused(desk, desk.now())
        intake = opening.intake_message(ticket)
        await self._bot.attachments.keep_intake(ticket, intake)
        message = render.greeting(
            self._app.texts,
            ticket,
            type_label=self._type_label(ticket),
            ai=settings.ai_mode(ticket.type_id) == "live" and not paused,
            answers=await self._app.read(opening.intake_answers, ticket.id),
            files=_shown(await self._app.read(attachments.kept, intake)),
            there=hours.there(desk),
            privacy=settings.tickets.privacy_notice,
        )
        return {"message": await self._post(job, ticket, message)}

    async def _hear_the_first_words(self, ticket: Ticket) -> None:
        """Somebody may have written before the channel was known to be a ticket's.

        Not left to what follows the greeting: where Discord refuses that, nothing would.
        """
        try:
            await self._bot.history.complete_ticket(ticket, whole=True)
            self._bot.woken()
        except disnake.Forbidden as error:
            log.warning("ticket %d's first words could not be read: %s", ticket.id, error)

    async def _pin_greeting(self, job: Job) -> Receipt:
        ticket = await self._ticket(job)
        if ticket.channel_id is None or ticket.greeting_id is None:
            return {"skipped": "no greeting"}
        await self._bot.http.pin_message(ticket.channel_id, ticket.greeting_id)
        return {}


def _means(error: disnake.HTTPException, problem: Problem) -> bool:
    return failures.outcome(error, Kind.OPEN_CHANNEL) == GiveUp(problem)


def _categories(channels: list[Any]) -> list[Category]:
    """Every category with how many channels are in it."""
    inside: dict[int, int] = defaultdict(int)
    for one in channels:
        inside[int(one.get("parent_id") or 0)] += 1
    return [
        Category(int(one["id"]), one["name"], inside[int(one["id"])])
        for one in channels
        if one["type"] == _CATEGORY
    ]


def _copied(one: Mapping[str, Any]) -> Overwrite:
    """An overwrite, as far as the bot may give what it gives."""
    is_role = int(one["type"]) == 0
    allow, deny = int(one["allow"]) & rules.BOT_BITS, int(one["deny"]) & rules.BOT_BITS
    return Overwrite(int(one["id"]), is_role, allow, deny)


def _shown(files: list[attachments.Kept]) -> list[Upload]:
    """As many of the files as one message takes; the others are named in the form."""
    shown, total = [], 0
    for file in files:
        if file.size <= SHOWN_FILE_MAX and total + file.size <= SHOWN_FILES_MAX:
            shown.append(Upload(file.name, file.path))
            total += file.size
    return shown


def overwrite_json(one: Overwrite) -> dict[str, Any]:
    """An overwrite as Discord's API takes it."""
    return {
        "id": str(one.target),
        "type": 0 if one.role else 1,
        "allow": str(one.allow),
        "deny": str(one.deny),
    }

"""What is said in ticket channels: recorded first, decided after; and what was missed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import aiohttp
import disnake
from disnake.ext import commands

from ogma.domain.clock import Millis, from_datetime, snowflake_time
from ogma.domain.tickets import Ticket
from ogma.errors import Unreachable
from ogma.services import closing, conversation
from ogma.services.conversation import Incoming, Missed

if TYPE_CHECKING:
    from datetime import datetime

    from ogma.app import App
    from ogma.bot.client import OgmaBot

log = logging.getLogger(__name__)

CATCH_UP_MAX = 1_000
_PAGE = 100
_PEOPLES_TYPES = frozenset({0, 19, 20, 23})
"""Plain messages, replies, and answers to commands; all else Discord says by itself."""
_UNKNOWN_CHANNEL = 10003
_UNKNOWN_MEMBER = frozenset({10007, 10013})


class Conversation(commands.Cog):
    """Turns gateway events and missed history into `services.conversation`."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app
        self.caught_up = asyncio.Event()
        """Set once what was said before the start is known: nothing is answered before (A3)."""

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """After every fresh session: what was missed is fetched (P9)."""
        await self.catch_up()
        self.caught_up.set()

    @commands.Cog.listener()
    async def on_message(self, message: disnake.Message) -> None:
        if message.guild is None or message.guild.id != self._app.settings.discord.guild:
            return
        roles = getattr(message.author, "roles", ())
        incoming = Incoming(
            id=message.id,
            channel_id=message.channel.id,
            author_id=message.author.id,
            author_name=message.author.display_name,
            at=from_datetime(message.created_at),
            content=message.content or message.system_content or "",
            roles=frozenset(role.id for role in roles),
            ours=message.author.id == self._bot.user.id and not message.is_system(),
            machine=message.author.bot or message.is_system() or message.webhook_id is not None,
            reply_to=message.reference.message_id if message.reference else None,
            pinned=message.pinned,
            embeds=[dict(embed.to_dict()) for embed in message.embeds],
            components=[dict(row.to_dict()) for row in message.components],
            files=[dict(file.to_dict()) for file in message.attachments],
        )
        if await self._app.write(conversation.record, incoming) is not None:
            self._bot.woken()

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: disnake.RawMessageUpdateEvent) -> None:
        changes = _changes(payload.data)
        if changes:
            at = _edited_at(payload.data) or self._app.desk.now()
            await self._app.write(conversation.record_edit, payload.message_id, changes, at)
            self._bot.woken()

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: disnake.RawMessageDeleteEvent) -> None:
        now = self._app.desk.now()
        await self._app.write(conversation.record_deletion, payload.message_id, now)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: disnake.RawBulkMessageDeleteEvent) -> None:
        for message_id in sorted(payload.message_ids):
            now = self._app.desk.now()
            await self._app.write(conversation.record_deletion, message_id, now)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: disnake.abc.GuildChannel) -> None:
        if await self._app.write(closing.channel_deleted, channel.id) is not None:
            self._bot.woken()

    @commands.Cog.listener()
    async def on_raw_member_remove(self, payload: disnake.RawGuildMemberRemoveEvent) -> None:
        if payload.guild_id == self._app.settings.discord.guild:
            await self._app.write(closing.customer_left, payload.user.id)
            self._bot.woken()

    async def catch_up(self) -> None:
        """Fetch what open tickets have missed while nobody listened."""
        for missed in await self._app.read(conversation.to_catch_up):
            try:
                await self.complete_history(missed)
            except disnake.NotFound as error:
                if error.code == _UNKNOWN_CHANNEL:
                    await self._app.write(closing.channel_deleted, missed.channel_id)
            except (disnake.HTTPException, aiohttp.ClientError, Unreachable) as error:
                log.warning("ticket %d could not be caught up: %s", missed.ticket_id, error)
        self._bot.woken()

    async def complete_ticket(self, ticket: Ticket) -> None:
        """Record what a ticket's channel has that is not stored yet, before it is archived."""
        for missed in await self._app.read(conversation.to_catch_up):
            if missed.ticket_id == ticket.id:
                await self.complete_history(missed)

    async def complete_history(self, missed: Missed) -> None:
        """Record a channel's messages that are not stored yet, oldest first."""
        roles: dict[int, frozenset[int]] = {}
        seen = 0
        position = missed.after or 0
        while seen < CATCH_UP_MAX:
            page = await self._bot.http.logs_from(missed.channel_id, _PAGE, after=position)
            for raw in sorted(page, key=lambda one: int(one["id"])):
                author = int(raw["author"]["id"])
                if author not in roles and not raw["author"].get("bot"):
                    roles[author] = await self._roles_of(author)
                incoming = self._from_history(raw, roles.get(author, frozenset()))
                await self._app.write(conversation.record, incoming)
                position = int(raw["id"])
            seen += len(page)
            if len(page) < _PAGE:
                return

    async def _roles_of(self, user_id: int) -> frozenset[int]:
        """A member's roles now: history does not carry them."""
        try:
            member = await self._bot.http.get_member(self._app.settings.discord.guild, user_id)
        except disnake.NotFound as error:
            if error.code in _UNKNOWN_MEMBER:
                return frozenset()
            raise
        return frozenset(int(role) for role in member["roles"])

    def _from_history(self, raw: Mapping[str, Any], roles: frozenset[int]) -> Incoming:
        author = raw["author"]
        system = raw["type"] not in _PEOPLES_TYPES
        reference = raw.get("message_reference") or {}
        reply_to = reference.get("message_id")
        return Incoming(
            id=int(raw["id"]),
            channel_id=int(raw["channel_id"]),
            author_id=int(author["id"]),
            author_name=author.get("global_name") or author["username"],
            at=snowflake_time(int(raw["id"])),
            content=raw.get("content", ""),
            roles=roles,
            ours=int(author["id"]) == self._bot.user.id and not system,
            machine=bool(author.get("bot") or system or raw.get("webhook_id")),
            reply_to=int(reply_to) if reply_to else None,
            pinned=bool(raw.get("pinned")),
            embeds=raw.get("embeds", ()),
            components=raw.get("components", ()),
            files=raw.get("attachments", ()),
        )


def _changes(data: Mapping[str, Any]) -> dict[str, Any]:
    """The stored columns that an edit event carries; Discord sends some edits without content."""
    changes: dict[str, Any] = {
        name: data[name] for name in ("content", "embeds", "components") if name in data
    }
    if "attachments" in data:
        changes["files"] = data["attachments"]
    if "pinned" in data:
        changes["pinned"] = int(data["pinned"])
    if changes and (edited := _edited_at(data)):
        changes["edited_at"] = edited
    return changes


def _edited_at(data: Mapping[str, Any]) -> Millis | None:
    stamp: datetime | None = disnake.utils.parse_time(data.get("edited_timestamp"))
    return from_datetime(stamp) if stamp else None

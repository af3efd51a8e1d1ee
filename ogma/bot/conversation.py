"""What is said in ticket channels, as it is said: recorded first, decided after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import disnake
from disnake.ext import commands

from ogma.bot.messages import changes_of, edited_at
from ogma.domain.clock import from_datetime
from ogma.services import closing, conversation
from ogma.services.automation import happenings
from ogma.services.conversation import Incoming

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot


class Conversation(commands.Cog):
    """Turns gateway events into `services.conversation`."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

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
            system=message.type.value if message.is_system() else 0,
            pinned=message.pinned,
            embeds=[dict(embed.to_dict()) for embed in message.embeds],
            components=[dict(row.to_dict()) for row in message.components],
            files=[dict(file.to_dict()) for file in message.attachments],
        )
        if await self._app.write(conversation.record, incoming) is not None:
            await self._app.write(happenings.look)  # rules come before the AI has decided
            self._bot.woken()

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: disnake.RawMessageUpdateEvent) -> None:
        changes = changes_of(payload.data)
        if changes:
            at = edited_at(payload.data) or self._app.desk.now()
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

"""How many channels the server has, as the gateway tells, and what staff hear of it (O3, O6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import disnake
from disnake.ext import commands

from ogma.services import capacity

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot


class Capacity(commands.Cog):
    """Counts after every channel that comes or goes, whoever made it."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    def channels(self) -> int | None:
        """The server's channels, categories included; None while the server is not known."""
        guild = self._bot.get_guild(self._app.settings.discord.guild)
        return None if guild is None or guild.unavailable else len(guild.channels)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        await self._count()

    @commands.Cog.listener()
    async def on_guild_channel_create(self, channel: disnake.abc.GuildChannel) -> None:
        await self._count()

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: disnake.abc.GuildChannel) -> None:
        await self._count()

    async def _count(self) -> None:
        count = self.channels()
        if count is not None and await self._app.write(capacity.count_channels, count):
            self._bot.woken()

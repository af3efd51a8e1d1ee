"""Channels that were made twice for one ticket: the request outlived the bot that sent it (P1).

Discord has no nonce for channels. The next attempt looks for the first one's channel by the marker
in its topic; what comes later than that look is found here, and goes unless somebody wrote in it.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final

import aiohttp
import disnake
from disnake.ext import commands

from ogma.bot.render.audit import audit
from ogma.errors import Unreachable
from ogma.services import opening

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

log = logging.getLogger(__name__)

_MARKER: Final = re.compile(r"(?<![\w:-])ogma:([0-9a-f]+)(?![\w:-])")
_LOOK: Final = 20


class Strays(commands.Cog):
    """Finds and deletes what no ticket lives in."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    @commands.Cog.listener()
    async def on_guild_channel_create(self, channel: disnake.abc.GuildChannel) -> None:
        """At once, before somebody writes in it."""
        if _MARKER.search(getattr(channel, "topic", None) or ""):
            await self.tidy()

    async def tidy(self) -> None:
        """Look through the channels that the gateway has told of. Called now and then, too."""
        guild = self._bot.get_guild(self._app.settings.discord.guild)
        if guild is None:
            return
        marked = {
            channel.id: found[1]
            for channel in guild.text_channels
            if (found := _MARKER.search(channel.topic or ""))
        }
        for channel_id in await self._app.read(opening.strays, marked):
            try:
                await self._remove(channel_id)
            except (disnake.HTTPException, aiohttp.ClientError, Unreachable) as error:
                log.warning("channel %d could not be tidied up: %s", channel_id, error)

    async def _remove(self, channel_id: int) -> None:
        said = await self._bot.http.logs_from(channel_id, _LOOK)
        if any(not one["author"].get("bot") for one in said):
            log.warning("channel %d belongs to no ticket, but somebody wrote in it", channel_id)
            return
        reason = audit(self._app.texts, "doubled")
        await self._bot.http.delete_channel(channel_id, reason=reason)
        log.info("channel %d was made twice for one ticket and is deleted", channel_id)

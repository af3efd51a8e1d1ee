"""Channels that were made twice for one ticket: the request outlived the bot that sent it (P1).

Discord has no nonce for channels. The next attempt looks for the first one's channel by the marker
in its topic; what comes later than that look is found here. What people wrote in it is stored in
their ticket first; then it goes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import disnake
from disnake.ext import commands

from ogma.bot.render.audit import audit
from ogma.errors import Unreachable
from ogma.services import strays

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

log = logging.getLogger(__name__)

_MARKER: Final = re.compile(r"(?<![\w:-])ogma:([0-9a-f]+)(?![\w:-])")
_LOOK: Final = 100
CLOSELY_S: Final = 120.0
"""Discord, or what lies between, does not hold a request longer."""
FETCHED_S: Final = 3.0
"""By then the files of what was written are fetched, which go with the channel."""


class Strays(commands.Cog):
    """Finds and deletes what no ticket lives in."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app
        self._asks_until = 0.0
        self._removing: set[int] = set()
        """Several looks may find the same one."""

    def expect(self) -> None:
        """A channel was asked for and nobody knows what became of it: look closely for a while."""
        self._asks_until = time.monotonic() + CLOSELY_S

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """A fresh session knows of channels that were made while nobody listened."""
        await self.tidy()

    @commands.Cog.listener()
    async def on_guild_channel_create(self, channel: disnake.abc.GuildChannel) -> None:
        """At once, before somebody writes in it; the gateway knows of this one."""
        if _MARKER.search(getattr(channel, "topic", None) or ""):
            await self._look(self._told())

    async def tidy(self) -> None:
        """Look through the channels that the gateway has told of, or that Discord names when one is
        expected. Called now and then, too."""
        topics = self._told()
        if time.monotonic() < self._asks_until:
            guild = self._app.settings.discord.guild
            with contextlib.suppress(disnake.HTTPException, aiohttp.ClientError, Unreachable):
                channels = await self._bot.http.get_all_guild_channels(guild)
                topics = {int(one["id"]): one.get("topic") for one in channels}
        await self._look(topics)

    def _told(self) -> dict[int, str | None]:
        guild = self._bot.get_guild(self._app.settings.discord.guild)
        return {channel.id: channel.topic for channel in guild.text_channels} if guild else {}

    async def _look(self, topics: Mapping[int, str | None]) -> None:
        marked = {
            channel_id: found[1]
            for channel_id, topic in topics.items()
            if (found := _MARKER.search(topic or ""))
        }
        elsewhere = await self._app.read(strays.strays, marked)
        for channel_id, home in elsewhere.items():
            if channel_id in self._removing:
                continue
            self._removing.add(channel_id)
            try:
                await self._remove(channel_id, home)
            except (disnake.HTTPException, aiohttp.ClientError, Unreachable) as error:
                log.warning("channel %d could not be tidied up: %s", channel_id, error)
            finally:
                self._removing.discard(channel_id)

    async def _remove(self, channel_id: int, home: int | None) -> None:
        words = await self._words(channel_id)
        if words and home is None:
            log.warning("channel %d belongs to no ticket, but somebody wrote in it", channel_id)
            return
        while home is not None and await self._bot.history.said_elsewhere(words, home):
            await self._app.write(strays.heard, channel_id, home)
            self._bot.woken()
            await asyncio.sleep(FETCHED_S)  # more may come meanwhile
            words = await self._words(channel_id)
        reason = audit(self._app.texts, "doubled")
        await self._bot.http.delete_channel(channel_id, reason=reason)
        log.info("channel %d was made twice for one ticket and is deleted", channel_id)

    async def _words(self, channel_id: int) -> list[Mapping[str, Any]]:
        said = await self._bot.http.logs_from(channel_id, _LOOK)
        return [one for one in said if not one["author"].get("bot")]

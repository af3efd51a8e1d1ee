"""Staff hear at once of a disk that takes nothing: the outbox cannot tell them (P26)."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import aiohttp
import disnake

from ogma.bot.render.notices import staff_notice
from ogma.errors import Unreachable

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

log = logging.getLogger(__name__)


def watch(bot: OgmaBot, app: App) -> None:
    """Tell staff whenever the writer begins to wait for the disk. Called in the bot's loop."""
    loop = asyncio.get_running_loop()

    def tell() -> None:
        asyncio.run_coroutine_threadsafe(_tell_staff(bot, app), loop)

    app.writer.on_unwritable = tell


async def _tell_staff(bot: OgmaBot, app: App) -> None:
    channel = bot.get_partial_messageable(app.settings.channels.staff_review)
    try:
        await channel.send(**staff_notice(app.texts, "staff.unwritable", {}).send())
    except (disnake.HTTPException, aiohttp.ClientError, Unreachable) as error:
        log.warning("staff could not be told: %s", error)

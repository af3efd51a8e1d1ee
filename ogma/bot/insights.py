"""/insights: how the desk is doing, for management (I1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from disnake.ext import commands

from ogma.bot.actors import actor_of, denied
from ogma.bot.interactions import Command
from ogma.bot.render.insights import summary
from ogma.bot.render.message import Message
from ogma.domain.access import management_denial
from ogma.services.insights import Period, insights

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

_DAYS = [7, 30, 90]


class Insights(commands.Cog):
    """The figures that `ogma insights` prints."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    @commands.slash_command(name="insights", description="Show how the support desk is doing")
    async def insights(
        self,
        inter: Command,
        days: int = commands.Param(30, description="So many days up to now", choices=_DAYS),
    ) -> None:
        await inter.response.defer(ephemeral=True)
        message = await self._message(inter, days)
        await inter.edit_original_response(**message.edit())

    async def _message(self, inter: Command, days: int) -> Message:
        texts = self._app.texts
        why = management_denial(actor_of(inter), self._app.settings.roles.management)
        if why is not None:
            return Message(content=denied(texts, why))
        period = Period.days(days, self._app.desk.now())
        return summary(texts, await self._app.read(insights, period), days)

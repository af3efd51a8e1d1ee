"""The team as Discord tells of it, and /away and /back (Q1)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import disnake
from disnake.ext import commands

from ogma.bot.actors import actor_of, denied
from ogma.bot.interactions import Command
from ogma.bot.members import holders, teammate
from ogma.bot.render.message import NOBODY
from ogma.domain.access import Denial
from ogma.services import team

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

log = logging.getLogger(__name__)


class Team(commands.Cog):
    """Who belongs to the team, and who is there."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """What changed while the bot was away is asked; from then on Discord tells."""
        settings = self._app.settings
        if not settings.discord.members_intent:
            return
        roles = settings.team_roles()
        try:
            found = await holders(self._bot.http, settings.discord.guild, roles)
        except disnake.HTTPException as error:
            log.warning("Discord did not list the team (%s); it is learned as they write", error)
            return
        await self._app.write(team.is_whole, found)
        self._bot.woken()

    @commands.Cog.listener()
    async def on_raw_member_update(self, member: disnake.Member) -> None:
        if member.guild.id == self._app.settings.discord.guild and not member.bot:
            await self._app.write(team.saw, [teammate(member)])
            self._bot.woken()

    @commands.Cog.listener()
    async def on_raw_member_remove(self, payload: disnake.RawGuildMemberRemoveEvent) -> None:
        if payload.guild_id == self._app.settings.discord.guild:
            await self._app.write(team.left, payload.user.id)
            self._bot.woken()

    @commands.slash_command(name="away", description="Get no new tickets until you are back")
    async def away(self, inter: Command) -> None:
        await inter.response.defer(ephemeral=True)
        outcome = await self._app.write(team.go_away, actor_of(inter))
        await self._say(inter, outcome, "team.away", "team.away_already")

    @commands.slash_command(name="back", description="Get new tickets again")
    async def back(self, inter: Command) -> None:
        await inter.response.defer(ephemeral=True)
        outcome = await self._app.write(team.come_back, actor_of(inter))
        await self._say(inter, outcome, "team.back", "team.back_already")

    async def _say(self, inter: Command, outcome: Denial | bool, done: str, already: str) -> None:
        self._bot.woken()
        texts = self._app.texts
        if isinstance(outcome, Denial):
            text = denied(texts, outcome)
        else:
            text = texts(done if outcome else already)
        await inter.edit_original_response(content=text, allowed_mentions=NOBODY)

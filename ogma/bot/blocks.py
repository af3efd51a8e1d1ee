"""/block and /unblock: who may open no tickets (O3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import disnake
from disnake.ext import commands

from ogma.bot import shield
from ogma.bot.actors import actor_of, denied
from ogma.bot.interactions import Command
from ogma.bot.render import places
from ogma.bot.render.escape import plain
from ogma.bot.render.message import NOBODY
from ogma.domain.access import Denial
from ogma.domain.clock import DAY
from ogma.services import blocks

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

MOST_DAYS = 3650


class Blocks(commands.Cog):
    """The block list, for management, in any channel."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    @commands.slash_command(name="block", description="Let a member open no more tickets")
    async def block(
        self,
        inter: Command,
        member: disnake.User = commands.Param(description="Who may open none"),
        reason: str = commands.Param(
            default="", description="For the team", max_length=blocks.REASON_MAX
        ),
        days: int = commands.Param(
            default=0, description="For how many days", min_value=0, max_value=MOST_DAYS
        ),
    ) -> None:
        await inter.response.defer(ephemeral=True)
        until = self._app.desk.now() + days * DAY if days else None
        whom = blocks.Member(member.id, member.display_name)
        outcome = await self._app.write(blocks.block, actor_of(inter), whom, reason.strip(), until)
        texts, name = self._app.texts, plain(member.display_name)
        if isinstance(outcome, Denial):
            text = denied(texts, outcome)
        elif until is None:
            text = texts("block.done", member=name)
        else:
            text = texts("block.done_until", member=name, when=places.moment(until, "F"))
        if not isinstance(outcome, Denial):
            text = shield.with_notice(texts, text, reason)
        await inter.edit_original_response(content=text, allowed_mentions=NOBODY)

    @commands.slash_command(name="unblock", description="Let a member open tickets again")
    async def unblock(
        self,
        inter: Command,
        member: disnake.User = commands.Param(description="Who may open tickets again"),
    ) -> None:
        await inter.response.defer(ephemeral=True)
        outcome = await self._app.write(blocks.unblock, actor_of(inter), member.id)
        texts, name = self._app.texts, plain(member.display_name)
        if isinstance(outcome, Denial):
            text = denied(texts, outcome)
        else:
            text = texts("block.lifted" if outcome else "block.not_there", member=name)
        await inter.edit_original_response(content=text, allowed_mentions=NOBODY)

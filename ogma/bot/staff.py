"""/claim, /unclaim and /assign (Q1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import disnake
from disnake.ext import commands

from ogma.bot.actors import actor_of, denied
from ogma.bot.interactions import Command
from ogma.bot.members import teammate
from ogma.bot.render.escape import plain
from ogma.bot.render.message import NOBODY
from ogma.domain.access import Denial
from ogma.domain.tickets import Ticket
from ogma.services import staff, tickets

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot


class Staff(commands.Cog):
    """What staff do inside a ticket's channel."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    @commands.slash_command(name="claim", description="Look after this ticket")
    async def claim(self, inter: Command) -> None:
        await inter.response.defer(ephemeral=True)
        ticket = await self._app.read(tickets.in_channel, inter.channel_id)
        await self._say(inter, await self._claim(inter, ticket))

    async def _claim(self, inter: Command, ticket: Ticket | None) -> str:
        texts = self._app.texts
        if ticket is None:
            return texts("denied.not_a_ticket")
        if ticket.claimed_by == inter.author.id:
            return texts("claim.yours")
        outcome = await self._app.write(staff.claim, actor_of(inter), ticket.id)
        if isinstance(outcome, Denial):
            return denied(texts, outcome, ticket)
        if isinstance(outcome, staff.TakenBy):
            return texts("claim.taken", staff=plain(outcome.name))
        return texts("claim.done")

    @commands.slash_command(name="unclaim", description="Give this ticket back to the team")
    async def unclaim(self, inter: Command) -> None:
        await inter.response.defer(ephemeral=True)
        ticket = await self._app.read(tickets.in_channel, inter.channel_id)
        await self._say(inter, await self._unclaim(inter, ticket))

    async def _unclaim(self, inter: Command, ticket: Ticket | None) -> str:
        texts = self._app.texts
        if ticket is None:
            return texts("denied.not_a_ticket")
        outcome = await self._app.write(staff.unclaim, actor_of(inter), ticket.id)
        if isinstance(outcome, Denial):
            return denied(texts, outcome, ticket)
        return texts("claim.release_done" if ticket.claimed_by else "claim.not_claimed")

    @commands.slash_command(name="assign", description="Give this ticket to a teammate")
    async def assign(
        self,
        inter: Command,
        member: disnake.Member = commands.Param(description="Who shall look after it"),
    ) -> None:
        await inter.response.defer(ephemeral=True)
        ticket = await self._app.read(tickets.in_channel, inter.channel_id)
        await self._say(inter, await self._assign(inter, ticket, member))

    async def _assign(self, inter: Command, ticket: Ticket | None, member: disnake.Member) -> str:
        texts, name = self._app.texts, plain(member.display_name)
        if ticket is None:
            return texts("denied.not_a_ticket")
        if member.bot:
            return texts("assign.not_staff", member=name)
        whom = teammate(member)
        outcome = await self._app.write(staff.assign, actor_of(inter), ticket.id, whom)
        if isinstance(outcome, Denial):
            return denied(texts, outcome, ticket)
        if isinstance(outcome, staff.NotEligible):
            return texts("assign.away" if outcome.away else "assign.not_staff", member=name)
        return texts("assign.done", member=name)

    async def _say(self, inter: Command, text: str) -> None:
        self._bot.woken()
        await inter.edit_original_response(content=text, allowed_mentions=NOBODY)

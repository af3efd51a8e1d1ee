"""/add, /remove, /rename, /lockdown and /unlock (Q3, Q4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
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
from ogma.domain.redaction import mask_secrets
from ogma.domain.tickets import Ticket
from ogma.services import lockdown, people, tickets
from ogma.services.people import Member, Misfit, TooSoon

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot


class People(commands.Cog):
    """Who sees a ticket, and what its channel is called."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    @commands.slash_command(name="add", description="Add a member to this ticket")
    async def add(
        self,
        inter: Command,
        member: disnake.Member = commands.Param(description="Who shall see and write here"),
    ) -> None:
        await self._respond(inter, lambda ticket: self._add(inter, ticket, member))

    async def _add(self, inter: Command, ticket: Ticket, member: disnake.Member) -> str:
        whom = self._member(ticket, member)
        outcome = await self._app.write(people.add, actor_of(inter), ticket.id, whom)
        return self._about(member, ticket, outcome, "people.added")

    @commands.slash_command(name="remove", description="Remove an added member from this ticket")
    async def remove(
        self,
        inter: Command,
        member: disnake.Member = commands.Param(description="Who shall no longer see it"),
    ) -> None:
        await self._respond(inter, lambda ticket: self._remove(inter, ticket, member))

    async def _remove(self, inter: Command, ticket: Ticket, member: disnake.Member) -> str:
        whom = self._member(ticket, member)
        outcome = await self._app.write(people.remove, actor_of(inter), ticket.id, whom)
        return self._about(member, ticket, outcome, "people.removed")

    def _member(self, ticket: Ticket, member: disnake.Member) -> Member:
        staff = self._app.settings.staff_roles(ticket.type_id)
        is_staff = any(role.id in staff for role in member.roles)
        return Member(member.id, member.display_name, member.bot, is_staff)

    def _about(
        self, member: disnake.Member, ticket: Ticket, outcome: Denial | Misfit | None, done: str
    ) -> str:
        texts = self._app.texts
        if isinstance(outcome, Denial):
            return denied(texts, outcome, ticket)
        name = plain(member.display_name)
        match outcome:
            case None:
                return texts(done, member=name)
            case Misfit.ALREADY_THERE | Misfit.NOT_THERE:
                return texts(f"people.{outcome}", member=name)
        return texts(f"people.{outcome}")

    @commands.slash_command(name="rename", description="Rename this ticket's channel")
    async def rename(
        self,
        inter: Command,
        name: str = commands.Param(description="The new name", min_length=1, max_length=100),
    ) -> None:
        await self._respond(inter, lambda ticket: self._rename(inter, ticket, name.strip()))

    async def _rename(self, inter: Command, ticket: Ticket, name: str) -> str:
        texts = self._app.texts
        if not 1 <= len(name) <= people.NAME_MAX:
            return texts("people.bad_name")
        outcome = await self._app.write(people.rename, actor_of(inter), ticket.id, name)
        if isinstance(outcome, Denial):
            return denied(texts, outcome, ticket)
        if isinstance(outcome, TooSoon):
            return texts("people.rename_later", when=places.moment(outcome.until))
        said = texts("people.renamed", name=plain(mask_secrets(name).text))
        return shield.with_notice(texts, said, name)

    @commands.slash_command(name="lockdown", description="Only management may see this ticket")
    async def lockdown(self, inter: Command) -> None:
        await self._respond(inter, lambda ticket: self._lock(inter, ticket))

    async def _lock(self, inter: Command, ticket: Ticket) -> str:
        outcome = await self._app.write(lockdown.lock, actor_of(inter), ticket.id)
        if isinstance(outcome, Denial):
            return denied(self._app.texts, outcome, ticket)
        return self._app.texts("lockdown.locked" if outcome else "lockdown.already")

    @commands.slash_command(name="unlock", description="End the lockdown of this ticket")
    async def unlock(self, inter: Command) -> None:
        await self._respond(inter, lambda ticket: self._unlock(inter, ticket))

    async def _unlock(self, inter: Command, ticket: Ticket) -> str:
        outcome = await self._app.write(lockdown.unlock, actor_of(inter), ticket.id)
        if isinstance(outcome, Denial):
            return denied(self._app.texts, outcome, ticket)
        return self._app.texts("lockdown.unlocked" if outcome else "lockdown.not_locked")

    async def _respond(self, inter: Command, decide: Callable[[Ticket], Awaitable[str]]) -> None:
        """Acknowledge, find the ticket, do it, say what came of it."""
        await inter.response.defer(ephemeral=True)
        ticket = await self._app.read(tickets.in_channel, inter.channel_id)
        text = self._app.texts("denied.not_a_ticket") if ticket is None else await decide(ticket)
        self._bot.woken()
        await inter.edit_original_response(content=text, allowed_mentions=NOBODY)

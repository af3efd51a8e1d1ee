"""/note, /macro and /transfer (Q3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from disnake.ext import commands

from ogma.bot import custom_ids, shield
from ogma.bot.actors import actor_of, denied
from ogma.bot.custom_ids import Action
from ogma.bot.inside import respond
from ogma.bot.interactions import AnyInteraction, Click, Command
from ogma.bot.render import places
from ogma.bot.render.escape import plain
from ogma.bot.render.hours import standing
from ogma.bot.render.message import NOBODY, words
from ogma.bot.render.notes import macro_preview, note_list
from ogma.domain.access import Denial
from ogma.domain.macros import Filling
from ogma.domain.tickets import Ticket
from ogma.services import hours, macros, notes, tickets, transfer
from ogma.services.macros import Fill
from ogma.services.transfer import Unfit

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

_OFFERED = 25
"""As many as Discord lets one choose from."""


class Notes(commands.Cog):
    """What staff write about a ticket, what they send ready-made, and to whom they pass it on."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    @commands.slash_command(name="note", description="Note something, or show the notes")
    async def note(
        self,
        inter: Command,
        text: str = commands.Param("", description="The note", max_length=notes.NOTE_MAX),
    ) -> None:
        async def act(ticket: Ticket) -> str:
            texts, actor = self._app.texts, actor_of(inter)
            if text.strip():
                refused = await self._app.write(notes.add, actor, ticket.id, text)
                if refused:
                    return denied(texts, refused, ticket)
                return shield.with_notice(texts, texts("note.done"), text)
            found = await self._app.read(notes.of_ticket, actor, ticket.id)
            if isinstance(found, Denial):
                return denied(texts, found, ticket)
            return note_list(texts, found)

        await respond(self._bot, self._app, inter, act)

    @commands.slash_command(name="macro", description="Send a prepared reply, after a look at it")
    async def macro(
        self,
        inter: Command,
        name: str = commands.Param(description="Which", max_length=32),
    ) -> None:
        await inter.response.defer(ephemeral=True)
        texts, actor = self._app.texts, actor_of(inter)
        ticket = await self._app.read(tickets.in_channel, inter.channel_id)
        if ticket is None:
            message = words(texts("denied.not_a_ticket"))
        else:
            fill = self._fill(inter)
            found = await self._app.read(macros.prepared, actor, ticket.id, name, fill)
            if isinstance(found, Denial):
                message = words(denied(texts, found, ticket))
            elif found is None:
                message = words(texts("macro.unknown", name=plain(name)))
            else:
                message = macro_preview(texts, name, found)
        await inter.edit_original_response(**message.edit())

    @macro.autocomplete("name")
    async def _macros(self, inter: Command, beginning: str) -> list[str]:
        ticket = await self._app.read(tickets.in_channel, inter.channel_id)
        if ticket is None:
            return []
        found = await self._app.read(macros.known, actor_of(inter), ticket, beginning)
        return found[:_OFFERED]

    @commands.Cog.listener()
    async def on_button_click(self, click: Click) -> None:
        pressed = custom_ids.decode(click.component.custom_id or "")
        if pressed is None or pressed.action is not Action.SEND_MACRO:
            return
        await click.response.defer()
        text = await self._send(click, pressed.row)
        self._bot.woken()
        await click.edit_original_response(
            content=text, embeds=[], components=[], allowed_mentions=NOBODY
        )

    async def _send(self, click: Click, macro_id: str) -> str:
        texts = self._app.texts
        ticket = await self._app.read(tickets.in_channel, click.channel_id)
        if ticket is None:
            return texts("denied.not_a_ticket")
        actor, fill = actor_of(click), self._fill(click)
        outcome = await self._app.write(macros.send, actor, ticket.id, macro_id, fill)
        if isinstance(outcome, Denial):
            return denied(texts, outcome, ticket)
        return texts("macro.sent") if outcome else texts("macro.unknown", name=plain(macro_id))

    def _fill(self, inter: AnyInteraction) -> Fill:
        texts = self._app.texts
        there = standing(texts, hours.there(self._app.desk)) or texts("hours.always")
        name = plain(inter.author.display_name)

        def fill(ticket: Ticket) -> Filling:
            return Filling(places.member(ticket.customer_id), ticket.id, name, there)

        return fill

    @commands.slash_command(name="transfer", description="Give this ticket to another type")
    async def transfer(
        self,
        inter: Command,
        kind: str = commands.Param(name="type", description="Which type", max_length=80),
    ) -> None:
        async def act(ticket: Ticket) -> str:
            texts = self._app.texts
            outcome = await self._app.write(transfer.transfer, actor_of(inter), ticket.id, kind)
            if isinstance(outcome, Denial):
                return denied(texts, outcome, ticket)
            if isinstance(outcome, Unfit):
                return texts(f"transfer.{outcome}", type=plain(kind))
            return texts("transfer.done", type=plain(kind))

        await respond(self._bot, self._app, inter, act)

    @transfer.autocomplete("type")
    async def _types(self, inter: Command, beginning: str) -> list[str]:
        known = [kind.id for kind in self._app.settings.types if kind.enabled]
        return [one for one in known if beginning.strip().lower() in one][:_OFFERED]

"""The panel, the intake, and the answer to whoever wants a ticket (O1, O3, O4, O7)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import disnake
from disnake.ext import commands

from ogma import crash
from ogma.bot import custom_ids
from ogma.bot.custom_ids import Action
from ogma.bot.failures import Problem
from ogma.bot.interactions import Click, Submit
from ogma.bot.render import forms
from ogma.bot.render import opening as render
from ogma.bot.render.message import Message, words
from ogma.domain.clock import from_datetime
from ogma.domain.intake import collected
from ogma.domain.opening import Intention, Refusal
from ogma.domain.tickets import State, Ticket
from ogma.services import opening, panel
from ogma.services.desk import Desk
from ogma.services.opening import Refused

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

CHANNEL_WITHIN_S = 60.0
"""How long a member is kept waiting for the link to the new channel."""
_LOOK_EVERY_S = 0.2


class Opening(commands.Cog):
    """From a click on the panel to the link to a ticket."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """The panel is repaired, edited in place or posted, whatever it needs."""
        await self._app.write(panel.refresh)
        self._bot.woken()

    @commands.Cog.listener()
    async def on_button_click(self, click: Click) -> None:
        pressed = custom_ids.decode(click.component.custom_id or "")
        if pressed is not None and pressed.action is Action.OPEN:
            await self._wanted(click, pressed.row)

    @commands.Cog.listener()
    async def on_dropdown(self, click: Click) -> None:
        pressed = custom_ids.decode(click.component.custom_id or "")
        if pressed is not None and pressed.action is Action.CHOOSE and click.values:
            await self._wanted(click, click.values[0])

    @commands.Cog.listener()
    async def on_modal_submit(self, submit: Submit) -> None:
        form = custom_ids.decode(submit.custom_id)
        if form is None or form.action is not Action.INTAKE:
            return
        wish = self._wish(submit, form.row)
        kind = self._app.settings.type_named(form.row)
        if kind is not None and kind.fields:
            answers = collected(kind.fields, _values(submit))
            if answers is None:
                message = self._refusal(Refused(Refusal.EMPTY_INTAKE), form.row)
                await submit.response.send_message(ephemeral=True, **message.send())
                return
            wish = replace(wish, answers=answers)
        else:
            typed = submit.text_values
            subject, description = typed.get("subject"), typed.get("description")
            wish = replace(wish, subject=subject, description=description)
        await self._open(submit, wish)

    def _wish(self, interaction: Click | Submit, type_id: str) -> Intention:
        author = interaction.author
        member = author if isinstance(author, disnake.Member) else None
        joined = member.joined_at if member else None
        return Intention(
            customer_id=author.id,
            customer_name=author.display_name,
            roles=frozenset(role.id for role in member.roles) if member else frozenset(),
            joined_at=from_datetime(joined) if joined else None,
            server_channels=self._bot.capacity.channels(),
            type_id=type_id,
        )

    async def _wanted(self, click: Click, type_id: str) -> None:
        """Refuse at once what the database says no to, else ask, else open."""
        wish = self._wish(click, type_id)
        refused = await self._app.read(opening.refused, wish)
        if refused is not None:
            message = self._refusal(refused, type_id)
            await click.response.send_message(ephemeral=True, **message.send())
            return
        kind = self._app.settings.type_named(type_id)
        form = forms.intake(self._app.texts, kind) if kind else None
        if form is not None:
            await click.response.send_modal(**form.send())
        else:
            await self._open(click, wish)

    async def _open(self, interaction: Click | Submit, wish: Intention) -> None:
        await interaction.response.defer(with_message=True, ephemeral=True)
        message = await self.open(wish, interaction.id)
        await interaction.edit_original_response(**message.edit())

    async def open(self, wish: Intention, interaction_id: int) -> Message:
        """Open a ticket; gives the sentence for whoever asked, once its channel stands."""
        opened = await self._app.write(opening.open_ticket, wish, interaction_id)
        crash.point("ticket.opened")
        if isinstance(opened, Refused):
            return self._refusal(opened, wish.type_id)
        self._bot.woken()
        return await self._when_ready(opened.id)

    async def _when_ready(self, number: int) -> Message:
        """The sentence with the link, as soon as the channel stands."""
        ticket = await self._ticket_settled(number)
        if ticket.state is State.FAILED:
            full = (ticket.failure or "").startswith(Problem.SERVER_FULL)
            return words(self._app.texts("refused.server_full" if full else "opening.failed"))
        return render.opened(self._app.texts, ticket.channel_id)

    async def _ticket_settled(self, number: int) -> Ticket:
        loop = asyncio.get_running_loop()
        until = loop.time() + CHANNEL_WITHIN_S
        ticket = await self._app.read(Desk.ticket, number)
        while ticket.state is State.OPENING and loop.time() < until:
            await asyncio.sleep(_LOOK_EVERY_S)
            ticket = await self._app.read(Desk.ticket, number)
        return ticket

    def _refusal(self, refused: Refused, type_id: str) -> Message:
        kind = self._app.settings.type_named(type_id)
        return render.refused(
            self._app.texts,
            refused.why,
            type_label=kind.label if kind else None,
            channel_id=refused.ticket.channel_id if refused.ticket else None,
            until=refused.until,
        )


def _values(submit: Submit) -> Mapping[str, Any]:
    """What a form holds by field: text, chosen options, or files as Discord describes them."""
    return {
        name: [dict(one.to_dict()) if isinstance(one, disnake.Attachment) else one for one in value]
        if isinstance(value, list)
        else value
        for name, value in submit.resolved_values.items()
    }

"""/close, and the rating that the customer gives afterwards by direct message (C1, C3)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, cast

import disnake
from disnake.ext import commands

from ogma import crash
from ogma.bot import custom_ids, shield
from ogma.bot.actors import actor_of, denied
from ogma.bot.custom_ids import Action
from ogma.bot.interactions import Click, Command, Submit
from ogma.bot.render import forms
from ogma.bot.render.csat import Rating, csat_answered
from ogma.bot.render.message import NOBODY, Message
from ogma.bot.render.ticket import closing as closing_notice
from ogma.domain.access import Denial
from ogma.domain.closing import NOTE_MAX, CloseCause, CloseReason
from ogma.domain.tickets import Ticket
from ogma.services import closing, tickets
from ogma.services.closing import Closure

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot


_RATINGS: Final[dict[Action, Rating]] = {
    Action.CSAT_HELPFUL: "helpful",
    Action.CSAT_UNHELPFUL: "unhelpful",
    Action.CSAT_SKIP: "skipped",
}

REASONS = [
    disnake.OptionChoice("Resolved", CloseReason.RESOLVED.value),
    disnake.OptionChoice("Duplicate", CloseReason.DUPLICATE.value),
    disnake.OptionChoice("User unresponsive", CloseReason.UNRESPONSIVE.value),
    disnake.OptionChoice("Out of scope", CloseReason.OUT_OF_SCOPE.value),
    disnake.OptionChoice("Spam", CloseReason.SPAM.value),
    disnake.OptionChoice("Other", CloseReason.OTHER.value),
]


class Closing(commands.Cog):
    """The end of a ticket, as people see it."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    @commands.slash_command(
        name="close",
        description="Close this ticket",
        default_member_permissions=disnake.Permissions(manage_channels=True),
    )
    async def close(
        self,
        inter: Command,
        reason: str = commands.Param(description="Why it is closed", choices=REASONS),
        note: str = commands.Param(
            default="", description="For the team's records", max_length=NOTE_MAX
        ),
    ) -> None:
        ticket = await self._app.read(tickets.in_channel, inter.channel_id)
        refusal = await self._refusal(inter, ticket)
        if ticket is None or refusal is not None:
            await inter.response.send_message(refusal, ephemeral=True, allowed_mentions=NOBODY)
            return
        await inter.response.defer()
        closure = Closure(CloseReason(reason), CloseCause.COMMAND, note)
        outcome = await self._app.write(closing.close, actor_of(inter), ticket.id, closure)
        crash.point("ticket.closed")
        if isinstance(outcome, Denial):
            message = Message(content=denied(self._app.texts, outcome, ticket))
        else:
            message = closing_notice(self._app.texts, inter.author.display_name, closure.reason)
        with suppress(disnake.NotFound):  # the channel may be gone already
            await inter.edit_original_response(**message.edit())
            if not isinstance(outcome, Denial):
                await self._tell_of_secrets(inter, note)
        self._bot.woken()

    async def _refusal(self, inter: Command, ticket: Ticket | None) -> str | None:
        """Why not, known before the command is acknowledged, so that nobody else reads it."""
        if ticket is None:
            return self._app.texts("denied.not_a_ticket")
        why = await self._app.read(closing.refused, actor_of(inter), ticket)
        return denied(self._app.texts, why, ticket) if why else None

    @commands.Cog.listener()
    async def on_button_click(self, click: Click) -> None:
        pressed = custom_ids.decode(click.component.custom_id or "")
        if pressed is None:
            return
        if pressed.action in _RATINGS:
            await self._rate(click, pressed.row_id, _RATINGS[pressed.action])
        elif pressed.action is Action.CSAT_COMMENT:
            form = forms.csat_comment(self._app.texts, pressed.row_id)
            await click.response.send_modal(**form.send())

    async def _rate(self, click: Click, number: int, rating: Rating) -> None:
        """One rating, once; the question turns into thanks, so it cannot be given twice."""
        await click.response.defer()
        outcome = await self._app.write(closing.rate, actor_of(click), number, rating)
        self._bot.woken()
        if isinstance(outcome, Denial):
            text = denied(self._app.texts, outcome)
            await click.followup.send(text, ephemeral=True, allowed_mentions=NOBODY)
            return
        given = outcome if isinstance(outcome, str) else rating
        await self._thank(click, number, cast(Rating, given))

    @commands.Cog.listener()
    async def on_modal_submit(self, submit: Submit) -> None:
        form = custom_ids.decode(submit.custom_id)
        if form is None or form.action is not Action.CSAT_COMMENT_FORM:
            return
        await submit.response.defer(with_message=False)  # the question itself turns into thanks
        comment = submit.text_values.get("comment", "")
        outcome = await self._app.write(closing.comment, actor_of(submit), form.row_id, comment)
        self._bot.woken()
        if outcome is None:
            await self._thank(submit, form.row_id, "unhelpful", commented=True)
            await self._tell_of_secrets(submit, comment)
        else:
            text = denied(self._app.texts, outcome)
            await submit.followup.send(text, ephemeral=True, allowed_mentions=NOBODY)

    async def _tell_of_secrets(self, interaction: Command | Submit, written: str) -> None:
        if told := shield.notice(self._app.texts, written):
            await interaction.followup.send(told, ephemeral=True, allowed_mentions=NOBODY)

    async def _thank(
        self,
        interaction: Click | Submit,
        number: int,
        rating: Rating,
        *,
        commented: bool = False,
    ) -> None:
        guild = self._bot.get_guild(self._app.settings.discord.guild)
        server = guild.name if guild else ""
        message = csat_answered(self._app.texts, number, server, rating, commented=commented)
        await interaction.edit_original_response(**message.edit())

"""/close-request, Reopen, and the follow-up after a close (C1, C4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import disnake
from disnake.ext import commands

from ogma.bot import custom_ids
from ogma.bot.actors import actor_of, denied
from ogma.bot.closing import REASONS
from ogma.bot.custom_ids import Action
from ogma.bot.interactions import Click, Command
from ogma.bot.render import life
from ogma.bot.render.message import NOBODY
from ogma.domain.access import Denial
from ogma.domain.clock import Millis, from_datetime
from ogma.domain.closing import CloseReason
from ogma.domain.opening import Intention
from ogma.services import close_request, closing, follow_up, tickets
from ogma.services.desk import Desk

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

_FOLLOW_UPS: Final = {Action.SOLVED: follow_up.SOLVED, Action.UNSOLVED: follow_up.UNSOLVED}
_REQUEST: Final = frozenset({Action.CONFIRM_CLOSE, Action.KEEP_OPEN})


class Afterwards(commands.Cog):
    """Asking before the end, and undoing or asking again after it."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    @commands.slash_command(
        name="close-request", description="Ask the customer whether this ticket can be closed"
    )
    async def close_request(
        self,
        inter: Command,
        reason: str = commands.Param(
            default=CloseReason.RESOLVED.value, description="Why", choices=REASONS
        ),
    ) -> None:
        await inter.response.defer(ephemeral=True)
        texts = self._app.texts
        ticket = await self._app.read(tickets.in_channel, inter.channel_id)
        if ticket is None:
            await self._say(inter, texts("denied.not_a_ticket"))
            return
        outcome = await self._app.write(
            close_request.ask, actor_of(inter), ticket.id, CloseReason(reason)
        )
        if isinstance(outcome, Denial):
            text = denied(texts, outcome, ticket)
        else:
            text = texts("close_request.done" if outcome else "close_request.already")
        await self._say(inter, text)

    @commands.Cog.listener()
    async def on_button_click(self, click: Click) -> None:
        pressed = custom_ids.decode(click.component.custom_id or "")
        if pressed is None:
            return
        if pressed.action in _REQUEST:
            await self._answer_request(click, pressed.row_id, pressed.action)
        elif pressed.action is Action.REOPEN:
            await self._reopen(click, pressed.row_id)
        elif pressed.action in _FOLLOW_UPS:
            await self._follow_up(click, pressed.row_id, _FOLLOW_UPS[pressed.action])
        elif pressed.action is Action.OPEN_AGAIN:
            await self._open_again(click, pressed.row_id)

    async def _answer_request(self, click: Click, number: int, action: Action) -> None:
        await click.response.defer(with_message=True, ephemeral=True)
        texts, yes = self._app.texts, action is Action.CONFIRM_CLOSE
        use_case = close_request.confirm if yes else close_request.decline
        outcome = await self._app.write(use_case, actor_of(click), number)
        if isinstance(outcome, Denial):
            text = denied(texts, outcome)
        elif outcome:
            text = texts("close_request.confirmed" if yes else "close_request.declined")
        else:
            text = texts("close_request.over")
        await self._say(click, text)

    async def _reopen(self, click: Click, number: int) -> None:
        await click.response.defer(with_message=True, ephemeral=True)
        outcome = await self._app.write(closing.reopen, actor_of(click), number)
        if isinstance(outcome, Denial):
            await self._say(click, denied(self._app.texts, outcome))
        else:
            await self._say(click, self._app.texts("grace.reopened"))

    async def _follow_up(self, click: Click, number: int, said: str) -> None:
        await click.response.defer()
        outcome = await self._app.write(follow_up.answer, actor_of(click), number, said)
        if isinstance(outcome, Denial):
            text = denied(self._app.texts, outcome)
            await click.followup.send(text, ephemeral=True, allowed_mentions=NOBODY)
            return
        guild = self._bot.get_guild(self._app.settings.discord.guild)
        server = guild.name if guild else ""
        message = life.followed_up(self._app.texts, number, server, outcome)
        await click.edit_original_response(**message.edit())
        self._bot.woken()

    async def _open_again(self, click: Click, number: int) -> None:
        """A new ticket of the same type, from the DM: Discord tells no roles there, so ask."""
        await click.response.defer(with_message=True, ephemeral=True)
        old = await self._app.read(Desk.ticket, number)
        if click.author.id != old.customer_id:
            await self._say(click, denied(self._app.texts, Denial.NOT_CUSTOMER))
            return
        try:
            member = await self._bot.http.get_member(old.guild_id, click.author.id)
        except disnake.NotFound:
            await self._say(click, self._app.texts("denied.stale"))
            return
        wish = Intention(
            customer_id=click.author.id,
            customer_name=click.author.display_name,
            roles=frozenset(int(role) for role in member["roles"]),
            type_id=old.type_id,
            joined_at=_joined(member),
            server_channels=self._bot.capacity.channels(),
            subject=old.subject,
            refers_to=number,
        )
        message = await self._bot.opening.open(wish, click.id)
        await click.edit_original_response(**message.edit())

    async def _say(self, interaction: Click | Command, text: str) -> None:
        self._bot.woken()
        await interaction.edit_original_response(content=text, allowed_mentions=NOBODY)


def _joined(member: Mapping[str, Any]) -> Millis | None:
    """Since when a member, as Discord's API describes them, is on the server."""
    stamp = disnake.utils.parse_time(member.get("joined_at"))
    return from_datetime(stamp) if stamp else None

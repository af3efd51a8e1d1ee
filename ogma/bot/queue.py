"""/queue, and the buttons below it (Q2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from disnake.ext import commands

from ogma.bot import custom_ids
from ogma.bot.actors import actor_of, denied
from ogma.bot.custom_ids import Action
from ogma.bot.interactions import AnyInteraction, Click, Command
from ogma.bot.render.escape import plain
from ogma.bot.render.message import NOBODY, Message
from ogma.bot.render.queue import queue_page
from ogma.domain.access import Denial
from ogma.domain.queue import Queue
from ogma.services import queue, staff

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

_PAGES = (Action.QUEUE, Action.QUEUE_BACK, Action.QUEUE_NEXT, Action.QUEUE_AGAIN)


class QueueCog(commands.Cog, name="Queue"):
    """The tickets that wait, for whoever of the team asks, and for nobody else."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    @commands.slash_command(name="queue", description="Show the open tickets")
    async def queue(
        self,
        inter: Command,
        filter: str = commands.Param(
            str(Queue.ALL), description="Which", choices=[str(one) for one in Queue]
        ),
    ) -> None:
        await inter.response.defer(ephemeral=True)
        await self._show(inter, Queue(filter), 1)

    @commands.Cog.listener()
    async def on_button_click(self, click: Click) -> None:
        pressed = custom_ids.decode(click.component.custom_id or "")
        if pressed is None or pressed.action not in _PAGES:
            return
        await click.response.defer()
        await self._show(click, *_place(pressed.row))

    @commands.Cog.listener()
    async def on_dropdown(self, chosen: Click) -> None:
        pressed = custom_ids.decode(chosen.component.custom_id or "")
        if pressed is None or pressed.action is not Action.QUEUE_CLAIM:
            return
        await chosen.response.defer()
        number = int((chosen.values or ["0"])[0])
        said = await self._claim(chosen, number)
        await self._show(chosen, *_place(pressed.row))
        await chosen.followup.send(said, ephemeral=True, allowed_mentions=NOBODY)

    async def _claim(self, inter: AnyInteraction, number: int) -> str:
        texts = self._app.texts
        outcome = await self._app.write(staff.claim, actor_of(inter), number)
        self._bot.woken()
        if isinstance(outcome, Denial):
            return denied(texts, outcome)
        if isinstance(outcome, staff.TakenBy):
            return texts("claim.taken", staff=plain(outcome.name))
        return texts("queue.claim_done", number=number)

    async def _show(self, inter: AnyInteraction, which: Queue, number: int) -> None:
        found = await self._app.read(queue.page, actor_of(inter), which, number)
        if isinstance(found, Denial):
            message = Message(content=denied(self._app.texts, found))
        else:
            labels = {kind.id: kind.label for kind in self._app.settings.types}
            message = queue_page(self._app.texts, found, labels)
        await inter.edit_original_response(**message.edit())


def _place(row: str) -> tuple[Queue, int]:
    """'awaiting-staff-2' is page 2 of that filter; one without a number is page 1."""
    name, _, number = row.rpartition("-")
    if number.isdigit() and name in set(Queue):
        return Queue(name), int(number)
    return (Queue(row), 1) if row in set(Queue) else (Queue.ALL, 1)

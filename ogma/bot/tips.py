"""The buttons under a learned tip, and /tips (L1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from disnake.ext import commands

from ogma.bot import custom_ids
from ogma.bot.actors import actor_of, denied
from ogma.bot.custom_ids import Action
from ogma.bot.interactions import Click, Command
from ogma.bot.render.message import NOBODY, Message
from ogma.bot.render.tips import tips_list
from ogma.domain.access import Denial
from ogma.domain.tips import TipState
from ogma.errors import NotFound
from ogma.services import tips

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

_SHOWN = (TipState.LIVE, TipState.REVIEW)


class Tips(commands.Cog):
    """What the team does with tips in Discord."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    @commands.Cog.listener()
    async def on_button_click(self, click: Click) -> None:
        pressed = custom_ids.decode(click.component.custom_id or "")
        if pressed is None or pressed.action not in (Action.APPROVE_TIP, Action.REMOVE_TIP):
            return
        await click.response.defer(with_message=True, ephemeral=True)
        act = self._remove if pressed.action is Action.REMOVE_TIP else self._approve
        try:
            text = await act(click, pressed.row_id)
        except NotFound:
            text = self._app.texts("tip.gone")
        self._bot.woken()
        await click.edit_original_response(content=text, allowed_mentions=NOBODY)

    async def _remove(self, click: Click, tip_id: int) -> str:
        outcome = await self._app.write(tips.remove, self._app.knowledge, actor_of(click), tip_id)
        if isinstance(outcome, Denial):
            return denied(self._app.texts, outcome)
        return self._app.texts(f"tip.remove_{'done' if outcome else 'already'}", number=tip_id)

    async def _approve(self, click: Click, tip_id: int) -> str:
        actor = actor_of(click)
        why = await self._app.read(tips.refused, actor)
        if why is not None:
            return denied(self._app.texts, why)
        approve = await self._app.read(tips.approving, self._app.knowledge, tip_id)
        outcome = await self._app.write(approve, actor)
        if isinstance(outcome, Denial):
            return denied(self._app.texts, outcome)
        return self._app.texts(f"tip.approve_{'done' if outcome else 'nothing'}", number=tip_id)

    @commands.slash_command(name="tips", description="Show the tips of the knowledge base")
    async def tips(
        self,
        inter: Command,
        search: str = commands.Param("", description="Only tips with these words", max_length=100),
        page: int = commands.Param(1, description="Which page", ge=1, le=10_000),
    ) -> None:
        await inter.response.defer(ephemeral=True)
        message = await self._listed(inter, search.strip(), page)
        await inter.edit_original_response(**message.edit())

    async def _listed(self, inter: Command, search: str, page: int) -> Message:
        why = await self._app.read(tips.refused, actor_of(inter))
        if why is not None:
            return Message(content=denied(self._app.texts, why))
        found = await self._app.read(tips.listed, _SHOWN, search)
        return tips_list(self._app.texts, found, search, page)

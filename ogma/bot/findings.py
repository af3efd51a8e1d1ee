"""/flags and /search (E3, T3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from disnake.ext import commands

from ogma.bot import custom_ids
from ogma.bot.actors import actor_of, denied
from ogma.bot.custom_ids import Action
from ogma.bot.interactions import AnyInteraction, Click, Command
from ogma.bot.render.findings import flags_page, search_page
from ogma.bot.render.message import NOBODY, Message, words
from ogma.domain.access import Denial
from ogma.errors import NotFound, UsageError
from ogma.services import flags, search

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot


class Findings(commands.Cog):
    """What the team looks for, and what it should look at again."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    @commands.slash_command(name="flags", description="Show what somebody should look at again")
    async def flags(self, inter: Command) -> None:
        await inter.response.defer(ephemeral=True)
        await self._show_flags(inter, 1)

    @commands.Cog.listener()
    async def on_button_click(self, click: Click) -> None:
        pressed = custom_ids.decode(click.component.custom_id or "")
        if pressed is None:
            return
        if pressed.action is Action.FLAGS_PAGE:
            await click.response.defer()
            await self._show_flags(click, pressed.row_id)
        elif pressed.action is Action.RESOLVE_FLAG:
            await click.response.defer()
            said = await self._resolve(click, pressed.row_id)
            await self._show_flags(click, 1)
            await click.followup.send(said, ephemeral=True, allowed_mentions=NOBODY)

    async def _resolve(self, click: Click, flag_id: int) -> str:
        texts = self._app.texts
        try:
            outcome = await self._app.write(flags.resolve, actor_of(click), flag_id)
        except NotFound:
            return texts("flags.gone")
        if isinstance(outcome, Denial):
            return denied(texts, outcome)
        return texts("flags.resolved" if outcome else "flags.resolved_already")

    async def _show_flags(self, inter: AnyInteraction, number: int) -> None:
        found = await self._app.read(flags.page, actor_of(inter), number)
        if isinstance(found, Denial):
            message = words(denied(self._app.texts, found))
        else:
            message = flags_page(self._app.texts, found)
        await inter.edit_original_response(**message.edit())

    @commands.slash_command(name="search", description="Search what was said in tickets")
    async def search(
        self,
        inter: Command,
        query: str = commands.Param(description="What to look for", max_length=200),
        ranked: bool = commands.Param(False, description="Best first instead of newest first"),
        page: int = commands.Param(1, description="Which page", ge=1, le=1000),
    ) -> None:
        await inter.response.defer(ephemeral=True)
        message = await self._found(inter, query, page, ranked)
        await inter.edit_original_response(**message.edit())

    async def _found(self, inter: Command, query: str, page: int, ranked: bool) -> Message:
        actor = actor_of(inter)
        try:
            found = await self._app.read(search.page, actor, query, page, ranked=ranked)
        except UsageError:
            return words(self._app.texts("search.no_word"))
        if isinstance(found, Denial):
            return words(denied(self._app.texts, found))
        return search_page(self._app.texts, found, query)

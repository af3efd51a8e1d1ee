"""/transcript: what was said in a ticket, for those who may know it (T2, Q2)."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import disnake
from disnake.ext import commands

from ogma.bot.actors import actor_of
from ogma.bot.deliver_close import UPLOAD_MAX
from ogma.bot.interactions import Command
from ogma.bot.render.message import NOBODY
from ogma.domain.archive import View
from ogma.services import tickets
from ogma.services.data import export

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

_FORMS = ["html", "md", "json", "txt"]
_VIEWS = [str(view) for view in (View.STAFF, View.CUSTOMER)]


class Archive(commands.Cog):
    """The archive as the team reads it in Discord."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    @commands.slash_command(name="transcript", description="Get a ticket's transcript")
    async def transcript(
        self,
        inter: Command,
        number: int = commands.Param(0, description="The ticket", ge=0),
        format: str = commands.Param("html", description="The kind of file", choices=_FORMS),
        view: str = commands.Param("staff", description="For whom", choices=_VIEWS),
    ) -> None:
        await inter.response.defer(ephemeral=True)
        if not number:
            here = await self._app.read(tickets.in_channel, inter.channel_id)
            if here is None:
                await self._say(inter, self._app.texts("archive.which"))
                return
            number = here.id
        await self._send(inter, number, format, View(view))

    async def _send(self, inter: Command, number: int, form: str, view: View) -> None:
        """One sentence for what is not there and what is not theirs: it tells neither apart."""
        texts, actor = self._app.texts, actor_of(inter)
        text = await self._app.read(export.for_actor, actor, number, form, view)
        if text is None:
            await self._say(inter, texts("archive.none", number=number))
            return
        content = text.encode()
        if len(content) > UPLOAD_MAX:
            await self._say(inter, texts("transcript.too_large", number=number))
            return
        file = disnake.File(BytesIO(content), f"ticket-{number}-{view}.{form}")
        await inter.edit_original_response(
            content=texts(f"archive.for_{view}", number=number), file=file, allowed_mentions=NOBODY
        )

    async def _say(self, inter: Command, text: str) -> None:
        await inter.edit_original_response(content=text, allowed_mentions=NOBODY)

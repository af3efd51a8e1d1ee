"""Fetching attachments from Discord while their links live (T1)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import disnake

from ogma.domain.effects import Job
from ogma.domain.tickets import Ticket
from ogma.services import attachments
from ogma.services.attachments import Wanted
from ogma.services.desk import Desk

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

log = logging.getLogger(__name__)

_FETCH_S: Final = 60
_FAILURES: Final = (disnake.HTTPException, aiohttp.ClientError, TimeoutError)


class Attachments:
    """Keeps the files of messages, one by one."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    async def keep(self, job: Job) -> Mapping[str, Any]:
        """The effect: what a message brought; raises when Discord cannot be reached."""
        assert job.ticket_id is not None
        ticket = await self._app.read(Desk.ticket, job.ticket_id)
        found = await self._app.read(attachments.wanted, ticket, job.payload["message"])
        for file in found:
            await self._keep(file)
        return {"files": len(found)}

    async def keep_rest(self, ticket: Ticket) -> None:
        """Before the archive: what is still missing, with fresh links; what fails is noted."""
        for file in await self._app.read(attachments.wanted, ticket):
            try:
                await self._keep(await self._with_fresh_link(file))
            except _FAILURES as error:
                await self._lost(file, error)

    async def keep_intake(self, ticket: Ticket, message_id: int) -> None:
        """What came with the form: no message carries it, so its link is never renewed."""
        for file in await self._app.read(attachments.wanted, ticket, message_id):
            try:
                await self._keep(file)
            except _FAILURES as error:
                await self._lost(file, error)

    async def _lost(self, file: Wanted, error: Exception) -> None:
        log.warning("an attachment could not be fetched (%s)", type(error).__name__)
        why = self._app.texts("page.file_unreachable")
        await self._app.write(attachments.lost, file, why)

    async def _keep(self, file: Wanted) -> None:
        limit = attachments.limit(self._app.desk)
        if file.size > limit:
            why = self._app.texts("page.file_too_large", size=limit // 2**20)
            await self._app.write(attachments.lost, file, why)
            return
        async with asyncio.timeout(_FETCH_S):
            if not file.url:  # it was not stored, for the name in it held a secret (D4)
                file = await self._with_fresh_link(file)
            try:
                content = await self._bot.http.get_from_cdn(file.url)
            except disnake.NotFound:
                content = await self._bot.http.get_from_cdn((await self._with_fresh_link(file)).url)
        await self._app.write(attachments.save, file, content)

    async def _with_fresh_link(self, file: Wanted) -> Wanted:
        """The same file with a link that Discord has just signed."""
        raw = await self._bot.http.get_message(file.channel_id, file.message_id)
        for one in raw["attachments"]:
            if int(one["id"]) == file.file_id:
                return Wanted(file.message_id, file.channel_id, file.file_id, one["url"], file.size)
        return file

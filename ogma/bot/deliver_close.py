"""The effects of a close: archive, transcript, rating, and last of all the deletion (C2)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import disnake

from ogma.bot.render.audit import audit
from ogma.bot.render.csat import csat
from ogma.bot.render.life import follow_up
from ogma.bot.render.message import Message, Upload
from ogma.bot.render.transcript import customer_transcript, transcript_card
from ogma.domain.effects import Job, Kind
from ogma.domain.tickets import Ticket
from ogma.services import archive
from ogma.services.archive import Stored
from ogma.services.desk import Desk

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

Receipt = Mapping[str, Any]
Post = Callable[[Job, int, Message], Awaitable[int]]

UPLOAD_MAX: Final = 8 * 1024 * 1024
_UNKNOWN_CHANNEL: Final = 10003


class CloseEffects:
    """Handlers of what follows a close."""

    def __init__(self, bot: OgmaBot, app: App, post: Post) -> None:
        self._bot = bot
        self._app = app
        self._post = post

    def handlers(self) -> dict[Kind, Callable[[Job], Awaitable[Receipt]]]:
        """By kind, for the registry."""
        return {
            Kind.ARCHIVE: self._archive,
            Kind.POST_TRANSCRIPT: self._post_transcript,
            Kind.CUSTOMER_TRANSCRIPT: self._customer_transcript,
            Kind.CSAT_DM: self._csat_dm,
            Kind.FOLLOW_UP_DM: self._follow_up_dm,
            Kind.DELETE_CHANNEL: self._delete_channel,
        }

    async def _ticket(self, job: Job) -> Ticket:
        assert job.ticket_id is not None
        return await self._app.read(Desk.ticket, job.ticket_id)

    async def _archive(self, job: Job) -> Receipt:
        ticket = await self._ticket(job)
        if ticket.channel_id is not None:
            try:
                await self._bot.history.complete_ticket(ticket)
            except disnake.NotFound as error:
                if error.code != _UNKNOWN_CHANNEL:
                    raise
            await self._bot.attachments.keep_rest(ticket)
        names, server = self._names()
        stored: Stored = await self._app.read(archive.write, ticket.id, names, server)
        return {"path": stored.path, "sha256": stored.sha256, "names": names, "server": server}

    def _names(self) -> tuple[dict[str, str], str]:
        """What roles and channels are called while Discord still says so."""
        guild = self._bot.get_guild(self._app.settings.discord.guild)
        if guild is None:
            return {}, ""
        names = {f"&{role.id}": role.name for role in guild.roles}
        names |= {f"#{channel.id}": channel.name for channel in guild.channels}
        return names, guild.name

    async def _post_transcript(self, job: Job) -> Receipt:
        ticket = await self._ticket(job)
        facts = await self._app.read(archive.card, ticket.id)
        folder = archive.folder_of(self._app.desk, ticket)
        name = f"ticket-{ticket.id}-{ticket.key}"
        kept = {f"{name}.html": "transcript.html", f"{name}.json": "transcript.json"}
        files = [Upload(shown, str(folder / stored)) for shown, stored in kept.items()]
        fitting = await asyncio.to_thread(_fitting, files)
        message = transcript_card(
            self._app.texts,
            ticket,
            type_label=facts.type_label,
            messages=facts.messages,
            handled_by=facts.handled_by,
            files=fitting,
        )
        channel_id = self._app.settings.channels.transcripts
        return {"message": await self._post(job, channel_id, message)}

    async def _customer_transcript(self, job: Job) -> Receipt:
        ticket = await self._ticket(job)
        folder = archive.folder_of(self._app.desk, ticket)
        upload = Upload(f"ticket-{ticket.id}-{ticket.key}.html", str(folder / "customer.html"))
        server = self._names()[1]
        message = customer_transcript(self._app.texts, ticket.id, server, upload)
        channel_id = await self._dm(ticket.customer_id)
        return {"message": await self._post(job, channel_id, message)}

    async def _csat_dm(self, job: Job) -> Receipt:
        ticket = await self._ticket(job)
        message = csat(self._app.texts, ticket.id, self._names()[1])
        channel_id = await self._dm(ticket.customer_id)
        return {"message": await self._post(job, channel_id, message)}

    async def _follow_up_dm(self, job: Job) -> Receipt:
        ticket = await self._ticket(job)
        closed_at = ticket.closed_at or ticket.opened_at
        message = follow_up(self._app.texts, ticket.id, self._names()[1], closed_at)
        channel_id = await self._dm(ticket.customer_id)
        return {"message": await self._post(job, channel_id, message)}

    async def _dm(self, user_id: int) -> int:
        channel = await self._bot.http.start_private_message(user_id)
        return int(channel["id"])

    async def _delete_channel(self, job: Job) -> Receipt:
        ticket = await self._ticket(job)
        if ticket.archived_at is None:
            raise LookupError(f"ticket {ticket.id} has no archive yet")
        if ticket.channel_id is not None:
            reason = audit(self._app.texts, "archived", number=ticket.id)
            await self._bot.http.delete_channel(ticket.channel_id, reason=reason)
        return {}


def _fitting(files: Sequence[Upload]) -> list[Upload]:
    """The files that Discord takes, the page before the data; none rather than half a page."""
    fitting: list[Upload] = []
    left = UPLOAD_MAX
    for file in files:
        left -= Path(file.path).stat().st_size
        if left < 0:
            break
        fitting.append(file)
    return fitting

"""The effects of a close: lock, archive, transcript, rating, and last of all the deletion (C2)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import disnake
from disnake.http import Route

from ogma.bot.render.csat import csat
from ogma.bot.render.message import Message, Upload
from ogma.bot.render.transcript import customer_transcript, transcript_card
from ogma.domain.effects import Job, Kind
from ogma.domain.opening import SEND
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
            Kind.LOCK_CHANNEL: self._lock_channel,
            Kind.ARCHIVE: self._archive,
            Kind.POST_TRANSCRIPT: self._post_transcript,
            Kind.CUSTOMER_TRANSCRIPT: self._customer_transcript,
            Kind.CSAT_DM: self._csat_dm,
            Kind.DELETE_CHANNEL: self._delete_channel,
        }

    async def _ticket(self, job: Job) -> Ticket:
        assert job.ticket_id is not None
        return await self._app.read(Desk.ticket, job.ticket_id)

    async def _lock_channel(self, job: Job) -> Receipt:
        """Nobody but the bot may write: what is said after the archive would be lost."""
        ticket = await self._ticket(job)
        if ticket.channel_id is None:
            return {"skipped": "no channel"}
        raw = await self._bot.http.get_channel(ticket.channel_id)
        locked = [read_only(one, self._bot.user.id) for one in raw["permission_overwrites"]]  # type: ignore[typeddict-item]
        route = Route("PATCH", "/channels/{channel_id}", channel_id=ticket.channel_id)
        reason = f"ticket {ticket.id} closed"
        await self._bot.http.request(route, json={"permission_overwrites": locked}, reason=reason)
        return {}

    async def _archive(self, job: Job) -> Receipt:
        ticket = await self._ticket(job)
        if ticket.channel_id is not None:
            try:
                await self._bot.conversation.complete_ticket(ticket)
            except disnake.NotFound as error:
                if error.code != _UNKNOWN_CHANNEL:
                    raise
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
        page = folder / "transcript.html"
        size = (await asyncio.to_thread(page.stat)).st_size
        upload = Upload(f"ticket-{ticket.id}-{ticket.key}.html", str(page))
        message = transcript_card(
            self._app.texts,
            ticket,
            type_label=facts.type_label,
            messages=facts.messages,
            handled_by=facts.handled_by,
            file=upload if size <= UPLOAD_MAX else str(page),
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

    async def _dm(self, user_id: int) -> int:
        channel = await self._bot.http.start_private_message(user_id)
        return int(channel["id"])

    async def _delete_channel(self, job: Job) -> Receipt:
        ticket = await self._ticket(job)
        if ticket.archived_at is None:
            raise LookupError(f"ticket {ticket.id} has no archive yet")
        if ticket.channel_id is not None:
            reason = f"ticket {ticket.id} archived"
            await self._bot.http.delete_channel(ticket.channel_id, reason=reason)
        return {}


def read_only(overwrite: Mapping[str, Any], bot_id: int) -> dict[str, Any]:
    """An overwrite that no longer lets anybody but the bot write."""
    allow, deny = int(overwrite["allow"]), int(overwrite["deny"])
    if int(overwrite["id"]) != bot_id:
        allow, deny = allow & ~SEND, deny | SEND
    return {
        "id": str(overwrite["id"]),
        "type": int(overwrite["type"]),
        "allow": str(allow),
        "deny": str(deny),
    }

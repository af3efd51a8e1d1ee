"""Asks Discord what happened while nobody listened: what was said, who has left (P9, P19)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import disnake
from disnake.ext import commands

from ogma.bot.messages import changes_of, edited_at, incoming_of
from ogma.domain.tickets import Ticket
from ogma.errors import Unreachable
from ogma.services import closing, conversation, history
from ogma.services.history import Missed

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

log = logging.getLogger(__name__)

_PAGE: Final = 100
_UNKNOWN_CHANNEL: Final = 10003
_UNKNOWN_MEMBER: Final = frozenset({10007, 10013})


class History(commands.Cog):
    """Catches up after every fresh session, and knows whether anything can have been missed."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app
        self.caught_up = asyncio.Event()
        """Set once what was said before the start is known: nothing is answered before (A3)."""
        self._sessions = 0
        self._connected = False
        self._complete = False

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """A fresh session, which tells nothing of what was before it."""
        self._sessions += 1
        this = self._sessions
        self._connected, self._complete = True, False
        complete = await self.catch_up()
        if this == self._sessions:
            self._complete = complete
        self.caught_up.set()
        await self._look_for_leavers()

    @commands.Cog.listener()
    async def on_resumed(self) -> None:
        """The session goes on, and what it missed has been replayed."""
        self._connected = True

    @commands.Cog.listener()
    async def on_disconnect(self) -> None:
        self._connected = False

    async def listened(self) -> None:
        """Called now and then: note how far everything is known."""
        if self._connected and self._complete:
            await self._app.write(history.listened)

    async def catch_up(self) -> bool:
        """Read every live ticket's channel; whether all of them could be read."""
        complete = True
        for missed in await self._app.read(history.to_catch_up):
            try:
                await self._read(missed)
            except disnake.NotFound as error:
                if error.code == _UNKNOWN_CHANNEL:
                    await self._app.write(closing.channel_deleted, missed.channel_id)
            except (disnake.HTTPException, aiohttp.ClientError, Unreachable) as error:
                log.warning("ticket %d could not be caught up: %s", missed.ticket_id, error)
                complete = False
        self._bot.woken()
        return complete

    async def complete_ticket(self, ticket: Ticket, *, whole: bool = False) -> None:
        """Read one ticket's channel, whose messages may not all be stored yet.

        `whole`: from its first message, for a channel that was not known when it was written in.
        """
        for missed in await self._app.read(history.to_catch_up):
            if missed.ticket_id == ticket.id:
                await self._read(replace(missed, after=0) if whole else missed)

    async def _read(self, missed: Missed) -> None:
        """Record what is new or different, oldest first, and then what is gone.

        To the end, however much it is: what is said meanwhile is stored, and with it the reading
        would count as done.
        """
        there: set[int] = set()
        roles: dict[int, frozenset[int]] = {}
        position = missed.after
        while True:
            page = await self._bot.http.logs_from(missed.channel_id, _PAGE, after=position)
            messages = {int(raw["id"]): raw for raw in page}
            known = await self._app.read(history.known, list(messages))
            for message_id in sorted(messages):
                raw = messages[message_id]
                if message_id not in known:
                    await self._record(raw, roles)
                elif edited_at(raw) not in (None, known[message_id]):
                    await self._record_edit(raw)
            there |= messages.keys()
            position = max(there, default=position)
            if len(page) < _PAGE:
                await self._app.write(history.vanished, missed, there)
                return

    async def said_elsewhere(self, words: Sequence[Mapping[str, Any]], home: int) -> bool:
        """Record what was said in another channel as said in this one; whether any was new."""
        known = await self._app.read(history.known, [int(raw["id"]) for raw in words])
        new = [raw for raw in words if int(raw["id"]) not in known]
        roles: dict[int, frozenset[int]] = {}
        for raw in sorted(new, key=lambda raw: int(raw["id"])):
            await self._record({**raw, "channel_id": home}, roles)
        return bool(new)

    async def _record(self, raw: Mapping[str, Any], roles: dict[int, frozenset[int]]) -> None:
        author = int(raw["author"]["id"])
        if author not in roles:
            people = not raw["author"].get("bot")
            roles[author] = (people and await self._roles_of(author)) or frozenset()
        incoming = incoming_of(raw, roles[author], self._bot.user.id)
        await self._app.write(conversation.record, incoming)

    async def _record_edit(self, raw: Mapping[str, Any]) -> None:
        at = edited_at(raw) or self._app.desk.now()
        await self._app.write(conversation.record_edit, int(raw["id"]), changes_of(raw), at)

    async def _look_for_leavers(self) -> None:
        """Close the tickets of those who have left the server meanwhile (C6)."""
        for user_id in await self._app.read(history.customers):
            try:
                if await self._roles_of(user_id) is None:
                    await self._app.write(closing.customer_left, user_id)
                    self._bot.woken()
            except (disnake.HTTPException, aiohttp.ClientError, Unreachable) as error:
                log.warning("whether member %d has left is not known: %s", user_id, error)

    async def _roles_of(self, user_id: int) -> frozenset[int] | None:
        """A member's roles now, which history does not carry; None when they have left."""
        try:
            member = await self._bot.http.get_member(self._app.settings.discord.guild, user_id)
        except disnake.NotFound as error:
            if error.code in _UNKNOWN_MEMBER:
                return None
            raise
        return frozenset(int(role) for role in member["roles"])

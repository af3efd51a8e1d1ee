"""Effects of the team's work: who looks after a ticket (Q1)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from ogma.bot.members import look_up
from ogma.domain.effects import Job, Kind
from ogma.services import assignment, team

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

Receipt = Mapping[str, Any]


class StaffEffects:
    """Handlers of what the team's rules ask for."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    def handlers(self) -> dict[Kind, Callable[[Job], Awaitable[Receipt]]]:
        """By kind, for the registry."""
        return {Kind.ASSIGN: self._assign}

    async def _assign(self, job: Job) -> Receipt:
        """The first in line who is staff at this moment, as Discord says."""
        assert job.ticket_id is not None
        guild = self._app.settings.discord.guild
        for one in await self._app.read(assignment.candidates, job.ticket_id):
            now = await look_up(self._bot.http, guild, one.id)
            if now is None:
                await self._app.write(team.left, one.id)
                continue
            await self._app.write(team.saw, [now])
            if await self._app.read(assignment.fits, job.ticket_id, now):
                return {"assignee": now.id}
        return {"skipped": "nobody is eligible"}

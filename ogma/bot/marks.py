"""/tag and /priority (Q3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from disnake.ext import commands

from ogma.bot.actors import actor_of, denied
from ogma.bot.inside import respond
from ogma.bot.interactions import Command
from ogma.bot.render.escape import plain
from ogma.domain.access import Denial
from ogma.domain.marks import TAG_MAX, Priority
from ogma.domain.tickets import Ticket
from ogma.errors import UsageError
from ogma.services import marks

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

_PRIORITIES = [str(one) for one in Priority]


class Marks(commands.Cog):
    """What staff hang on a ticket."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    @commands.slash_command(name="tag", description="Tag this ticket, for the team only")
    async def tag(
        self,
        inter: Command,
        name: str = commands.Param(description="The tag", max_length=TAG_MAX),
        remove: bool = commands.Param(False, description="Take the tag off"),
    ) -> None:
        async def act(ticket: Ticket) -> str:
            change = marks.untag if remove else marks.tag
            try:
                outcome = await self._app.write(change, actor_of(inter), ticket.id, name)
            except UsageError:
                return self._app.texts("marks.bad_tag")
            if isinstance(outcome, Denial):
                return denied(self._app.texts, outcome, ticket)
            done = "untagged" if remove else "tagged"
            key = f"marks.{done}" if outcome else f"marks.{done}_already"
            return self._app.texts(key, tag=plain(outcome or name))

        await respond(self._bot, self._app, inter, act)

    @tag.autocomplete("name")
    async def _tags(self, inter: Command, beginning: str) -> list[str]:
        return await self._app.read(marks.tags_like, beginning)

    @commands.slash_command(name="priority", description="Say how urgent this ticket is")
    async def priority(
        self,
        inter: Command,
        level: str = commands.Param(description="How urgent", choices=_PRIORITIES),
    ) -> None:
        async def act(ticket: Ticket) -> str:
            wanted = Priority(level)
            outcome = await self._app.write(marks.prioritise, actor_of(inter), ticket.id, wanted)
            if isinstance(outcome, Denial):
                return denied(self._app.texts, outcome, ticket)
            named = self._app.texts(f"priority.{wanted}")
            done = "marks.priority" if outcome else "marks.priority_already"
            return self._app.texts(done, priority=named)

        await respond(self._bot, self._app, inter, act)

"""The effects of learning: a tip out of a closed ticket, and its post in #learned-tips (L1)."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import disnake

from ogma import crash
from ogma.answering.errors import ModelError
from ogma.bot.render.message import Message
from ogma.bot.render.tips import tip_post
from ogma.domain.effects import Job, Kind
from ogma.domain.tips import Lesson, Tip, TipState, Untaught
from ogma.services import learning, tips
from ogma.services.learning import Material

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

log = logging.getLogger(__name__)

Receipt = Mapping[str, Any]
Post = Callable[[Job, int, Message], Awaitable[int]]
Edit = Callable[[int, int, Message], Awaitable[None]]


class TipEffects:
    """Handlers of what a closed ticket teaches."""

    def __init__(self, bot: OgmaBot, app: App, post: Post, edit: Edit) -> None:
        self._bot = bot
        self._app = app
        self._post = post
        self._edit = edit

    def handlers(self) -> dict[Kind, Callable[[Job], Awaitable[Receipt]]]:
        """By kind, for the registry."""
        return {Kind.LEARN_TIP: self._learn_tip, Kind.SYNC_TIP: self._sync_tip}

    async def _learn_tip(self, job: Job) -> Receipt:
        """Gather, word, compare, store; a second attempt finds the tip of the first."""
        assert job.ticket_id is not None
        found = await self._app.read(learning.material, job.ticket_id)
        if isinstance(found, Tip):
            return {"tip": found.id}
        if isinstance(found, Untaught):
            return {"skipped": str(found)}
        lesson = await self._worded(found)
        if lesson is None:
            return {"skipped": str(Untaught.NOTHING)}
        knowledge = self._app.knowledge
        keep = await self._app.read(learning.learn, knowledge, job.ticket_id, lesson)
        made = await self._app.write(keep)
        crash.point("tip.kept")
        self._bot.woken()
        return {"tip": made.id}

    async def _worded(self, found: Material) -> Lesson | None:
        """By the model where there is one; in the team's own words where it cannot be had."""
        answerer = self._app.answerer
        if not answerer.has_model or not self._app.settings.ai.enabled:
            return learning.by_rule(found)
        place = ("tip", found.ticket_id)
        try:
            text = await answerer.write_tip(found.question, found.pieces, ticket=place)
        except ModelError as error:
            log.info("ticket %d teaches by rule: %s", found.ticket_id, error.name)
            return learning.by_rule(found)
        if text is None:
            return None
        return learning.by_model(found, text) or learning.by_rule(found)

    async def _sync_tip(self, job: Job) -> Receipt:
        found = await self._app.read(tips.tip, job.payload["tip"])
        message = tip_post(self._app.texts, found)
        if found.channel_id is not None and found.message_id is not None:
            try:
                await self._edit(found.channel_id, found.message_id, message)
            except disnake.NotFound:
                pass  # deleted by hand: one that is still of use is shown again
            else:
                return {"message": found.message_id, "channel": found.channel_id}
        channel_id = self._app.settings.channels.learned_tips
        if channel_id is None or found.state is TipState.REMOVED:
            return {"skipped": str(found.state)}
        return {"message": await self._post(job, channel_id, message), "channel": channel_id}

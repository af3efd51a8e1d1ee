"""Request human, the judgement of an answer, and the buttons of a review item (E1, E2, A4)."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from disnake.ext import commands

from ogma.bot import custom_ids
from ogma.bot.actors import actor_of, denied
from ogma.bot.custom_ids import Action, CustomId
from ogma.bot.interactions import Click
from ogma.bot.render import places
from ogma.bot.render.escape import plain
from ogma.bot.render.message import NOBODY
from ogma.domain.access import Denial
from ogma.errors import NotFound
from ogma.services import escalation, replies, staff
from ogma.services.escalation import ReviewItem

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot


_REVIEW = frozenset({Action.CLAIM, Action.HAND_BACK, Action.OUT_OF_SCOPE})
_JUDGE = frozenset({Action.HELPFUL, Action.UNHELPFUL})


class Escalation(commands.Cog):
    """Buttons that hand a ticket over, or take it back."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    @commands.Cog.listener()
    async def on_button_click(self, click: Click) -> None:
        pressed = custom_ids.decode(click.component.custom_id or "")
        if pressed is None:
            return
        if pressed.action is Action.HUMAN:
            await self._respond(click, self._human(click, pressed.row_id))
        elif pressed.action in _JUDGE:
            await self._respond(click, self._judge(click, pressed))
        elif pressed.action in _REVIEW:
            await self._respond(click, self._review(click, pressed))

    async def _respond(self, click: Click, deciding: Awaitable[str]) -> None:
        """Acknowledge before any write, then say what came of it."""
        await click.response.defer(with_message=True, ephemeral=True)
        try:
            text = await deciding
        except NotFound:
            text = self._app.texts("denied.stale")
        self._bot.woken()
        await click.edit_original_response(content=text, allowed_mentions=NOBODY)

    async def _human(self, click: Click, number: int) -> str:
        texts = self._app.texts
        outcome = await self._app.write(escalation.request_human, actor_of(click), number)
        if isinstance(outcome, Denial):
            return denied(texts, outcome)
        return texts("escalated.request_human" if outcome else "escalated.already")

    async def _judge(self, click: Click, pressed: CustomId) -> str:
        helpful = pressed.action is Action.HELPFUL
        author = click.author.id
        counted = await self._app.write(replies.judge, author, pressed.row_id, helpful=helpful)
        texts = self._app.texts
        if not counted:
            return denied(texts, Denial.NOT_CUSTOMER)
        if helpful:
            return texts("answer.helpful")
        return texts("answer.unhelpful", button=texts("button.human"))

    async def _review(self, click: Click, pressed: CustomId) -> str:
        item = await self._app.read(escalation.review_item, pressed.row_id)
        match pressed.action:
            case Action.CLAIM:
                return await self._claim(click, item)
            case Action.HAND_BACK:
                return await self._hand_back(click, item)
            case _:
                return await self._out_of_scope(click, item)

    async def _claim(self, click: Click, item: ReviewItem) -> str:
        texts, number = self._app.texts, item.ticket.id
        outcome = await self._app.write(staff.claim, actor_of(click), number)
        if isinstance(outcome, Denial):
            return denied(texts, outcome, item.ticket)
        if isinstance(outcome, staff.TakenBy):
            return texts("claim.taken", staff=plain(outcome.name))
        channel = places.channel(outcome.channel_id) if outcome.channel_id else str(number)
        return texts("review.claim_done", number=number, channel=channel)

    async def _hand_back(self, click: Click, item: ReviewItem) -> str:
        texts, number = self._app.texts, item.ticket.id
        outcome = await self._app.write(escalation.hand_back, actor_of(click), number)
        if isinstance(outcome, Denial):
            return denied(texts, outcome, item.ticket)
        return texts("review.hand_back_done", number=number) if outcome else texts("review.gone")

    async def _out_of_scope(self, click: Click, item: ReviewItem) -> str:
        outcome = await self._app.write(escalation.out_of_scope, actor_of(click), item.id)
        if isinstance(outcome, Denial):
            return denied(self._app.texts, outcome, item.ticket)
        return self._app.texts("review.out_of_scope_done" if outcome else "review.gone")

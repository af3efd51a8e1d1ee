"""/ask: the knowledge base for whoever asks, in any channel, seen by nobody else (A9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from disnake.ext import commands

from ogma.bot import shield
from ogma.bot.actors import actor_of
from ogma.bot.interactions import Command
from ogma.bot.render import places
from ogma.bot.render.message import NOBODY, Message, words
from ogma.bot.render.model_text import links_in
from ogma.bot.render.ticket import private_answer
from ogma.domain.answers import Reason, Verdict
from ogma.services import answers, asking
from ogma.services.asking import Asked, Unavailable

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

QUESTION_MAX = 1000


class Ask(commands.Cog):
    """One question, one private answer."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    @commands.slash_command(name="ask", description="Ask the knowledge base; only you see it")
    async def ask(
        self,
        inter: Command,
        question: str = commands.Param(description="Your question", max_length=QUESTION_MAX),
    ) -> None:
        await inter.response.defer(ephemeral=True)
        texts = self._app.texts
        begun = await self._app.write(asking.begin, actor_of(inter), question)
        if isinstance(begun, Unavailable):
            message = words(texts(f"ask.{begun}"))
        elif isinstance(begun, Asked):
            message = await self._answered(begun)
        else:
            until = places.moment(begun.until or self._app.desk.now())
            message = words(texts(f"rate.{begun.used_up}", when=until))
        await inter.edit_original_response(**message.edit())
        if told := shield.notice(texts, question):
            await inter.followup.send(told, ephemeral=True, allowed_mentions=NOBODY)

    async def _answered(self, asked: Asked) -> Message:
        verdict, search = await answers.answer(
            self._app.knowledge,
            self._app.answerer,
            asked.text,
            type_id=asked.types,
            roles=asked.roles,
            ticket=("ask", asked.asker_id),
        )
        await self._app.write(asking.finish, asked, verdict, search)
        self._bot.woken()
        return self._shown(verdict)

    def _shown(self, verdict: Verdict) -> Message:
        texts = self._app.texts
        if verdict.text is None:
            key = "human_only" if verdict.reason is Reason.HUMAN_ONLY else "no_answer"
            panel = places.channel(self._app.settings.channels.panel)
            return words(texts(f"ask.{key}", channel=panel))
        links = links_in(*(citation.quote for citation in verdict.citations))
        return private_answer(texts, verdict.text, verdict.citations, links)

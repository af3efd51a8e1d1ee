"""The buttons under a draft: Send, Edit, Wrong (A7)."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from disnake.ext import commands

from ogma.bot import custom_ids, shield
from ogma.bot.actors import actor_of, denied
from ogma.bot.custom_ids import Action
from ogma.bot.interactions import Click, Submit
from ogma.bot.render.message import NOBODY
from ogma.bot.render.shadow import edit_form
from ogma.domain.access import Denial
from ogma.errors import NotFound
from ogma.services import shadow
from ogma.services.shadow import Sending

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot


class Shadow(commands.Cog):
    """What staff make of a draft."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app

    @commands.Cog.listener()
    async def on_button_click(self, click: Click) -> None:
        pressed = custom_ids.decode(click.component.custom_id or "")
        if pressed is None:
            return
        if pressed.action is Action.SEND_DRAFT:
            await self._respond(click, self._send(click, pressed.row_id))
        elif pressed.action is Action.WRONG_DRAFT:
            await self._respond(click, self._wrong(click, pressed.row_id))
        elif pressed.action is Action.EDIT_DRAFT:
            await self._edit(click, pressed.row_id)

    @commands.Cog.listener()
    async def on_modal_submit(self, submit: Submit) -> None:
        form = custom_ids.decode(submit.custom_id)
        if form is None or form.action is not Action.EDIT_DRAFT_FORM:
            return
        text = submit.text_values.get("text", "")
        await self._respond(submit, self._send(submit, form.row_id, text))

    async def _edit(self, click: Click, draft_id: int) -> None:
        """A form can only be shown as the first answer, so the gate is asked before."""
        texts = self._app.texts
        try:
            found = await self._app.read(shadow.editable, actor_of(click), draft_id)
        except NotFound:
            text = texts("denied.stale")
        else:
            if isinstance(found, str) and not isinstance(found, Denial | Sending):
                await click.response.send_modal(**edit_form(texts, draft_id, found).send())
                return
            text = denied(texts, found) if isinstance(found, Denial) else texts(f"draft.{found}")
        await click.response.send_message(text, ephemeral=True, allowed_mentions=NOBODY)

    async def _send(
        self, interaction: Click | Submit, draft_id: int, text: str | None = None
    ) -> str:
        outcome = await self._app.write(shadow.send, actor_of(interaction), draft_id, text)
        if isinstance(outcome, Denial):
            return denied(self._app.texts, outcome)
        said = self._app.texts(f"draft.{outcome}")
        written = text if text and outcome is Sending.DONE else ""
        return shield.with_notice(self._app.texts, said, written)

    async def _wrong(self, click: Click, draft_id: int) -> str:
        outcome = await self._app.write(shadow.wrong, actor_of(click), draft_id)
        if isinstance(outcome, Denial):
            return denied(self._app.texts, outcome)
        return self._app.texts("draft.wrong_done" if outcome else "draft.judged")

    async def _respond(self, interaction: Click | Submit, deciding: Awaitable[str]) -> None:
        """Acknowledge before any write, then say what came of it."""
        await interaction.response.defer(with_message=True, ephemeral=True)
        try:
            text = await deciding
        except NotFound:
            text = self._app.texts("denied.stale")
        self._bot.woken()
        await interaction.edit_original_response(content=text, allowed_mentions=NOBODY)

"""The effect of shadow mode: a draft's item in #staff-review (A7)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import disnake

from ogma.bot.render.message import Message
from ogma.bot.render.shadow import draft_item
from ogma.domain.effects import Job, Kind
from ogma.services import drafts

if TYPE_CHECKING:
    from ogma.app import App

Receipt = Mapping[str, Any]
Post = Callable[[Job, int, Message], Awaitable[int]]
Edit = Callable[[int, int, Message], Awaitable[None]]


class DraftEffects:
    """The handler of a draft's item."""

    def __init__(self, app: App, post: Post, edit: Edit) -> None:
        self._app = app
        self._post = post
        self._edit = edit

    def handlers(self) -> dict[Kind, Callable[[Job], Awaitable[Receipt]]]:
        """By kind, for the registry."""
        return {Kind.SYNC_DRAFT: self._sync_draft}

    async def _sync_draft(self, job: Job) -> Receipt:
        item = await self._app.read(drafts.item, job.payload["draft"])
        settings = self._app.settings
        kind = settings.type_named(item.ticket.type_id)
        label = kind.label if kind else item.ticket.type_id
        message = draft_item(self._app.texts, item, type_label=label)
        channel_id = settings.channels.staff_review
        if item.draft.message_id is not None:
            try:
                await self._edit(channel_id, item.draft.message_id, message)
            except disnake.NotFound:
                pass  # deleted by hand: staff get a new one
            else:
                return {"message": item.draft.message_id}
        return {"message": await self._post(job, channel_id, message)}

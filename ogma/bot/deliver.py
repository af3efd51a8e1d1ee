"""Durable effects, performed against Discord: one small handler per kind.

A handler of a second attempt looks first whether the effect has happened already: a channel by the
marker in its topic, a message by what only it carries. It gives the receipt that is stored.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import disnake

from ogma.bot import lookup
from ogma.bot.custom_ids import Action, encode
from ogma.bot.deliver_access import AccessEffects
from ogma.bot.deliver_alerts import AlertEffects
from ogma.bot.deliver_close import CloseEffects
from ogma.bot.deliver_open import OpenEffects
from ogma.bot.deliver_shadow import DraftEffects
from ogma.bot.deliver_staff import StaffEffects
from ogma.bot.deliver_tips import TipEffects
from ogma.bot.once import create_message, nonce_of
from ogma.bot.render import asides, life
from ogma.bot.render import ticket as render
from ogma.bot.render.hours import away
from ogma.bot.render.message import Marker, Message, words
from ogma.bot.render.model_text import links_in
from ogma.bot.render.notices import staff_notice
from ogma.bot.render.panel import panel
from ogma.bot.render.review import Candidate, Item, review
from ogma.domain.clock import MINUTE, snowflake_at
from ogma.domain.closing import CloseReason
from ogma.domain.effects import Job, Kind
from ogma.domain.escalation import Cause
from ogma.domain.tickets import State, Ticket
from ogma.services import escalation, hours, receipts, replies
from ogma.services import panel as panels
from ogma.services.automation import webhooks
from ogma.services.desk import Desk
from ogma.services.outbox import Notice

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.client import OgmaBot

Receipt = Mapping[str, Any]
Handler = Callable[[Job], Awaitable[Receipt]]

CLOCKS_DIFFER: Final = MINUTE
"""How far our clock and Discord's may be apart when a lost message is looked for."""


class Deliver:
    """Performs one effect; the worker decides when, and what a failure means."""

    def __init__(self, bot: OgmaBot, app: App) -> None:
        self._bot = bot
        self._app = app
        closing = CloseEffects(bot, app, self.post)
        opening = OpenEffects(bot, app, self._post_in)
        self._handlers: dict[Kind, Handler] = {
            **opening.handlers(),
            Kind.SAY: self._say,
            Kind.ANSWER: self._answer,
            Kind.DELETE_MESSAGE: self._delete_message,
            Kind.SYNC_REVIEW: self._sync_review,
            Kind.SYNC_PANEL: self._sync_panel,
            Kind.STAFF_NOTICE: self._staff_notice,
            Kind.WEBHOOK: self._webhook,
            Kind.KEEP_FILES: bot.attachments.keep,
            **closing.handlers(),
            **AccessEffects(bot, app, opening.place_beside).handlers(),
            **AlertEffects(app, self.post).handlers(),
            **StaffEffects(bot, app).handlers(),
            **TipEffects(bot, app, self.post, self._edit).handlers(),
            **DraftEffects(app, self.post, self._edit).handlers(),
        }

    async def __call__(self, job: Job) -> Receipt:
        """Perform the effect and give its receipt; raises what disnake raises."""
        return await self._handlers[job.kind](job)

    @property
    def kinds(self) -> frozenset[Kind]:
        """Every kind that has a handler."""
        return frozenset(self._handlers)

    async def post(self, job: Job, channel_id: int, message: Message) -> int:
        """Send a message once: a second attempt takes the one that got through."""
        found = await self._got_through(job, channel_id, message.marker())
        if found is not None:
            return found
        return await create_message(self._bot.http, channel_id, message, nonce_of(job))

    async def _got_through(self, job: Job, channel_id: int, marker: Marker) -> int | None:
        """The message of an earlier attempt whose outcome was lost, if there is one."""
        if job.attempts == 1:
            return None
        known = await self._app.read(receipts.messages, job.ticket_id)
        return await lookup.find_own_message(
            self._bot.http,
            channel_id,
            me=self._bot.user.id,
            after=snowflake_at(job.created_at - CLOCKS_DIFFER),
            marker=marker,
            except_for=known,
        )

    async def _edit(self, channel_id: int, message_id: int, message: Message) -> None:
        channel = self._bot.get_partial_messageable(channel_id, type=disnake.ChannelType.text)
        await channel.get_partial_message(message_id).edit(**message.edit())

    async def _ticket(self, job: Job) -> Ticket:
        assert job.ticket_id is not None
        return await self._app.read(Desk.ticket, job.ticket_id)

    def _type_label(self, ticket: Ticket) -> str:
        kind = self._app.settings.type_named(ticket.type_id)
        return kind.label if kind else ticket.type_id

    async def _post_in(self, job: Job, ticket: Ticket, message: Message) -> int:
        if ticket.channel_id is None:
            raise LookupError(f"ticket {ticket.id} has no channel yet")
        return await self.post(job, ticket.channel_id, message)

    async def _say(self, job: Job) -> Receipt:
        ticket = await self._ticket(job)
        notice = Notice(job.payload["notice"])
        in_grace = notice is Notice.GRACE and ticket.grace_until is not None
        if ticket.state is not State.OPEN and not in_grace:
            return {"skipped": str(ticket.state)}
        if job.payload.get("revision", ticket.revision) != ticket.revision:
            return {"skipped": "outdated"}
        if notice is Notice.AWAY and hours.are_staff_there(self._app.desk):
            return {"skipped": "staff are back"}
        message = self._notice(notice, ticket.id, job.payload["values"])
        return {"message": await self._post_in(job, ticket, message)}

    def _notice(self, notice: Notice, number: int, values: Mapping[str, Any]) -> Message:
        texts = self._app.texts
        match notice:
            case Notice.ESCALATED:
                desk, cause = self._app.desk, Cause(values["cause"])
                expected = hours.expected_response(desk)
                return render.escalated(texts, cause, expected=expected, there=hours.there(desk))
            case Notice.AWAY:
                return away(texts, **values)
            case Notice.CLAIMED:
                return render.claimed(texts, **values)
            case Notice.RELEASED:
                return render.released(texts, **values)
            case Notice.ADDED:
                return life.added(texts, **values)
            case Notice.REMOVED:
                return life.removed(texts, **values)
            case Notice.CLOSE_REQUEST:
                return life.close_request(texts, number, **values)
            case Notice.INACTIVE:
                return life.inactive(texts, **values)
            case Notice.GRACE:
                reason = CloseReason(values["reason"])
                return life.grace(texts, number, values["staff"], reason, values["until"])
            case Notice.REOPENED:
                return life.reopened(texts, **values)
            case Notice.RULE | Notice.MACRO:
                return words(values["text"])
            case Notice.TRANSFERRED:
                return life.transferred(texts, **values)
            case Notice.NUDGE:
                return life.nudge(texts, self._app.settings.escalation.ping_roles, **values)
            case Notice.SECRET_MASKED:
                return asides.secret_masked(texts, **values)
            case Notice.SMALL_TALK:
                return asides.small_talk(texts, **values)
            case Notice.OFFER_HUMAN:
                return asides.offer_human(texts, number)
            case Notice.WAITING:
                return asides.waiting(texts, **values)

    async def _answer(self, job: Job) -> Receipt:
        await self._bot.history.caught_up.wait()
        answer_id, revision = job.payload["answer"], job.payload["revision"]
        ready = await self._app.read(replies.sendable, answer_id, revision)
        if ready is None:
            return await self._not_sendable(job, answer_id)
        message = render.answer(
            self._app.texts,
            ticket=ready.ticket.id,
            answer_id=answer_id,
            text=ready.text,
            citations=ready.citations,
            links=links_in(*(citation.quote for citation in ready.citations)),
        )
        return {"message": await self._post_in(job, ready.ticket, message)}

    async def _not_sendable(self, job: Job, answer_id: int) -> Receipt:
        """Outdated; if it got out just before a crash, its receipt has it taken back."""
        ticket = await self._ticket(job)
        if ticket.channel_id is not None:
            marker = Marker("custom_id", encode(Action.HELPFUL, answer_id))
            found = await self._got_through(job, ticket.channel_id, marker)
            if found is not None:
                return {"message": found}
        return {"withdrawn": "outdated"}

    async def _delete_message(self, job: Job) -> Receipt:
        await self._bot.http.delete_message(job.payload["channel"], job.payload["message"])
        return {}

    async def _sync_review(self, job: Job) -> Receipt:
        item = await self._app.read(escalation.review_item, job.payload["escalation"])
        channel_id = self._app.settings.channels.staff_review
        message = self._review(item)
        if item.message_id is not None:
            try:
                await self._edit(channel_id, item.message_id, message)
            except disnake.NotFound:
                pass  # deleted by hand: staff get a new one
            else:
                return {"message": item.message_id}
        return {"message": await self.post(job, channel_id, message)}

    def _review(self, item: escalation.ReviewItem) -> Message:
        shown = Item(
            id=item.id,
            state=item.state,
            reasons=item.reasons,
            question=item.question,
            passages=[
                Candidate(one["title"] or one["document"], one["heading"], one["url"], one["text"])
                for one in item.passages
            ],
            out_of_scope=item.out_of_scope,
            by=item.changed_by,
            at=item.changed_at,
        )
        return review(
            self._app.texts,
            item.ticket,
            shown,
            type_label=self._type_label(item.ticket),
            ping_roles=self._app.settings.escalation.ping_roles,
        )

    async def _staff_notice(self, job: Job) -> Receipt:
        message = staff_notice(self._app.texts, job.payload["text"], job.payload["values"])
        channel_id = self._app.settings.channels.staff_review
        return {"message": await self.post(job, channel_id, message)}

    async def _webhook(self, job: Job) -> Receipt:
        return await webhooks.deliver(self._app.desk, job)

    async def _sync_panel(self, job: Job) -> Receipt:
        settings = self._app.settings
        message = panel(self._app.texts, settings.panel, settings.types)
        channel_id = settings.channels.panel
        found = await lookup.find_panel(self._bot.http, channel_id, me=self._bot.user.id)
        if found is None:
            found = await self.post(job, channel_id, message)
        else:
            await self._edit(channel_id, found, message)
        await self._drop_panel_elsewhere(channel_id)
        return {"message": found, "channel": channel_id}

    async def _drop_panel_elsewhere(self, channel_id: int) -> None:
        """The panel has moved to another channel: it must not stand in both (O1)."""
        known = await self._app.read(panels.known)
        if known is None or known.channel_id == channel_id:
            return
        with suppress(disnake.NotFound, disnake.Forbidden):  # gone, or out of our reach
            await self._bot.http.delete_message(known.channel_id, known.message_id)

"""The loop that takes questions whose burst is over, asks the engine, and plans the reply (A1)."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import aiohttp
import disnake

from ogma import crash
from ogma.domain import facts
from ogma.domain.assignment import Teammate
from ogma.domain.facts import Called
from ogma.errors import Unreachable
from ogma.services import answers, replies
from ogma.services.automation import tools
from ogma.services.automation.tools import Toolbox
from ogma.services.replies import Question

if TYPE_CHECKING:
    from ogma.app import App

log = logging.getLogger(__name__)

SendTyping = Callable[[int], Awaitable[None]]
LookUp = Callable[[int], Awaitable[Teammate | None]]
"""Finds a member with the roles of this moment; None when they are not on the server."""

POLL_S = 1.0
AT_ONCE = 8
TYPING_AFTER_S = 0.8
TYPING_EVERY_S = 8.0
WAITING_TOLD_AFTER_S = 15.0
PATIENCE = 3
"""After so many failures of our own a question goes to a person."""


class _Line:
    """A question's place in the line before the model; 0 while it waits for nobody."""

    position = 0

    def moved(self, position: int) -> None:
        self.position = position


class Replies:
    """One question per ticket at a time, a few tickets beside each other."""

    def __init__(
        self,
        app: App,
        wake_worker: Callable[[], None],
        send_typing: SendTyping,
        look_up: LookUp | None = None,
    ) -> None:
        self._app = app
        self._wake_worker = wake_worker
        self._send_typing = send_typing
        self._look_up = look_up
        self._wake = asyncio.Event()
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._failures: Counter[int] = Counter()

    def wake(self) -> None:
        """A question may be waiting."""
        self._wake.set()

    async def run(self) -> None:
        """Answer until cancelled."""
        while True:
            self._wake.clear()
            for number in await self._app.read(replies.due):
                if number not in self._busy and len(self._busy) < AT_ONCE:
                    task = asyncio.create_task(self._reply(number), name=f"reply-{number}")
                    self._busy[number] = task
                    task.add_done_callback(partial(self._done, number))
            await self._pause(await self._app.read(replies.next_due_in))

    async def _pause(self, wait: float | None) -> None:
        idle = POLL_S if wait is None else min(POLL_S, max(wait, 0.05))
        try:
            async with asyncio.timeout(idle):
                await self._wake.wait()
        except TimeoutError:
            return

    def _done(self, number: int, task: asyncio.Task[None]) -> None:
        self._busy.pop(number, None)
        if task.cancelled() or task.exception() is None:
            self._failures.pop(number, None)
            self._wake.set()
            return
        # The messages are still waiting in the database; a later round takes them again.
        self._failures[number] += 1
        log.error("ticket %d could not be answered", number, exc_info=task.exception())

    async def _reply(self, number: int) -> None:
        if self._failures[number] >= PATIENCE:
            await self._app.write(replies.stuck, number)
            self._wake_worker()
            return
        question = await self._app.write(replies.begin, number)
        if question is None:
            self._wake_worker()
            return
        started = time.monotonic()
        line = _Line()
        beside = [
            asyncio.create_task(self._type(self._seen_in(question))),
            asyncio.create_task(self._tell_wait(question, line)),
        ]
        try:
            called = await self._ask_tools(question)
            verdict, search = await answers.answer(
                self._app.knowledge,
                self._app.answerer,
                question.text,
                type_id=question.type_id,
                roles=await self._roles(question.customer_id),
                facts=facts.passages(called),
                context=question.context,
                ticket=number,
                on_position=line.moved,
            )
        finally:
            for task in beside:
                task.cancel()
        crash.point("reply.decided")
        await self._app.write(replies.finish, question, verdict, search, called)
        crash.point("reply.planned")
        took = time.monotonic() - started
        log.info("ticket %d: %s after %.2f s", number, verdict.outcome, took)
        self._wake_worker()

    async def _ask_tools(self, question: Question) -> tuple[Called, ...]:
        """What the owner's tools know, unless people answer such questions anyway."""
        settings = self._app.settings
        if not settings.tools or self._app.answerer.for_people(question.text):
            return ()
        box = Toolbox(settings, self._app.data, os.environ)
        return await tools.ask(box, question.asked(), self._app.desk.now())

    async def _roles(self, customer_id: int) -> frozenset[int]:
        """The customer's roles at this moment; none where they cannot be known, as for a guest.

        Asked only where it matters: sources that are limited to roles stay out then (K8).
        """
        if self._look_up is None or not self._app.knowledge.knows_roles:
            return frozenset()
        try:
            member = await self._look_up(customer_id)
        except (disnake.HTTPException, aiohttp.ClientError, Unreachable, TimeoutError) as error:
            log.warning("the roles of member %d could not be asked for: %s", customer_id, error)
            return frozenset()
        return member.roles if member is not None else frozenset()

    def _seen_in(self, question: Question) -> int | None:
        """Where the customer may see that a machine is at it; nowhere in shadow mode (A7)."""
        live = self._app.settings.ai_mode(question.type_id) == "live"
        return question.channel_id if live else None

    async def _type(self, channel_id: int | None) -> None:
        """Show that somebody is at it while the model thinks; Discord forgets after ten seconds."""
        await asyncio.sleep(TYPING_AFTER_S)
        while channel_id is not None:
            with suppress(disnake.HTTPException, aiohttp.ClientError, Unreachable):
                await self._send_typing(channel_id)
            await asyncio.sleep(TYPING_EVERY_S)

    async def _tell_wait(self, question: Question, line: _Line) -> None:
        """Tell the customer once where in the line they are, if it takes long to get there."""
        await asyncio.sleep(WAITING_TOLD_AFTER_S)
        if line.position:
            await self._app.write(replies.wait_longer, question, line.position)
            self._wake_worker()

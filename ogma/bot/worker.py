"""The outbox loop: claims due effects, performs them, and writes what came of it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from ogma import crash
from ogma.bot import failures
from ogma.bot.failures import Done, GiveUp, Problem, RetryAfter
from ogma.domain.effects import Job, patience
from ogma.services import jobs

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.bot.deliver import Deliver

log = logging.getLogger(__name__)

AT_ONCE = 32
POLL_S = 0.5
"""How soon an effect is seen that another process (the CLI) has asked for."""


class Worker:
    """Performs effects until it is stopped. One lane's effects never overlap."""

    def __init__(self, app: App, deliver: Deliver) -> None:
        self._app = app
        self._deliver = deliver
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False

    def wake(self) -> None:
        """There may be something to do."""
        self._wake.set()

    async def run(self) -> None:
        """Claim and perform until stopped."""
        await self._app.write(jobs.recover)
        while not self._stopping:
            self._wake.clear()
            free = AT_ONCE - len(self._running)
            claimed = await self._claim(free) if free else []
            for job in claimed:
                self._start(job)
            if not claimed:
                await self._pause()

    async def _claim(self, free: int) -> list[Job]:
        if not await self._app.read(jobs.anything_due):
            return []
        return await self._app.write(jobs.claim, free)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(POLL_S):
                await self._wake.wait()
        except TimeoutError:
            return

    def _start(self, job: Job) -> None:
        task = asyncio.create_task(self._perform(job), name=f"job-{job.id}-{job.kind}")
        self._running.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._wake.set()
        if not task.cancelled() and task.exception() is not None:
            log.error("an effect's outcome could not be written", exc_info=task.exception())

    async def _perform(self, job: Job) -> None:
        crash.point(f"{job.kind}.claimed")
        try:
            async with asyncio.timeout(patience(job.kind).deadline_s):
                receipt = await self._deliver(job)
        except TimeoutError:
            await self._postpone(job, f"{Problem.TOO_SLOW}: it took too long", None)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the effect must not be lost
            await self._failed(job, error)
        else:
            crash.point(f"{job.kind}.sent")
            await self._app.write(jobs.complete, job, receipt)
            crash.point(f"{job.kind}.done")

    async def _failed(self, job: Job, error: Exception) -> None:
        meaning = failures.outcome(error, job.kind)
        sentence = str(error) or type(error).__name__
        match meaning:
            case Done():
                await self._app.write(jobs.complete, job, {"already": sentence})
            case RetryAfter():
                await self._postpone(job, failures.noted(error), meaning.asked_s)
            case GiveUp(problem=Problem.UNEXPECTED):
                log.error("effect %s (job %d) failed", job.kind, job.id, exc_info=error)
                await self._postpone(job, failures.noted(error), None)
            case GiveUp(problem=Problem.CHANNEL_GONE) if await self._closes(job):
                log.info("ticket %s: its channel was deleted by hand", job.ticket_id)
            case GiveUp():
                level = logging.INFO if meaning.quiet else logging.WARNING
                log.log(level, "effect %s (job %d) given up: %s", job.kind, job.id, sentence)
                await self._app.write(jobs.give_up, job, f"{meaning.problem}: {sentence}")

    async def _closes(self, job: Job) -> bool:
        return await self._app.write(jobs.channel_lost, job)

    async def _postpone(self, job: Job, sentence: str, asked_s: float | None) -> None:
        log.info("effect %s (job %d) is tried again: %s", job.kind, job.id, sentence)
        await self._app.write(jobs.postpone, job, sentence, asked_s)

    async def stop(self, within_s: float) -> None:
        """Let what is under way finish; what does not is done again after the next start."""
        self._stopping = True
        self._wake.set()
        if self._running:
            await asyncio.wait(self._running, timeout=within_s)
        for task in self._running:
            task.cancel()

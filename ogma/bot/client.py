"""The connection to Discord: one disnake client, its loops, and how it starts and stops."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any

import aiohttp
import disnake
from disnake.ext import commands
from disnake.http import Route
from disnake.interactions.base import Interaction

from ogma.bot import http, storage
from ogma.bot.afterwards import Afterwards
from ogma.bot.archive import Archive
from ogma.bot.ask import Ask
from ogma.bot.attachments import Attachments
from ogma.bot.blocks import Blocks
from ogma.bot.capacity import Capacity
from ogma.bot.closing import Closing
from ogma.bot.conversation import Conversation
from ogma.bot.deliver import Deliver
from ogma.bot.embedding import Embedding
from ogma.bot.escalation import Escalation
from ogma.bot.faults import explain
from ogma.bot.findings import Findings
from ogma.bot.history import History
from ogma.bot.insights import Insights
from ogma.bot.interactions import AnyInteraction
from ogma.bot.marks import Marks
from ogma.bot.members import look_up
from ogma.bot.notes import Notes
from ogma.bot.opening import Opening
from ogma.bot.people import People
from ogma.bot.queue import QueueCog
from ogma.bot.render.commands import describe
from ogma.bot.replies import Replies
from ogma.bot.shadow import Shadow
from ogma.bot.staff import Staff
from ogma.bot.strays import Strays
from ogma.bot.syncing import Syncing
from ogma.bot.team import Team
from ogma.bot.tips import Tips
from ogma.bot.worker import Worker
from ogma.domain.clock import MINUTE, SECOND, Millis
from ogma.errors import ConfigError, LeaseLost, OgmaError, Unreachable
from ogma.services import answers, clock, instance, timers

if TYPE_CHECKING:
    from ogma.answering.engine import Answerer
    from ogma.app import App
    from ogma.services.reload import Follower

log = logging.getLogger(__name__)

API_PATH = "/api/v10"
STOP_WITHIN_S = 8.0
LEASE_EVERY_S = 10.0
HOSTS_EVERY_S = 30.0
SWEEP_EVERY_S = 1.0
KNOWLEDGE_EVERY_S = 1.0
CONFIG_EVERY_S = 1.0
RETIRE_AFTER_S = 600.0
CLOCK_TOLERANCE: Millis = 2 * SECOND
"""`Date` has whole seconds, so a smaller difference means nothing."""


class OgmaBot(commands.InteractionBot):
    """The production client. Nothing in it asks whether Discord is a sandbox."""

    def __init__(
        self, app: App, *, follow_server_clock: bool = False, config: Follower | None = None
    ) -> None:
        intents = disnake.Intents(
            guilds=True,
            guild_messages=True,
            message_content=True,
            members=app.settings.discord.members_intent,
        )
        super().__init__(
            intents=intents,
            test_guilds=[app.settings.discord.guild],
            max_messages=None,
            member_cache_flags=disnake.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=0.5,  # there is one server to wait for, not thousands
            allowed_mentions=disnake.AllowedMentions.none(),
        )
        self.app = app
        self.follow_server_clock = follow_server_clock
        self._config = config
        self.attachments = Attachments(self, app)
        self.deliver = Deliver(self, app)
        self.worker = Worker(app, self.deliver)
        look = partial(look_up, self.http, app.settings.discord.guild)
        self.replies = Replies(app, self.worker.wake, self.http.send_typing, look)
        self.stopped_by: OgmaError | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Lock()
        self.capacity = Capacity(self, app)
        self.add_cog(self.capacity)
        self.opening = Opening(self, app)
        self.add_cog(self.opening)
        self.add_cog(Conversation(self, app))
        self.history = History(self, app)
        self.strays = Strays(self, app)
        self.add_cog(self.strays)
        self.add_cog(self.history)
        self.add_cog(Escalation(self, app))
        self.add_cog(Shadow(self, app))
        self.add_cog(Ask(self, app))
        self.add_cog(Staff(self, app))
        self.add_cog(Team(self, app))
        self.add_cog(Marks(self, app))
        self.add_cog(Notes(self, app))
        self.add_cog(QueueCog(self, app))
        self.add_cog(Findings(self, app))
        self.add_cog(People(self, app))
        self.add_cog(Closing(self, app))
        self.add_cog(Afterwards(self, app))
        self.add_cog(Archive(self, app))
        self.add_cog(Tips(self, app))
        self.add_cog(Insights(self, app))
        self.add_cog(Blocks(self, app))
        describe(self.slash_commands, app.texts)

    async def on_error(self, event_method: str, *args: Any, **kwargs: Any) -> None:
        """A listener failed; disnake calls this inside the handler of its exception."""
        error = sys.exception()
        if args and isinstance(args[0], Interaction) and error is not None:
            await explain(args[0], error, self.app.texts)
        else:
            log.error("%s failed", event_method, exc_info=error)

    async def on_slash_command_error(
        self, interaction: AnyInteraction, exception: commands.CommandError
    ) -> None:
        """A command failed; its cause is what happened."""
        await explain(interaction, exception.__cause__ or exception, self.app.texts)

    async def on_ready(self) -> None:
        """Connected, also again after a session was lost."""
        log.info("connected to Discord as %s", self.user)

    def woken(self) -> None:
        """Something was written: effects or questions may be waiting."""
        self.worker.wake()
        self.replies.wake()

    async def login(self, token: str) -> None:
        """Log in, guard the connection, and start the loops that live beside it."""
        await super().login(token)
        http.guard(self, self._saw_date)
        storage.watch(self, self.app)
        self._spawn("outbox", self.worker.run())
        self._spawn("replies", self._answer())
        self._spawn("warm-up", answers.warm_up(self.app.answerer))
        self._spawn("model hosts", self._look_at_hosts())
        self._spawn("lease", self._keep_lease())
        self._spawn("knowledge", self._follow_knowledge())
        self._spawn("embedding", Embedding(self.app).run())
        self._spawn("timers", self._sweep())
        self._spawn("websites", Syncing(self.app).run())
        if self.follow_server_clock:
            self._spawn("clock", self._follow_clock())
        if self._config is not None:
            self._spawn("config", self._follow_config(self._config))

    def _spawn(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._loop_ended)

    def _loop_ended(self, task: asyncio.Task[None]) -> None:
        """A loop that dies takes the bot with it: half a bot is worse than a restart."""
        self._tasks.discard(task)
        if task.cancelled() or task.exception() is None:
            return
        error = task.exception()
        log.critical("%s stopped: %s", task.get_name(), error, exc_info=error)
        if isinstance(error, OgmaError):
            self.stopped_by = error
        else:
            self.stopped_by = OgmaError(f"The {task.get_name()} loop failed: {error!r}.")
        self._ending = asyncio.ensure_future(self.close())

    async def _answer(self) -> None:
        await self.history.caught_up.wait()
        await self.replies.run()

    async def _look_at_hosts(self) -> None:
        while True:
            await asyncio.sleep(HOSTS_EVERY_S)
            await answers.look(self.app.answerer)

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(LEASE_EVERY_S)
            await self.app.write(instance.extend)
            await self.history.listened()
            await self.strays.tidy()

    async def _sweep(self) -> None:
        """What becomes due with time; the first sweep finds what was missed while away.

        It waits for the messages that were missed: one of them may have lifted what seems due (C5).
        """
        await self.history.caught_up.wait()
        while True:
            if await self.app.write(timers.sweep):
                self.woken()
            await asyncio.sleep(SWEEP_EVERY_S)

    async def _follow_knowledge(self) -> None:
        while True:
            await asyncio.sleep(KNOWLEDGE_EVERY_S)
            await asyncio.to_thread(self.app.knowledge.refresh)

    async def _follow_config(self, config: Follower) -> None:
        """A changed config is in use within a few seconds (S5)."""
        while True:
            await asyncio.sleep(CONFIG_EVERY_S)
            if await asyncio.to_thread(config.token_changed):
                await self.app.write(config.check_token)
            found = await asyncio.to_thread(config.poll)
            if found is None:
                continue
            before = self.app.settings
            retired = await self.app.write(config.take, found)
            if retired is not None:
                self._spawn("retired answerer", self._retire(retired))
            after = self.app.settings
            if (before.language, before.texts) != (after.language, after.texts):
                describe(self.slash_commands, self.app.texts)
                self._schedule_delayed_command_sync()
            self.woken()

    async def _retire(self, answerer: Answerer) -> None:
        """Close an answerer once the questions that it had must be answered or given up."""
        await asyncio.sleep(RETIRE_AFTER_S)
        await answerer.aclose()

    def _saw_date(self, server: Millis) -> None:
        if not self.follow_server_clock:
            drift = abs(server - self.app.desk.clock.real())
            if drift > MINUTE:
                log.warning("this machine's clock differs from Discord's by %d s", drift // SECOND)
            return
        desk = self.app.desk
        if abs(server - desk.now()) > CLOCK_TOLERANCE:
            offset = server - desk.clock.real()
            desk.clock.offset = offset
            self._spawn("clock offset", self.app.write(clock.learn_offset, offset))

    async def _follow_clock(self) -> None:
        """Ask the server for the time once a second; every other answer carries it too."""
        while True:
            await asyncio.sleep(1)
            with suppress(disnake.HTTPException, aiohttp.ClientError, Unreachable):
                await self.http.request(Route("GET", "/gateway"))

    async def close(self) -> None:
        """Stop within ten seconds; what is unfinished is done after the next start."""
        async with self._closing:  # a second caller waits until the first is through
            if self.is_closed():
                return
            await self.worker.stop(STOP_WITHIN_S)
            for task in list(self._tasks):
                task.cancel()
            await super().close()
            await self.app.answerer.aclose()


def run(
    app: App,
    token: str,
    *,
    api: str | None = None,
    follow_server_clock: bool = False,
    config: Follower | None = None,
) -> None:
    """Run the bot until it is told to stop. `api` is another server's base URL.

    The changes that `config` notices are taken over while the bot runs.
    Raises AlreadyRunning, LeaseLost, ConfigError (token, intents) or Unreachable.
    """
    if api is not None:
        base = api.rstrip("/")
        Route.BASE = base if base.endswith(API_PATH) else base + API_PATH
    with instance.held(app.desk):  # both may wait for a locked database: before the event loop
        if config is not None:
            config.begin(app.desk)
        asyncio.run(_serve(app, token, api or "Discord", follow_server_clock, config))


async def _serve(
    app: App, token: str, where: str, follow_server_clock: bool, config: Follower | None
) -> None:
    bot = OgmaBot(app, follow_server_clock=follow_server_clock, config=config)
    _stop_on_signals(bot)
    try:
        await bot.start(token)
    except disnake.LoginFailure as error:
        raise ConfigError(
            "Discord refuses the token; copy it again from the developer portal "
            "(Bot, Reset Token) and store it with `ogma init`."
        ) from error
    except disnake.PrivilegedIntentsRequired as error:
        raise ConfigError(
            "Discord refuses the intents that Ogma needs; switch on Message Content and "
            "Server Members in the developer portal (Bot, Privileged Gateway Intents), or "
            "set discord.members_intent to false for the latter, and start again."
        ) from error
    except (aiohttp.ClientError, OSError, disnake.GatewayNotFound) as error:
        raise Unreachable(f"{where} cannot be reached ({error}); try again later.") from error
    finally:
        await bot.close()
    if bot.stopped_by is not None:
        raise bot.stopped_by


def _stop_on_signals(bot: OgmaBot) -> None:
    """Stop at the first signal; one that comes when the loop has ended must not kill the rest.

    The loop's own handlers would go with it, and what follows is the writing of the last lines.
    """
    loop = asyncio.get_running_loop()
    stopping: set[asyncio.Task[None]] = set()

    def stop() -> None:
        stopping.add(loop.create_task(bot.close()))

    def told(number: int, frame: FrameType | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop)

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, told)


__all__ = ["LeaseLost", "OgmaBot", "run"]

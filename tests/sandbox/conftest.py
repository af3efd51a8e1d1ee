from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import disnake
import pytest

from ogma.sandbox.control_client import AsyncControlClient
from ogma.sandbox.ready import Ready
from ogma.sandbox.server import Sandbox

from .bot import ProbeBot

Start = Callable[..., Awaitable[ProbeBot]]


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """A running server in this process."""
    running = Sandbox(folder=tmp_path / "sandbox")
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def ready(sandbox: Sandbox) -> Ready:
    return sandbox.ready


@pytest.fixture
async def control(ready: Ready) -> AsyncIterator[AsyncControlClient]:
    async with AsyncControlClient(ready.control) as client:
        yield client


class Api:
    """Raw requests with the bot's token, for what disnake would not send."""

    def __init__(self, ready: Ready, session: aiohttp.ClientSession) -> None:
        self.guild = ready.guild
        self._base = ready.api
        self._session = session
        self._token = ready.token

    async def __call__(
        self, method: str, path: str, body: Any = None, *, token: str | None = None
    ) -> tuple[int, Any]:
        """Status and JSON of one request."""
        headers = {"Authorization": f"Bot {token or self._token}"}
        async with self._session.request(
            method, self._base + path, json=body, headers=headers
        ) as answer:
            raw = await answer.read()
            return answer.status, json.loads(raw) if raw else None

    async def code(self, method: str, path: str, body: Any = None) -> tuple[int, int]:
        """Status and Discord's error code of a request that is refused."""
        status, answer = await self(method, path, body)
        return status, answer["code"]


@pytest.fixture
async def api(ready: Ready) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        yield Api(ready, session)


@pytest.fixture
async def start_bot(
    sandbox: Sandbox, ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Start]:
    """Starts real disnake bots against the server; waits until each is ready."""
    monkeypatch.setattr(disnake.http.Route, "BASE", ready.api)
    running: list[tuple[ProbeBot, asyncio.Task[Any]]] = []

    async def start(prepare: Callable[[ProbeBot], Any] | None = None, **options: Any) -> ProbeBot:
        bot = ProbeBot(int(ready.guild), **options)
        if prepare is not None:
            prepare(bot)
        task = asyncio.create_task(bot.start(ready.token))
        running.append((bot, task))
        waiting = asyncio.create_task(bot.event("ready"))
        done, _ = await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if task in done:
            waiting.cancel()
            task.result()
        await waiting
        while bot.slash_commands and not sandbox.world.commands:
            await asyncio.sleep(0.01)
        return bot

    yield start
    for bot, task in running:
        with contextlib.suppress(Exception):
            await bot.close()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task


@pytest.fixture
async def bot(start_bot: Start) -> ProbeBot:
    return await start_bot()

"""The loopback server: one sample guild behind REST, gateway, attachments and control API."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import secrets
import signal
import socket
import tempfile
from pathlib import Path
from typing import Final, TextIO

from aiohttp import web

from ogma.sandbox import config, guild
from ogma.sandbox.attachments import MAX_REQUEST
from ogma.sandbox.clock import SandboxClock
from ogma.sandbox.control import Control
from ogma.sandbox.faults import Faults
from ogma.sandbox.gateway import HEARTBEAT_MS, Gateway
from ogma.sandbox.ready import Ready
from ogma.sandbox.requestlog import RequestLog
from ogma.sandbox.rest import PREFIX, Rest
from ogma.sandbox.world import World

HOST: Final = "127.0.0.1"
_STOP_S: Final = 2.0


class Sandbox:
    """A sandbox in this process; `async with Sandbox() as ready` starts and stops it.

    `ack_s` and `token_s` are the interaction deadlines and `heartbeat_ms` the gateway's interval,
    for tests that cannot wait for Discord's. Raises OSError when the port is in use.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        folder: Path | None = None,
        ack_s: float = 3.0,
        token_s: float = 900.0,
        heartbeat_ms: int = HEARTBEAT_MS,
    ) -> None:
        self._listener = _listen(port)
        self.port: int = self._listener.getsockname()[1]
        base_url = f"http://{HOST}:{self.port}"
        self._folder = folder
        self._base_url = base_url
        self.clock = SandboxClock()
        self.world = World(clock=self.clock, base_url=base_url, ack_s=ack_s, token_s=token_s)
        self.guild = guild.build(self.world)
        self.token = _token(self.world.bot_user.id)
        self.log = RequestLog()
        self.faults = Faults()
        self.gateway = Gateway(self.world, self.token, heartbeat_ms=heartbeat_ms)
        self.control = Control(self.world, self.gateway, self.log, self.faults)
        self._runner: web.AppRunner | None = None
        self._ready: Ready | None = None

    @property
    def ready(self) -> Ready:
        """What the ready line says; raises RuntimeError before `start()`."""
        if self._ready is None:
            raise RuntimeError("the sandbox has not been started")
        return self._ready

    async def start(self) -> Ready:
        """Listen; returns what the ready line says."""
        rest = Rest(self.world, self.token, self.log, self.faults)
        app = web.Application(client_max_size=MAX_REQUEST + 2**20)
        app.router.add_routes(self.control.routes())
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_get("/attachments/{path:.*}", self.world.cdn.serve)
        app.router.add_route("*", PREFIX + "/{path:.*}", rest.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_STOP_S)
        await self._runner.setup()
        await web.SockSite(self._runner, self._listener).start()
        self._ready = self._describe()
        return self._ready

    async def stop(self) -> None:
        """Close connections and the port."""
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._listener.close()

    async def __aenter__(self) -> Ready:
        return await self.start()

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    def _describe(self) -> Ready:
        folder = self._folder or Path(tempfile.mkdtemp(prefix="ogma-sandbox-"))
        return Ready(
            api=self._base_url + PREFIX,
            gateway=self.world.gateway_url,
            control=self._base_url + "/control",
            token=self.token,
            guild=str(self.guild.id),
            config=str(config.write(folder, self.guild, self.token)),
        )


async def serve(
    port: int, out: TextIO, *, folder: Path | None = None, until: TextIO | None = None
) -> None:
    """Serve until SIGINT or SIGTERM; prints the ready line to `out` when it listens.

    `folder` is where the config file goes (a new temporary one by default); `until` is a pipe at
    whose end the server stops too. Raises OSError when the port is in use.
    """
    sandbox = Sandbox(port, folder=folder)
    ready = await sandbox.start()
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    if until is not None:
        loop.add_reader(until, stopped.set)
    print(ready.line(), file=out, flush=True)
    try:
        await stopped.wait()
    finally:
        await sandbox.stop()


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        reason = f"port {port} on {HOST} cannot be used: {error.strerror}"
        raise OSError(error.errno, reason) from error
    return listener


def _token(bot_id: int) -> str:
    """A fresh token with the three parts of a real one."""
    first = base64.urlsafe_b64encode(str(bot_id).encode()).decode().rstrip("=")
    return f"{first}.{secrets.token_urlsafe(4)[:6]}.{secrets.token_urlsafe(30)[:38]}"

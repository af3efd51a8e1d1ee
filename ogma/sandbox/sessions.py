"""A gateway session: numbered events, kept for replay, sent over whichever connection is open."""

from __future__ import annotations

import asyncio
import json
import secrets
import zlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

DISPATCH: Final = 0
HEARTBEAT: Final = 1
IDENTIFY: Final = 2
PRESENCE: Final = 3
VOICE_STATE: Final = 4
RESUME: Final = 6
RECONNECT: Final = 7
REQUEST_MEMBERS: Final = 8
INVALID_SESSION: Final = 9
HELLO: Final = 10
HEARTBEAT_ACK: Final = 11

_REPLAY: Final = 5_000
_REORDER_S: Final = 2.0


class Connection:
    """One websocket: frames leave in order, each a flushed piece of one zlib stream."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        *,
        compress: bool,
    ) -> None:
        self.socket = socket
        self._transport = transport
        self.silent = False
        self._zlib = zlib.compressobj() if compress else None
        self._queue: asyncio.Queue[tuple[str, int | None]] = asyncio.Queue()

    def send(self, frame: Mapping[str, Any]) -> None:
        """Queue a frame; while the connection is silenced nothing leaves it."""
        if not self.silent:
            self._queue.put_nowait((json.dumps(frame), None))

    def close(self, code: int) -> None:
        """Close with this code after what is queued."""
        self._queue.put_nowait(("", code))

    def abort(self) -> None:
        """Break the TCP connection without a closing frame."""
        if self._transport is not None:
            self._transport.abort()

    async def write(self) -> None:
        """Send what is queued until the connection closes."""
        while not self.socket.closed:
            text, code = await self._queue.get()
            try:
                if code is not None:
                    await self.socket.close(code=code)
                elif self._zlib is None:
                    await self.socket.send_str(text)
                else:
                    data = self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
                    await self.socket.send_bytes(data)
            except (ConnectionError, RuntimeError):
                return


@dataclass
class Session:
    """Events of one IDENTIFY, from which a later connection may resume."""

    intents: int
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    seq: int = 0
    connection: Connection | None = None
    _sent: deque[tuple[int, str, Any]] = field(default_factory=lambda: deque(maxlen=_REPLAY))
    _held: list[tuple[str, Any]] = field(default_factory=list)
    _hold: int = 0

    def dispatch(self, event: str, data: Mapping[str, Any]) -> None:
        """Number the event, keep it, and send it if a connection is open."""
        # Through JSON at once: the payload may share lists with state that changes later.
        frozen = json.loads(json.dumps(data))
        if self._hold:
            self._held.append((event, frozen))
            if len(self._held) >= self._hold:
                self.release()
            return
        self._send(event, frozen)

    def _send(self, event: str, data: Any) -> None:
        self.seq += 1
        self._sent.append((self.seq, event, data))
        if self.connection is not None:
            self.connection.send({"op": DISPATCH, "s": self.seq, "t": event, "d": data})

    def reorder(self, count: int) -> None:
        """Hold the next `count` events and send them in reverse (or what came within 2 s)."""
        self._hold = count
        asyncio.get_running_loop().call_later(_REORDER_S, self.release)

    def release(self) -> None:
        """Send held events, the newest first."""
        held, self._held, self._hold = self._held, [], 0
        for event, data in reversed(held):
            self._send(event, data)

    def duplicate(self, count: int, times: int) -> int:
        """Send the last `count` events again, `times` times; returns how many were sent."""
        again = [
            (event, data)
            for _, event, data in self._sent
            if event not in ("READY", "RESUMED", "GUILD_CREATE")
        ][-count:]
        for _ in range(times):
            for event, data in again:
                self._send(event, data)
        return len(again) * times

    def can_resume(self, seq: int) -> bool:
        """Whether every event after `seq` is still kept."""
        first = self._sent[0][0] if self._sent else self.seq + 1
        return first - 1 <= seq <= self.seq

    def replay(self, seq: int) -> None:
        """Send what came after `seq` on the new connection, then RESUMED."""
        if self.connection is None:
            return
        for number, event, data in list(self._sent):
            if number > seq:
                self.connection.send({"op": DISPATCH, "s": number, "t": event, "d": data})
        self._send("RESUMED", {"_trace": ["sandbox"]})

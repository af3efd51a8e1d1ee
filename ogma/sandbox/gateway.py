"""The websocket gateway: IDENTIFY, RESUME with replay, heartbeats, member chunks, bad days."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import WSMsgType, web
from simcord.backend import serializers

from ogma.sandbox import intents
from ogma.sandbox.call import form_error
from ogma.sandbox.rest_application import application_flags
from ogma.sandbox.sessions import (
    HEARTBEAT,
    HEARTBEAT_ACK,
    HELLO,
    IDENTIFY,
    INVALID_SESSION,
    PRESENCE,
    RECONNECT,
    REQUEST_MEMBERS,
    RESUME,
    VOICE_STATE,
    Connection,
    Session,
)
from ogma.sandbox.world import World

HEARTBEAT_MS: Final = 41_250
ACTIONS: Final = (
    "drop",
    "reconnect",
    "invalid_session",
    "duplicate",
    "reorder",
    "silence",
)
_KEPT: Final = 4
_CHUNK: Final = 1000
_UNKNOWN_OPCODE: Final = 4001
_DECODE_ERROR: Final = 4002
_NOT_AUTHENTICATED: Final = 4003
_AUTHENTICATION_FAILED: Final = 4004
_ALREADY_AUTHENTICATED: Final = 4005
_RATE_LIMITED: Final = 4008
_INVALID_INTENTS: Final = 4013
_DISALLOWED_INTENTS: Final = 4014
_SESSION_ENDED: Final = (1000, 1001)
_CLOSE_S: Final = 2.0
_EVENTS: Final = 120
_EVENTS_IN_S: Final = 60.0


class Gateway:
    """Every session of the bot, connected or waiting to be resumed."""

    def __init__(self, world: World, token: str, *, heartbeat_ms: int = HEARTBEAT_MS) -> None:
        self._world = world
        self._token = token
        self._heartbeat_ms = heartbeat_ms
        self._connections: set[Connection] = set()
        self.sessions: dict[str, Session] = {}
        world.subscribers.append(self.dispatch)

    def dispatch(self, event: str, payload: Mapping[str, Any]) -> None:
        """Give an event to every session that may hear it."""
        for session in self.sessions.values():
            mine = intents.shaped(self._world, session.intents, event, payload)
            if mine is not None:
                session.dispatch(event, mine)

    @property
    def connected(self) -> list[Session]:
        """Sessions with an open connection."""
        return [session for session in self.sessions.values() if session.connection is not None]

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """GET /gateway: one websocket, from HELLO until either side closes it."""
        socket = web.WebSocketResponse(timeout=_CLOSE_S, max_msg_size=2**20, compress=False)
        await socket.prepare(request)
        compress = request.query.get("compress") == "zlib-stream"
        connection = Connection(socket, request.transport, compress=compress)
        self._connections.add(connection)
        writer = asyncio.create_task(connection.write())
        connection.send({"op": HELLO, "d": {"heartbeat_interval": self._heartbeat_ms}})
        received: deque[float] = deque()
        try:
            async for message in socket:
                if _too_many(received):
                    connection.close(_RATE_LIMITED)
                elif message.type is WSMsgType.TEXT:
                    self._receive(connection, message.data)
        finally:
            writer.cancel()
            self._connections.discard(connection)
            self._disconnected(connection, socket.close_code)
        return socket

    async def close(self) -> None:
        """Close every connection, as a gateway that goes away."""
        open_ones = [connection.socket for connection in self._connections]
        await asyncio.gather(*(socket.close(code=1001) for socket in open_ones))

    def misbehave(self, action: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """What `/control/gateway` asks for; raises 50035 for an action that does not exist."""
        if action not in ACTIONS:
            known = ", ".join(ACTIONS)
            raise form_error("do", "BASE_TYPE_CHOICES", f"{action!r} is not one of: {known}.")
        sessions = self.connected
        sent = 0
        for session in sessions:
            connection = session.connection
            if connection is None:
                continue
            match action:
                case "drop":
                    connection.abort()
                case "reconnect":
                    connection.send({"op": RECONNECT, "d": None})
                case "invalid_session":
                    self._invalidate(session, connection, bool(fields.get("resumable")))
                case "duplicate":
                    sent += session.duplicate(
                        int(fields.get("count", 1)), int(fields.get("times", 1))
                    )
                case "reorder":
                    session.reorder(int(fields.get("count", 2)))
                case "silence":
                    connection.silent = True
        return {"do": action, "sessions": [session.id for session in sessions], "sent": sent}

    def _invalidate(self, session: Session, connection: Connection, resumable: bool) -> None:
        connection.send({"op": INVALID_SESSION, "d": resumable})
        if not resumable:
            del self.sessions[session.id]

    def _receive(self, connection: Connection, text: str) -> None:
        try:
            frame = json.loads(text)
            op, data = frame["op"], frame.get("d")
        except (ValueError, KeyError, TypeError):
            connection.close(_DECODE_ERROR)
            return
        session = self._session_of(connection)
        if op == HEARTBEAT:
            connection.send({"op": HEARTBEAT_ACK})
        elif op == IDENTIFY:
            self._identify(connection, session, data)
        elif op == RESUME:
            self._resume(connection, session, data)
        elif session is None:
            connection.close(_NOT_AUTHENTICATED)
        elif op == REQUEST_MEMBERS:
            self._send_members(session, data)
        elif op not in (PRESENCE, VOICE_STATE):
            connection.close(_UNKNOWN_OPCODE)

    def _session_of(self, connection: Connection) -> Session | None:
        return next((s for s in self.sessions.values() if s.connection is connection), None)

    def _identify(
        self, connection: Connection, session: Session | None, data: Mapping[str, Any]
    ) -> None:
        wanted = int(data.get("intents", 0))
        if session is not None:
            connection.close(_ALREADY_AUTHENTICATED)
        elif data.get("token") != self._token:
            connection.close(_AUTHENTICATION_FAILED)
        elif wanted & ~intents.KNOWN:
            connection.close(_INVALID_INTENTS)
        elif wanted & intents.PRIVILEGED & ~self._world.approved_intents:
            connection.close(_DISALLOWED_INTENTS)
        else:
            self._world.identifies += 1
            self._start(Session(wanted, connection=connection))

    def _start(self, session: Session) -> None:
        self.sessions[session.id] = session
        self._forget_old()
        world = self._world
        guilds = list(world.guilds.values())
        session.dispatch(
            "READY",
            {
                "v": 10,
                "user": world.user_json(world.bot_user.id),
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
                "session_id": session.id,
                "resume_gateway_url": world.gateway_url,
                "shard": [0, 1],
                "session_type": "normal",
                "private_channels": [],
                "application": {
                    "id": str(world.application_id),
                    "flags": application_flags(world),
                },
            },
        )
        for guild in guilds:
            payload = serializers.guild_create_payload(world, guild)
            mine = intents.shaped(world, session.intents, "GUILD_CREATE", payload)
            if mine is not None:
                session.dispatch("GUILD_CREATE", mine)

    def _forget_old(self) -> None:
        """Keep few sessions that nobody is connected to: each stores all that it missed."""
        waiting = [session for session in self.sessions.values() if session.connection is None]
        for session in waiting[:-_KEPT]:
            del self.sessions[session.id]

    def _resume(
        self, connection: Connection, current: Session | None, data: Mapping[str, Any]
    ) -> None:
        session = self.sessions.get(str(data.get("session_id")))
        if data.get("token") != self._token:
            connection.close(_AUTHENTICATION_FAILED)
        elif current is not None:
            connection.close(_ALREADY_AUTHENTICATED)
        elif session is None or not session.can_resume(int(data.get("seq") or 0)):
            connection.send({"op": INVALID_SESSION, "d": False})
        else:
            session.connection = connection
            session.replay(int(data.get("seq") or 0))

    def _disconnected(self, connection: Connection, code: int | None) -> None:
        session = self._session_of(connection)
        if session is None:
            return
        session.connection = None
        if code in _SESSION_ENDED:
            del self.sessions[session.id]

    def _send_members(self, session: Session, data: Mapping[str, Any]) -> None:
        """Answer REQUEST_GUILD_MEMBERS with chunks of up to 1000 members."""
        world = self._world
        guild = world.guilds.get(int(data["guild_id"]))
        if guild is None:
            return
        members = list(guild.members.values())
        missing: list[str] = []
        if data.get("user_ids"):
            asked = data["user_ids"]
            wanted = {int(user) for user in (asked if isinstance(asked, list) else [asked])}
            members = [member for member in members if member.user_id in wanted]
            missing = [str(user) for user in sorted(wanted - guild.members.keys())]
        elif data.get("query"):
            prefix = str(data["query"]).lower()
            members = [m for m in members if world.users[m.user_id].name.lower().startswith(prefix)]
        if data.get("limit"):
            members = members[: int(data["limit"])]
        chunks = [members[at : at + _CHUNK] for at in range(0, len(members), _CHUNK)] or [[]]
        for index, chunk in enumerate(chunks):
            session.dispatch(
                "GUILD_MEMBERS_CHUNK",
                {
                    "guild_id": str(guild.id),
                    "members": [serializers.member_payload(world, guild, m) for m in chunk],
                    "chunk_index": index,
                    "chunk_count": len(chunks),
                    "not_found": missing,
                    **({"nonce": data["nonce"]} if data.get("nonce") else {}),
                    **({"presences": []} if data.get("presences") else {}),
                },
            )


def _too_many(received: deque[float]) -> bool:
    """Count one frame from the bot; whether it is over 120 in 60 s."""
    now = time.monotonic()
    received.append(now)
    while now - received[0] > _EVENTS_IN_S:
        received.popleft()
    return len(received) > _EVENTS

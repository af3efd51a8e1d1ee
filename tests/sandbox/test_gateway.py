"""The gateway: start, resume with replay, and what it does on bad days."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import disnake
import pytest

from ogma.sandbox.control_client import AsyncControlClient, ControlError
from ogma.sandbox.ready import Ready
from ogma.sandbox.server import Sandbox

from .bot import ProbeBot, wanted_intents
from .conftest import Api, Start


def said(bot: ProbeBot) -> list[str]:
    return [message.content for message in bot.events("message")]


async def test_wrong_tokens_are_refused(api: Api, start_bot: Start, sandbox: Sandbox) -> None:
    assert await api("GET", "/users/@me", token="wrong") == (
        401,
        {"code": 0, "message": "401: Unauthorized"},
    )
    sandbox.gateway._token = "changed"
    with pytest.raises(disnake.ConnectionClosed) as caught:
        await start_bot()
    assert caught.value.code == 4004


async def test_intents_must_be_switched_on(start_bot: Start, control: AsyncControlClient) -> None:
    await control.admin("set_intents", approved=["members"])
    with pytest.raises(disnake.PrivilegedIntentsRequired):
        await start_bot()


async def test_without_the_intent_content_is_blank(
    start_bot: Start, control: AsyncControlClient
) -> None:
    intents = wanted_intents()
    intents.message_content = False
    bot = await start_bot(intents=intents)
    await control.message("alice", "general", "secret")
    assert (await bot.event("message")).content == ""
    await control.message("alice", "general", f"<@{bot.user.id}> hello")
    assert (await bot.event("message", 2)).content.endswith("hello")


async def test_messages_of_a_hidden_channel_are_not_heard(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    me = str(bot.user.id)
    await control.admin("set_overwrite", channel="general", member=me, deny=["view_channel"])
    await control.message("alice", "general", "unheard")
    await control.admin("set_overwrite", channel="general", member=me, remove=True)
    await control.message("alice", "general", "heard")
    await bot.event("message")
    assert said(bot) == ["heard"]


async def test_a_dropped_connection_resumes_and_misses_nothing(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    await control.message("alice", "general", "before")
    await control.gateway("drop", wait_s=0)
    for number in range(3):
        await control.message("alice", "general", str(number), wait_s=0)
    await bot.event("resumed")
    await bot.event("message", 4)
    assert said(bot) == ["before", "0", "1", "2"]
    assert len(bot.events("ready")) == 1
    assert len((await control.state())["sessions"]) == 1


async def test_a_reconnect_request_is_followed_by_a_resume(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    await control.gateway("reconnect", wait_s=0)
    await control.message("alice", "general", "meanwhile", wait_s=0)
    await bot.event("resumed")
    await bot.event("message")
    assert said(bot) == ["meanwhile"]


async def test_an_invalid_session_starts_anew(bot: ProbeBot, control: AsyncControlClient) -> None:
    before = (await control.state())["sessions"][0]["id"]
    await control.gateway("invalid_session", wait_s=0)
    await bot.event("ready", 2)
    sessions = (await control.state())["sessions"]
    assert len(sessions) == 1
    assert sessions[0]["id"] != before


async def test_a_resumable_invalid_session_resumes(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    await control.gateway("invalid_session", resumable=True, wait_s=0)
    await bot.event("resumed")
    assert len(bot.events("ready")) == 1


async def test_events_come_twice(bot: ProbeBot, control: AsyncControlClient) -> None:
    """P7: duplicates carry the same message under another sequence number."""
    await control.message("alice", "general", "a")
    await control.message("alice", "general", "b")
    done = await control.gateway("duplicate", count=2, times=2)
    assert done["sent"] == 4
    await bot.event("message", 6)
    assert said(bot) == ["a", "b", "a", "b", "a", "b"]
    assert len({message.id for message in bot.events("message")}) == 2


async def test_events_come_out_of_order(bot: ProbeBot, control: AsyncControlClient) -> None:
    await control.gateway("reorder", count=3, wait_s=0)
    for name in ("a", "b", "c", "d"):
        await control.message("alice", "general", name, wait_s=0)
    await bot.event("message", 4)
    assert said(bot) == ["c", "b", "a", "d"]


async def test_an_unknown_action_is_named(bot: ProbeBot, control: AsyncControlClient) -> None:
    with pytest.raises(ControlError, match="'explode' is not one of") as caught:
        await control.gateway("explode")
    assert (caught.value.status, caught.value.code) == (400, 50035)


async def test_an_unknown_action_is_refused_with_no_bot_there(control: AsyncControlClient) -> None:
    with pytest.raises(ControlError, match="'explode' is not one of"):
        await control.gateway("explode")


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """A server whose gateway wants a heartbeat every 100 ms."""
    running = Sandbox(folder=tmp_path / "hasty", heartbeat_ms=100)
    await running.start()
    yield running
    await running.stop()


async def test_a_silent_gateway_is_left_and_resumed(
    hasty: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No events and no heartbeat acks: the bot gives the connection up and misses nothing."""
    monkeypatch.setattr(disnake.http.Route, "BASE", hasty.ready.api)
    bot = ProbeBot(int(hasty.ready.guild), heartbeat_timeout=0.3)
    task = asyncio.create_task(bot.start(hasty.ready.token))
    async with AsyncControlClient(hasty.ready.control) as control:
        await bot.event("ready")
        await control.gateway("silence", wait_s=0)
        await control.message("alice", "general", "anybody?", wait_s=0)
        assert said(bot) == []
        await bot.event("resumed")
        await bot.event("message")
        assert said(bot) == ["anybody?"]
    await bot.close()
    await task


async def test_members_are_found_by_id_and_name(bot: ProbeBot) -> None:
    found = await bot.desk.query_members("bo")
    assert [member.name for member in found] == ["bob"]
    ids = [disnake.utils.get(bot.desk.members, name=name).id for name in ("sam", "mia")]
    found = await bot.desk.query_members(user_ids=ids)
    assert {member.name for member in found} == {"sam", "mia"}


class Raw:
    """A gateway client by hand, for what disnake would never send."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, op: int, data: Any) -> None:
        await self._socket.send_str(json.dumps({"op": op, "d": data}))

    async def send_text(self, text: str) -> None:
        await self._socket.send_str(text)

    async def receive(self) -> Any:
        message = await self._socket.receive(timeout=5)
        return json.loads(message.data) if message.type is aiohttp.WSMsgType.TEXT else message

    async def closed_with(self) -> int | None:
        while not self._socket.closed:
            await self.receive()
        return self._socket.close_code


@pytest.fixture
async def raw(ready: Ready) -> AsyncIterator[Raw]:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{ready.gateway}?v=10&encoding=json") as socket,
    ):
        client = Raw(socket)
        assert (await client.receive())["op"] == 10
        yield client


async def test_without_identify_nothing_is_answered(raw: Raw) -> None:
    await raw.send(8, {"guild_id": "1"})
    assert await raw.closed_with() == 4003


async def test_what_is_not_json_ends_the_connection(raw: Raw) -> None:
    await raw.send_text("{")
    assert await raw.closed_with() == 4002


async def test_too_many_frames_end_the_connection(raw: Raw) -> None:
    for _ in range(121):
        await raw.send(1, None)
    assert await raw.closed_with() == 4008


async def test_identifying_twice_ends_the_connection(raw: Raw, ready: Ready) -> None:
    for _ in range(2):
        await raw.send(2, {"token": ready.token, "intents": 1})
    assert await raw.closed_with() == 4005


async def test_unknown_intents_end_the_connection(raw: Raw, ready: Ready) -> None:
    await raw.send(2, {"token": ready.token, "intents": 1 << 40})
    assert await raw.closed_with() == 4013


async def test_an_unknown_session_cannot_be_resumed(raw: Raw, ready: Ready) -> None:
    await raw.send(6, {"token": ready.token, "session_id": "none", "seq": 1})
    assert await raw.receive() == {"op": 9, "d": False}


async def test_an_invalidated_session_is_forgotten(
    raw: Raw, ready: Ready, control: AsyncControlClient
) -> None:
    await raw.send(2, {"token": ready.token, "intents": 1})
    session = (await raw.receive())["d"]["session_id"]
    await control.gateway("invalid_session", wait_s=0)
    async with (
        aiohttp.ClientSession() as client,
        client.ws_connect(ready.gateway) as socket,
    ):
        other = Raw(socket)
        assert (await other.receive())["op"] == 10
        await other.send(6, {"token": ready.token, "session_id": session, "seq": 1})
        assert await other.receive() == {"op": 9, "d": False}


async def test_an_uncompressed_session_hears_ready(raw: Raw, ready: Ready) -> None:
    await raw.send(2, {"token": ready.token, "intents": 1})
    first = await raw.receive()
    assert (first["t"], first["s"]) == ("READY", 1)
    assert first["d"]["resume_gateway_url"] == ready.gateway
    assert (await raw.receive())["t"] == "GUILD_CREATE"

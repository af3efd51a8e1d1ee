"""P12, P13, P14: what the guard forbids disnake's HTTP client, over a real loopback server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import disnake
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from disnake.http import Route

from ogma.bot import http
from ogma.bot.http import CircuitOpen, DeliveryUnknown, RateLimited, guard
from ogma.domain.clock import Millis
from tests.bot.fake_discord import Answer, FakeDiscord, always, breaks_in_the_body, resets


@pytest.fixture
async def discord(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeDiscord]:
    fake = FakeDiscord()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", fake.handle)
    async with TestServer(app) as server:
        fake.url = str(server.make_url("")).rstrip("/")
        monkeypatch.setattr(Route, "BASE", fake.url)
        yield fake


@pytest.fixture
async def bare(discord: FakeDiscord) -> AsyncIterator[disnake.Client]:
    """A logged-in client as disnake makes it; disnake's own waits are skipped."""
    client = disnake.Client(intents=disnake.Intents(guilds=True))
    await client.login("token")
    yield client
    await client.close()


@pytest.fixture
async def client(bare: disnake.Client, no_waits: list[float]) -> disnake.Client:
    guard(bare)
    return bare


@pytest.fixture
def no_waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """disnake's naps between its retries, counted instead of slept."""
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    class Asyncio:
        """disnake's view of asyncio."""

        sleep = staticmethod(nap)

        def __getattr__(self, name: str) -> Any:
            return getattr(asyncio, name)

    monkeypatch.setattr("disnake.http.asyncio", Asyncio())
    return naps


SEND = Route("POST", "/channels/{channel_id}/messages", channel_id=5)
RENAME = Route("PATCH", "/channels/{channel_id}", channel_id=5)
READ = Route("GET", "/channels/{channel_id}/messages", channel_id=5)


def route(like: Route) -> Route:
    """A route at the address of the fake, which is set after the module is read."""
    return Route(like.method, like.path, channel_id=5)


async def test_disnake_alone_sends_a_create_five_times(
    bare: disnake.Client, discord: FakeDiscord, no_waits: list[float]
) -> None:
    """The fault that the guard is for; when this fails, disnake has changed."""
    discord.answers = [always({}, 502)]
    with pytest.raises(disnake.DiscordServerError):
        await bare.http.request(route(SEND), json={"content": "x"})
    assert len(discord.seen) == 5


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
async def test_a_create_is_sent_once_on_a_server_error(
    client: disnake.Client, discord: FakeDiscord, status: int
) -> None:
    """P14: one POST arrives, and its result is unknown."""
    discord.answers = [always({}, status)]
    with pytest.raises(DeliveryUnknown, match=f"HTTP {status}"):
        await client.http.request(route(SEND), json={"content": "x"})
    assert discord.seen == [("POST", "/channels/5/messages")]


@pytest.mark.parametrize("answer", [resets, breaks_in_the_body])
async def test_a_create_is_sent_once_when_the_connection_breaks(
    client: disnake.Client, discord: FakeDiscord, answer: Answer
) -> None:
    """P14: before an answer, and in the midst of one."""
    discord.answers = [answer]
    with pytest.raises(DeliveryUnknown):
        await client.http.request(route(SEND), json={"content": "x"})
    assert len(discord.seen) == 1


async def test_a_create_that_takes_too_long_is_unknown(
    client: disnake.Client, discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = asyncio.Event()

    async def hangs(request: web.Request) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    discord.answers = [hangs]
    monkeypatch.setattr(http, "DEADLINE_S", 0.05)
    with pytest.raises(DeliveryUnknown, match="TimeoutError"):
        await client.http.request(route(SEND), json={"content": "x"})
    never.set()


async def test_a_server_that_is_not_there_has_done_nothing(
    client: disnake.Client, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    """Nothing was sent, so nothing is unknown."""
    monkeypatch.setattr(Route, "BASE", f"http://127.0.0.1:{unused_tcp_port}")
    with pytest.raises(aiohttp.ClientConnectorError):
        await client.http.request(route(SEND), json={"content": "x"})


@pytest.mark.parametrize("like", [READ, RENAME, Route("PUT", "/x"), Route("DELETE", "/x")])
async def test_what_may_be_repeated_is_repeated(
    client: disnake.Client, discord: FakeDiscord, like: Route
) -> None:
    """Reads, edits and deletions have the same end however often they arrive."""
    discord.answers = [always({}, 502), always({}, 502), always({"ok": 1})]
    assert await client.http.request(route(like)) == {"ok": 1}
    assert len(discord.seen) == 3


async def test_an_ordinary_create_and_an_ordinary_refusal_are_disnakes(
    client: disnake.Client, discord: FakeDiscord
) -> None:
    discord.answers = [
        always({"id": "7"}),
        always({"code": 50013, "message": "Missing Permissions"}, 403),
    ]
    assert await client.http.request(route(SEND), json={}) == {"id": "7"}
    with pytest.raises(disnake.Forbidden) as refused:
        await client.http.request(route(SEND), json={})
    assert refused.value.code == 50013


async def test_a_short_rate_limit_is_waited_for(
    client: disnake.Client, discord: FakeDiscord, no_waits: list[float]
) -> None:
    discord.answers = [always({"retry_after": 4.9, "global": False}, 429), always({"id": "7"})]
    assert await client.http.request(route(SEND), json={}) == {"id": "7"}
    assert no_waits == [4.9]


@pytest.mark.parametrize("like", [SEND, RENAME, READ])
async def test_a_long_rate_limit_raises_at_once(
    client: disnake.Client, discord: FakeDiscord, no_waits: list[float], like: Route
) -> None:
    """P12: a rename that must wait ten minutes holds neither its caller nor its bucket."""
    discord.answers = [always({"retry_after": 582.5, "global": False}, 429)]
    with pytest.raises(RateLimited) as limited:
        await client.http.request(route(like))
    assert limited.value.retry_after_s == 582.5
    assert no_waits == []
    lock = client.http._locks.get(route(like).bucket)
    assert lock is None or not lock.locked()


async def test_what_must_wait_is_not_sent_again(
    client: disnake.Client, discord: FakeDiscord
) -> None:
    """P12, P13: the second rename costs no request; other routes go on."""
    discord.answers = [always({"retry_after": 600, "global": False}, 429), always({"ok": 1})]
    for _ in range(3):
        with pytest.raises(RateLimited):
            await client.http.request(route(RENAME))
    assert await client.http.request(route(READ)) == {"ok": 1}
    assert len(discord.seen) == 2


@pytest.mark.parametrize(
    "answer",
    [
        always({"retry_after": 60, "global": True}, 429),
        always("blocked", 429, Content_Type="text/html", Retry_After="60"),
    ],
    ids=["global", "gatekeeper"],
)
async def test_a_long_wait_for_everything_stops_everything(
    client: disnake.Client, discord: FakeDiscord, answer: Answer
) -> None:
    discord.answers = [answer]
    with pytest.raises(RateLimited):
        await client.http.request(route(SEND), json={})
    with pytest.raises(RateLimited):
        await client.http.request(route(READ))
    assert len(discord.seen) == 1


async def test_an_empty_bucket_does_not_hang_the_next_request(
    client: disnake.Client, discord: FakeDiscord
) -> None:
    """disnake would hold the bucket's lock for the ten minutes that the headers announce."""
    empty = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset_After": "600"}
    discord.answers = [always({"ok": 1}, **empty)]
    assert await client.http.request(route(RENAME)) == {"ok": 1}
    async with asyncio.timeout(5):
        with pytest.raises(RateLimited) as limited:
            await client.http.request(route(RENAME))
    assert 590 < limited.value.retry_after_s <= 600


async def test_so_many_refusals_stop_everything_for_a_while(
    client: disnake.Client, discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P13: long before Discord bans the address; a 404 does not count."""
    monkeypatch.setattr(http, "REFUSALS_ALLOWED", 3)
    forbidden = always({"code": 50013, "message": "no"}, 403)
    discord.answers = [always({"code": 10003, "message": "gone"}, 404), forbidden]
    with pytest.raises(disnake.NotFound):
        await client.http.request(route(READ))
    for _ in range(3):
        with pytest.raises(disnake.Forbidden):
            await client.http.request(route(READ))
    with pytest.raises(CircuitOpen) as opened:
        await client.http.request(route(READ))
    assert 0 < opened.value.retry_after_s <= http.WINDOW_S
    assert len(discord.seen) == 4


async def test_the_circuit_closes_after_the_window(
    client: disnake.Client, discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "REFUSALS_ALLOWED", 1)
    discord.answers = [always({"code": 50001, "message": "no"}, 403), always({"ok": 1})]
    with pytest.raises(disnake.Forbidden):
        await client.http.request(route(READ))
    with pytest.raises(CircuitOpen):
        await client.http.request(route(READ))
    later = http.monotonic() + http.WINDOW_S + 1
    monkeypatch.setattr(http, "monotonic", lambda: later)
    assert await client.http.request(route(READ)) == {"ok": 1}


async def test_tells_the_servers_clock(bare: disnake.Client, discord: FakeDiscord) -> None:
    """P36: from the Date header, in milliseconds."""
    seen: list[Millis] = []
    guard(bare, seen.append)
    discord.answers = [always({}, Date="Thu, 06 Aug 2026 12:00:00 GMT")]
    await bare.http.request(route(READ))
    assert seen == [1_786_017_600_000]


async def test_guarding_twice_is_guarding_once(bare: disnake.Client) -> None:
    first = guard(bare)
    session = bare.http._HTTPClient__session  # type: ignore[attr-defined]
    assert guard(bare) is first
    assert bare.http._HTTPClient__session is session  # type: ignore[attr-defined]


async def test_a_client_without_a_session_cannot_be_guarded() -> None:
    client = disnake.Client(intents=disnake.Intents(guilds=True))
    with pytest.raises(RuntimeError, match="after its login"):
        guard(client)


async def test_answers_to_interactions_go_through_the_guard_too(
    client: disnake.Client, discord: FakeDiscord
) -> None:
    """The webhook adapter retries any server error; its tokens stay out of messages."""
    from disnake.webhook.async_ import async_context

    discord.answers = [always({}, 503)]
    session = client.http._HTTPClient__session  # type: ignore[attr-defined]
    with pytest.raises(DeliveryUnknown) as unknown:
        await async_context.get().create_interaction_response(
            5, "secret-token", session=session, type=5, data={}
        )
    assert discord.seen == [("POST", "/interactions/5/secret-token/callback")]
    assert "secret-token" not in str(unknown.value)


async def test_a_cancelled_request_gives_its_connection_back(
    client: disnake.Client, discord: FakeDiscord
) -> None:
    """The worker's deadline cancels; no connection is lost or found half-read by the next one."""
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        arrived.set()
        await go_on.wait()
        return response

    discord.answers = [slow, always({"ok": 1})]
    task = asyncio.create_task(client.http.request(route(READ)))
    await arrived.wait()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    connector = client.http._HTTPClient__session.connector  # type: ignore[attr-defined]
    assert not connector._acquired
    assert await client.http.request(route(READ)) == {"ok": 1}
    go_on.set()


async def test_a_refused_or_unknown_request_gives_its_connection_back(
    client: disnake.Client, discord: FakeDiscord
) -> None:
    discord.answers = [always({}, 502), always({"retry_after": 60, "global": False}, 429)]
    for expected in (DeliveryUnknown, RateLimited):
        with pytest.raises(expected):
            await client.http.request(route(SEND), json={})
    connector = client.http._HTTPClient__session.connector  # type: ignore[attr-defined]
    assert not connector._acquired

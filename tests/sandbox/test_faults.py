"""Requests that fail before or after they have taken effect."""

from __future__ import annotations

import asyncio

import aiohttp
import disnake
import pytest

from ogma.sandbox.control_client import AsyncControlClient, ControlError
from ogma.sandbox.faults import Fault, Faults

from .bot import ProbeBot
from .conftest import Api

MESSAGES = "/channels/*/messages"


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """disnake sleeps seconds between its own retries."""
    sleep = asyncio.sleep
    monkeypatch.setattr(disnake.http.asyncio, "sleep", lambda seconds: sleep(min(seconds, 0.01)))


async def said(control: AsyncControlClient) -> list[str]:
    channels = (await control.state(wait_s=0))["channels"]
    general = next(channel for channel in channels if channel["name"] == "general")
    return [message["content"] for message in general["messages"]]


@pytest.mark.parametrize(
    ("method", "path", "matches"),
    [
        ("POST", "/channels/1/messages", True),
        ("GET", "/channels/1/messages", False),
        ("POST", "/channels/1/messages/2", False),
        ("POST", "/channels/1/typing", False),
    ],
)
def test_a_star_stands_for_one_part(method: str, path: str, matches: bool) -> None:
    assert Fault("POST", MESSAGES, status=500).matches(method, path) is matches


def test_two_stars_stand_for_the_rest() -> None:
    fault = Fault("*", "/channels/1/**", drop=True)
    assert fault.matches("DELETE", "/channels/1/messages/2")
    assert not fault.matches("DELETE", "/channels/2/messages/2")


def test_faults_strike_in_the_order_in_which_they_were_set() -> None:
    faults = Faults()
    faults.add({"method": "post", "route": "/a", "times": 2, "status": 500})
    faults.add({"method": "POST", "route": "/a", "status": 502})
    struck = [faults.take("POST", "/a") for _ in range(4)]
    assert [fault and fault.status for fault in struck] == [500, 500, 502, None]


async def test_before_the_effect_nothing_happened(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    await control.faults("POST", MESSAGES, status=403, code=50013)
    with pytest.raises(disnake.Forbidden) as caught:
        await bot.channel_named("general").send("x")
    assert caught.value.code == 50013
    assert await said(control) == []
    await bot.channel_named("general").send("y")
    assert await said(control) == ["y"]


@pytest.mark.usefixtures("no_waiting")
async def test_after_the_effect_it_happened_all_the_same(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    """P14: the server acted and then failed; disnake's own retry makes it two."""
    await control.faults("POST", MESSAGES, status=502, after_effect=True)
    await bot.channel_named("general").send("x")
    assert await said(control) == ["x", "x"]
    log = await control.requests()
    statuses = [e["status"] for e in log if e["method"] == "POST" and "messages" in e["path"]]
    assert statuses == [502, 200]


@pytest.mark.parametrize(("after", "expected"), [(False, []), (True, ["x"])])
async def test_a_dropped_connection_gets_no_answer(
    api: Api, bot: ProbeBot, control: AsyncControlClient, after: bool, expected: list[str]
) -> None:
    await control.faults("POST", MESSAGES, drop=True, after_effect=after)
    channel = bot.channel_named("general")
    with pytest.raises(aiohttp.ClientError):
        await api("POST", f"/channels/{channel.id}/messages", {"content": "x"})
    assert await said(control) == expected
    assert (await control.requests(wait_s=0))[-1]["status"] == 0


@pytest.mark.usefixtures("no_waiting")
async def test_a_rate_limit_is_waited_for(bot: ProbeBot, control: AsyncControlClient) -> None:
    """With the Via header, so that disnake does not take it for a Cloudflare ban."""
    await control.faults("POST", MESSAGES, status=429, retry_after=0.2)
    await bot.channel_named("general").send("x")
    assert await said(control) == ["x"]


async def test_a_delayed_request_succeeds_late(api: Api, control: AsyncControlClient) -> None:
    await control.faults("GET", "/users/@me", delay_ms=500)
    waiting = asyncio.create_task(api("GET", "/users/@me"))
    while not (log := await control.requests(wait_s=0)):
        await asyncio.sleep(0.01)
    assert log[-1]["status"] is None
    assert (await waiting)[0] == 200
    assert (await control.requests(wait_s=0))[-1]["status"] == 200


async def test_faults_are_listed_and_forgotten(api: Api, control: AsyncControlClient) -> None:
    await control.faults("*", "/users/@me", times=3, status=500)
    listed = await control.request("GET", "faults", {})
    assert [(f["route"], f["times"]) for f in listed["faults"]] == [("/users/@me", 3)]
    await control.clear_faults()
    assert (await api("GET", "/users/@me"))[0] == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"method": "GET", "route": "/x"},
        {"method": "GET", "route": "x", "status": 500},
        {"method": "GET", "route": "/x", "status": 500, "times": 0},
        {"method": "GET", "route": "/x", "status": 500, "colour": "red"},
        {"method": "GET", "status": 500},
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused(
    control: AsyncControlClient, fields: dict[str, object]
) -> None:
    with pytest.raises(ControlError) as caught:
        await control.request("POST", "faults", fields)
    assert (caught.value.status, caught.value.code) == (400, 50035)

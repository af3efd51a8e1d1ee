"""The control API: acting as people, looking, waiting, and what an administrator does by hand."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import disnake
import pytest

from ogma.sandbox.clock import SandboxClock
from ogma.sandbox.control_client import AsyncControlClient, ControlClient, ControlError
from ogma.sandbox.ready import Ready
from ogma.sandbox.server import Sandbox

from .bot import ProbeBot
from .conftest import Api


async def refused(call: Any) -> tuple[int, int]:
    with pytest.raises(ControlError) as caught:
        await call
    return caught.value.status, caught.value.code


# --- people ---


async def test_the_sample_guild_is_as_described(control: AsyncControlClient) -> None:
    state = await control.state()
    roles = {member["name"]: member["role_names"] for member in state["members"]}
    assert roles == {
        "omar": [], "Ogma": ["Ogma"], "alice": [], "bob": [], "carol": [], "stan": [],
        "sam": ["Support"], "sue": ["Support"], "bill": ["Billing"], "mia": ["Management"],
    }  # fmt: skip
    assert state["guild"]["owner"] == "omar"
    names = [channel["name"] for channel in state["channels"]]
    assert names == [
        "open-a-ticket", "staff-review", "ticket-transcripts", "learned-tips", "general",
        "General Tickets", "Billing Tickets",
    ]  # fmt: skip
    assert state["sessions"] == state["deleted_channels"] == []
    assert set(state["dms"]) == set(roles) - {"Ogma"}


async def test_each_sees_what_discord_would_show(control: AsyncControlClient) -> None:
    public = {"open-a-ticket", "general", "General Tickets", "Billing Tickets"}
    hidden = {"staff-review", "ticket-transcripts", "learned-tips"}
    for name, seen in {"alice": public, "sam": public | hidden, "omar": public | hidden}.items():
        assert {channel["name"] for channel in await control.visible(name)} == seen


async def test_members_are_held_to_their_permissions(control: AsyncControlClient) -> None:
    say = control.message
    assert await refused(say("alice", "staff-review", "hi", wait_s=0)) == (403, 50001)
    assert await refused(say("alice", "open-a-ticket", "hi", wait_s=0)) == (403, 50013)
    assert await refused(say("alice", "general", " ", wait_s=0)) == (400, 50006)
    assert await refused(say("alice", "general", "x" * 2001, wait_s=0)) == (400, 50035)
    assert await refused(say("nobody", "general", "hi", wait_s=0)) == (404, 10007)
    assert await refused(say("alice", "nowhere", "hi", wait_s=0)) == (404, 10003)
    assert await refused(say("alice", "General Tickets", "hi", wait_s=0)) == (400, 50008)
    mine = await say("alice", "general", "hi", wait_s=0)
    assert await refused(control.edit("bob", mine["id"], "no", wait_s=0)) == (403, 50005)
    assert await refused(control.delete("bob", mine["id"], wait_s=0)) == (403, 50013)
    assert (await control.edit("alice", mine["id"], "hi!", wait_s=0))["edited_at"]
    await control.delete("sam", mine["id"], wait_s=0)
    assert await refused(control.edit("alice", mine["id"], "x", wait_s=0)) == (404, 10008)


async def test_edits_and_deletions_reach_the_bot(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    message = await control.message("alice", "general", "first")
    await control.edit("alice", message["id"], "second")
    before, after = (await bot.event("message_edit"), bot.cached_messages[-1])
    assert (before.id, after.content) == (int(message["id"]), "second")
    await control.delete("alice", message["id"])
    assert (await bot.event("message_delete")).id == int(message["id"])


async def test_a_link_is_previewed_without_an_edit(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    """P18: Discord updates a message with the preview of its link; nobody has edited it."""
    await control.message("alice", "general", "see https://example.com/faq please")
    update = await bot.event("raw_message_edit")
    assert update.data["edited_timestamp"] is None
    assert update.data["content"] == "see https://example.com/faq please"
    assert update.data["embeds"][0]["url"] == "https://example.com/faq"
    assert update.data["member"]["roles"] == []


async def test_a_pin_updates_its_message_and_says_so(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    message = await bot.channel_named("general").send("rules")
    await message.pin()
    update = await bot.event("raw_message_edit")
    assert (update.data["pinned"], update.data["edited_timestamp"]) == (True, None)
    notice = await bot.event("message", 2)
    assert (notice.type, notice.content) == (disnake.MessageType.pins_add, "")


async def test_a_reply_refers_to_its_message(bot: ProbeBot, control: AsyncControlClient) -> None:
    first = await control.message("alice", "general", "question")
    await control.message("sam", "general", "answer", reply_to="question")
    reply = await bot.event("message", 2)
    assert reply.reference.message_id == int(first["id"])


async def test_two_of_one_name_are_ambiguous(control: AsyncControlClient) -> None:
    await control.admin("create_channel", name="twin", count=2, wait_s=0)
    assert await refused(control.message("alice", "twin", "hi", wait_s=0)) == (400, 50035)


# --- administrators ---


async def test_what_an_administrator_does_reaches_the_bot(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    await control.admin("add_member", name="dave", roles=["Support"])
    assert (await bot.event("member_join")).name == "dave"
    await control.admin("give_role", member="dave", role="Billing")
    await control.admin("take_role", member="dave", role="Support")
    await bot.event("member_update", 2)
    dave = disnake.utils.get(bot.desk.members, name="dave")
    assert dave is not None
    assert [role.name for role in dave.roles[1:]] == ["Billing"]
    await control.admin("kick", member="dave")
    assert (await bot.event("member_remove")).name == "dave"
    await control.admin("ban", member="carol")
    assert (await bot.event("member_remove", 2)).name == "carol"
    await control.admin("delete_channel", channel="learned-tips")
    assert (await bot.event("guild_channel_delete")).name == "learned-tips"
    assert [c["name"] for c in (await control.state())["deleted_channels"]] == ["learned-tips"]
    await control.admin("set_overwrite", channel="general", member="bob", deny=["view_channel"])
    await bot.event("guild_channel_update")
    assert "general" not in [c["name"] for c in await control.visible("bob")]
    await control.admin("edit_channel", channel="general", name="lobby")
    await control.admin("create_role", name="Night shift", permissions=["view_channel"])
    assert (await bot.event("guild_role_create")).name == "Night shift"


async def test_a_deleted_channel_keeps_its_last_words(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    await control.message("alice", "general", "last words")
    await bot.channel_named("general").delete(reason="ticket:1")
    gone = (await control.state())["deleted_channels"][0]
    assert [message["content"] for message in gone["messages"]] == ["last words"]
    log = [entry for entry in await control.requests() if entry["method"] == "DELETE"]
    assert [entry["reason"] for entry in log] == ["ticket:1"]


async def test_an_administrator_deletes_a_message(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    message = await bot.channel_named("general").send("panel")
    await control.admin("delete_message", message=str(message.id))
    assert (await bot.event("message_delete")).id == message.id


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "explode"},
        {"do": "set_overwrite", "channel": "general", "role": "Support", "allow": ["fly"]},
        {"do": "set_intents", "approved": ["telepathy"]},
        {"do": "create_channel"},
    ],
)
async def test_acts_that_make_no_sense_are_refused(
    control: AsyncControlClient, fields: dict[str, Any]
) -> None:
    assert await refused(control.request("POST", "admin", fields)) == (400, 50035)


async def test_a_call_without_json_is_refused(ready: Ready) -> None:
    async with aiohttp.ClientSession() as session:
        for body in ("{", "[]", '{"as": "alice", "wait_s": "long"}'):
            async with session.post(f"{ready.control}/message", data=body) as answer:
                assert answer.status in (400, 404)
                assert {"code", "message"} <= set(await answer.json())


# --- time ---


async def test_the_clock_moves_and_everything_follows(
    api: Api, ready: Ready, sandbox: Sandbox, control: AsyncControlClient
) -> None:
    """Starts at the real time; the Date header and new ids follow when it is moved."""
    started = datetime.fromisoformat((await control.state())["now"])
    assert abs(datetime.now(UTC) - started) < timedelta(seconds=30)
    moved = await control.clock(86_400)
    now = datetime.fromisoformat(moved["now"])
    assert timedelta(seconds=86_400) <= now - started < timedelta(seconds=86_460)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{ready.api}/gateway") as answer,
    ):
        date = parsedate_to_datetime(answer.headers["Date"])
    assert abs(date - now) < timedelta(seconds=30)
    general = sandbox.guild.channels["general"]
    _, message = await api("POST", f"/channels/{general}/messages", {"content": "x"})
    made = disnake.utils.snowflake_time(int(message["id"]))
    assert abs(made - now) < timedelta(seconds=30)
    assert await refused(control.clock(-1)) == (400, 50035)


def test_the_clock_ticks() -> None:
    clock = SandboxClock()
    first = clock.now()
    while clock.now() == first:
        pass
    assert clock.now() > first


# --- the log and waiting ---


async def test_requests_are_numbered_from_one(api: Api, control: AsyncControlClient) -> None:
    for _ in range(3):
        await api("GET", "/users/@me")
    await api("PATCH", "/channels/1", {"name": "x"})
    log = await control.requests()
    assert [entry["n"] for entry in log] == [1, 2, 3, 4]
    last = (await control.requests(since=3))[0]
    assert (last["method"], last["path"], last["body"], last["status"]) == (
        "PATCH", "/channels/1", {"name": "x"}, 404,
    )  # fmt: skip
    assert last["at"].endswith("Z")
    assert await control.requests(since=4) == []


async def test_a_call_waits_until_the_bot_is_quiet(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    """Ten requests, one after another: the answer comes after the last of them."""

    async def on_message(message: disnake.Message) -> None:
        if message.author.bot:
            return
        for number in range(10):
            await asyncio.sleep(0.05)
            await message.channel.send(str(number))

    bot.add_listener(on_message)
    await control.message("alice", "general", "count")
    channels = (await control.state(wait_s=0))["channels"]
    general = next(channel for channel in channels if channel["name"] == "general")
    assert [m["content"] for m in general["messages"]] == ["count", *map(str, range(10))]


async def test_a_call_waits_no_longer_than_asked(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    async def on_message(message: disnake.Message) -> None:
        if not message.author.bot:
            for _ in range(30):
                await message.channel.trigger_typing()
                await asyncio.sleep(0.1)

    bot.add_listener(on_message)
    log = len(await control.requests())
    await control.message("alice", "general", "hi", wait_s=0.5)
    assert len(await control.requests(since=log, wait_s=0)) < 20


def test_a_server_that_is_gone_is_named() -> None:
    with pytest.raises(ControlError, match="does not answer") as caught:
        ControlClient("http://127.0.0.1:9/control").state()
    assert caught.value.status == 0


async def test_the_blocking_client_makes_the_same_calls(
    sandbox: Sandbox, control: AsyncControlClient
) -> None:
    blocking = ControlClient(sandbox.ready.control)
    seen = await asyncio.to_thread(blocking.visible, "alice")
    assert seen == await control.visible("alice")
    with pytest.raises(ControlError) as caught:
        await asyncio.to_thread(blocking.message, "alice", "staff-review", "hi", wait_s=0)
    assert (caught.value.status, caught.value.code) == (403, 50001)

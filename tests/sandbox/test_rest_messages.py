"""Messages: what is refused, nonces, pins, direct messages, files up and down."""

from __future__ import annotations

import io
from typing import Any

import aiohttp
import disnake
import pytest

from ogma.sandbox.control_client import AsyncControlClient
from ogma.sandbox.permissions import BITS, INVITE
from ogma.sandbox.ready import Ready
from ogma.sandbox.server import Sandbox

from .bot import ProbeBot
from .conftest import Api


def button(**fields: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": "go", **fields}


def row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(components)}


@pytest.fixture
def general(sandbox: Sandbox) -> str:
    return f"/channels/{sandbox.guild.channels['general']}/messages"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 50006),
        ({"content": " \n"}, 50006),
        ({"embeds": [{}]}, 50006),
        ({"components": [row(button())]}, 50006),
        ({"content": "c" * 2001}, 50035),
        ({"content": "c", "embeds": [{"title": "t"}] * 11}, 50035),
        ({"embeds": [{"description": "d" * 4096}, {"description": "d" * 1905}]}, 50035),
        ({"embeds": [{"description": "d" * 4097}]}, 50035),
        ({"embeds": [{"fields": [{"name": "n", "value": ""}]}]}, 50035),
        ({"embeds": [{"title": "t", "url": "javascript:alert(1)"}]}, 50035),
        ({"content": "c", "components": [row(button(custom_id=str(n))) for n in range(6)]}, 50035),
        ({"content": "c", "components": [row(button(label="l" * 81))]}, 50035),
        ({"content": "c", "components": [row(button(label=""))]}, 50035),
        ({"content": "c", "components": [row(button(custom_id="i" * 101))]}, 50035),
        ({"content": "c", "components": [row(button(), button())]}, 50035),
        ({"content": "c", "components": [row(button(emoji={"name": "chat"}))]}, 50035),
        ({"content": "c", "nonce": "n" * 26}, 50035),
    ],
)
async def test_bad_messages_are_refused(
    api: Api, general: str, body: dict[str, Any], code: int
) -> None:
    assert await api.code("POST", general, body) == (400, code)


@pytest.mark.parametrize(
    "body",
    [
        {"content": "c" * 2000},
        {"embeds": [{"description": "d" * 4096}, {"description": "d" * 1904}]},
        {"content": "c", "components": [row(button(label="", emoji={"name": "💬"}))]},
        {"content": "c", "components": [row(button(label="l" * 80, custom_id="i" * 100))]},
    ],
)
async def test_messages_at_the_limit_pass(api: Api, general: str, body: dict[str, Any]) -> None:
    assert (await api("POST", general, body))[0] == 200


async def test_an_edit_must_leave_something(api: Api, general: str) -> None:
    _, message = await api("POST", general, {"content": "text"})
    path = f"{general}/{message['id']}"
    assert await api.code("PATCH", path, {"content": ""}) == (400, 50006)
    status, after = await api("PATCH", path, {"content": "", "embeds": [{"title": "t"}]})
    assert status == 200
    assert after["edited_timestamp"] is not None


async def test_only_own_messages_are_edited(
    api: Api, general: str, control: AsyncControlClient
) -> None:
    message = await control.message("alice", "general", "mine", wait_s=0)
    path = f"{general}/{message['id']}"
    assert await api.code("PATCH", path, {"content": "x"}) == (403, 50005)
    assert await api.code("DELETE", path) == (403, 50013)


@pytest.mark.parametrize(
    ("missing", "body"),
    [
        ("send_messages", {"content": "c"}),
        ("embed_links", {"embeds": [{"title": "t"}]}),
    ],
)
async def test_parts_need_their_permissions(
    api: Api, control: AsyncControlClient, general: str, missing: str, body: dict[str, Any]
) -> None:
    await control.admin("set_bot_permissions", permissions=str(INVITE), wait_s=0)
    await control.admin(
        "set_overwrite", channel="general", role="everyone", deny=[missing], wait_s=0
    )
    assert await api.code("POST", general, body) == (403, 50013)


async def test_an_enforced_nonce_makes_one_message(
    api: Api, general: str, control: AsyncControlClient
) -> None:
    body = {"content": "once", "nonce": "abc", "enforce_nonce": True}
    _, first = await api("POST", general, body)
    _, again = await api("POST", general, body)
    assert first["id"] == again["id"]
    assert first["nonce"] == "abc"
    assert len((await api("GET", general))[1]) == 1
    await control.clock(301, wait_s=0)
    assert (await api("POST", general, body))[1]["id"] != first["id"]
    unenforced = {"content": "twice", "nonce": "abc"}
    assert (await api("POST", general, unenforced))[1]["id"] != first["id"]


async def test_a_message_deleted_meanwhile_is_not_made_anew(api: Api, general: str) -> None:
    body = {"content": "once", "nonce": 7, "enforce_nonce": True}
    _, first = await api("POST", general, body)
    await api("DELETE", f"{general}/{first['id']}")
    assert (await api("POST", general, body))[1]["id"] == first["id"]
    assert (await api("GET", general))[1] == []


async def test_pins_need_their_own_permission(bot: ProbeBot, control: AsyncControlClient) -> None:
    channel = bot.channel_named("general")
    first, second = await channel.send("first"), await channel.send("second")
    await first.pin()
    await second.pin()
    assert [message.content async for message in channel.pins()] == ["second", "first"]
    await first.unpin()
    assert [message.content async for message in channel.pins()] == ["second"]
    without = INVITE & ~BITS["pin_messages"] | BITS["manage_messages"]
    await control.admin("set_bot_permissions", permissions=str(without), wait_s=0)
    with pytest.raises(disnake.Forbidden) as caught:
        await first.pin()
    assert caught.value.code == 50013


async def test_history_reads_back_what_was_said(bot: ProbeBot, control: AsyncControlClient) -> None:
    for number in range(5):
        await control.message("alice", "general", f"line {number}", wait_s=0)
    channel = bot.channel_named("general")
    newest = [m.content async for m in channel.history(limit=2)]
    assert newest == ["line 4", "line 3"]
    oldest = [m async for m in channel.history(limit=2, oldest_first=True)]
    assert [m.content for m in oldest] == ["line 0", "line 1"]
    after = [m.content async for m in channel.history(after=oldest[0], limit=2)]
    assert after == ["line 1", "line 2"], "those that follow at once, not the newest"
    around = {m.content async for m in channel.history(around=oldest[1], limit=3)}
    assert around == {"line 0", "line 1", "line 2"}


async def test_without_read_message_history_nothing_is_read(
    api: Api, general: str, control: AsyncControlClient
) -> None:
    await api("POST", general, {"content": "text"})
    await control.admin(
        "set_overwrite", channel="general", role="everyone", deny=["read_message_history"], wait_s=0
    )
    await control.admin("set_bot_permissions", permissions=["view_channel"], wait_s=0)
    assert await api("GET", general) == (200, [])


async def test_bulk_delete_refuses_old_messages(
    api: Api, general: str, control: AsyncControlClient
) -> None:
    await control.admin(
        "set_bot_permissions", permissions=str(INVITE | BITS["manage_messages"]), wait_s=0
    )
    ids = [(await api("POST", general, {"content": str(n)}))[1]["id"] for n in range(2)]
    await control.clock(14 * 86_400 + 60, wait_s=0)
    path = f"{general}/bulk-delete"
    assert await api.code("POST", path, {"messages": ids}) == (400, 50034)
    fresh = [(await api("POST", general, {"content": str(n)}))[1]["id"] for n in range(2)]
    assert (await api("POST", path, {"messages": fresh}))[0] == 204


async def test_only_the_roles_that_a_message_allows_are_pinged(
    bot: ProbeBot, sandbox: Sandbox, control: AsyncControlClient
) -> None:
    support, billing = (sandbox.guild.roles[name] for name in ("Support", "Billing"))
    await bot.channel_named("general").send(
        f"<@&{support}> <@&{billing}> @everyone",
        allowed_mentions=disnake.AllowedMentions(roles=[disnake.Object(support)]),
    )
    channels = (await control.state())["channels"]
    general = next(channel for channel in channels if channel["name"] == "general")
    pings = general["messages"][0]["pings"]
    assert pings == {"everyone": False, "users": [], "roles": [str(support)]}


# --- direct messages ---


async def test_a_direct_message_arrives(bot: ProbeBot, control: AsyncControlClient) -> None:
    alice = disnake.utils.get(bot.desk.members, name="alice")
    assert alice is not None
    await alice.send("How was it?")
    dms = (await control.state())["dms"]
    assert [m["content"] for m in dms["alice"]["messages"]] == ["How was it?"]
    assert dms["bob"]["messages"] == []
    await control.message("alice", "@me", "Fine")
    answer = await bot.event("message", 2)
    assert (answer.content, answer.guild) == ("Fine", None)


async def test_closed_direct_messages_are_refused(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    alice = disnake.utils.get(bot.desk.members, name="alice")
    assert alice is not None
    await control.admin("close_dms", member="alice")
    assert (await control.state())["dms"]["alice"]["open"] is False
    with pytest.raises(disnake.Forbidden) as caught:
        await alice.send("Hello?")
    assert caught.value.code == 50007
    await control.admin("open_dms", member="alice")
    await alice.send("Hello!")


async def test_nobody_is_reached_without_a_common_guild(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    alice = disnake.utils.get(bot.desk.members, name="alice")
    assert alice is not None
    await control.admin("kick", member="alice")
    with pytest.raises(disnake.Forbidden) as caught:
        await alice.send("Hello?")
    assert caught.value.code == 50278


# --- files ---


async def test_a_file_goes_up_and_comes_down(bot: ProbeBot, control: AsyncControlClient) -> None:
    data = bytes(range(256))
    channel = bot.channel_named("general")
    file = disnake.File(io.BytesIO(data), "übersicht 1.bin", description="all bytes")
    sent = await channel.send("here", file=file)
    stored = await channel.fetch_message(sent.id)
    attachment = stored.attachments[0]
    assert (attachment.size, attachment.description) == (256, "all bytes")
    assert attachment.filename == "ubersicht_1.bin", "Discord keeps plain names only"
    assert attachment.title == "übersicht 1"
    assert await attachment.read() == data
    log = await control.requests()
    upload = next(entry for entry in log if entry["files"])
    assert upload["body"]["content"] == "here"
    assert upload["files"] == [{"name": "übersicht 1.bin", "size": 256}]


async def test_a_members_file_can_be_read(bot: ProbeBot, control: AsyncControlClient) -> None:
    files = [{"name": "log.txt", "text": "it broke"}, {"name": "x.bin", "base64": "AAE="}]
    await control.message("alice", "general", "see", files=files)
    message = await bot.event("message")
    assert [await a.read() for a in message.attachments] == [b"it broke", b"\x00\x01"]


async def test_file_addresses_are_signed_and_expire(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    files = [{"name": "log.txt", "text": "it broke"}]
    message = await control.message("alice", "general", "see", files=files)
    url = message["attachments"][0]["url"]
    async with aiohttp.ClientSession() as session:
        assert (await session.get(url)).status == 200
        assert (await session.get(url.replace("hm=", "hm=0"))).status == 404
        assert (await session.get(url.partition("?")[0])).status == 404
        await control.clock(25 * 3600)
        assert (await session.get(url)).status == 404
        again = await bot.channel_named("general").fetch_message(int(message["id"]))
        assert (await session.get(again.attachments[0].url)).status == 200


async def test_too_large_a_file_is_refused(api: Api, general: str, ready: Ready) -> None:
    form = aiohttp.FormData()
    form.add_field("payload_json", "{}", content_type="application/json")
    form.add_field("files[0]", b"0" * (10 * 1024 * 1024 + 1), filename="big.bin")
    headers = {"Authorization": f"Bot {ready.token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(ready.api + general, data=form, headers=headers) as answer,
    ):
        assert answer.status == 413
        assert (await answer.json())["code"] == 40005

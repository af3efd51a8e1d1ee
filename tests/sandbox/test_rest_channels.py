"""Channels: names, topics, room, renames and the permission overwrites that Discord refuses."""

from __future__ import annotations

from typing import Any

import pytest

from ogma.sandbox.control_client import AsyncControlClient
from ogma.sandbox.permissions import BITS, EVERYONE, INVITE, bits
from ogma.sandbox.server import Sandbox

from .conftest import Api

VIEW = bits("view_channel")


def ticket_overwrites(sandbox: Sandbox) -> list[dict[str, Any]]:
    guild = sandbox.guild
    return [
        {"id": str(guild.id), "type": 0, "deny": str(VIEW)},
        {"id": str(guild.members["alice"]), "type": 1, "allow": str(VIEW)},
        {"id": str(guild.roles["Support"]), "type": 0, "allow": str(VIEW)},
        {"id": str(sandbox.world.bot_user.id), "type": 1, "allow": str(VIEW)},
    ]


async def new_channel(api: Api, **fields: Any) -> dict[str, Any]:
    status, channel = await api("POST", f"/guilds/{api.guild}/channels", {"name": "t", **fields})
    assert status == 201, channel
    assert isinstance(channel, dict)
    return channel


# --- limits ---


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": "n" * 101}, 50035),
        ({"name": "   "}, 50035),
        ({"name": "!!!"}, 50035),
        ({"topic": "t" * 1025}, 50035),
        ({"parent_id": "1"}, 50035),
        ({"rate_limit_per_user": 30000}, 50035),
        ({"permission_overwrites": "none"}, 50035),
    ],
)
async def test_bad_fields_are_refused(api: Api, fields: dict[str, Any], code: int) -> None:
    body = {"name": "fine", **fields}
    assert await api.code("POST", f"/guilds/{api.guild}/channels", body) == (400, code)


async def test_the_longest_name_and_topic_pass(api: Api) -> None:
    channel = await new_channel(api, name="n" * 100, topic="t" * 1024)
    assert (len(channel["name"]), len(channel["topic"])) == (100, 1024)


async def test_a_text_channel_is_named_as_discord_writes_it(api: Api) -> None:
    assert (await new_channel(api, name="Ticket: Alice  Smith!"))["name"] == "ticket-alice-smith"
    assert (await new_channel(api, name="My Category", type=4))["name"] == "My Category"


async def test_a_category_holds_fifty_channels(api: Api, sandbox: Sandbox) -> None:
    parent = sandbox.guild.categories["General Tickets"]
    for _ in range(50):
        await new_channel(api, parent_id=str(parent))
    body = {"name": "more", "parent_id": str(parent)}
    status, answer = await api("POST", f"/guilds/{api.guild}/channels", body)
    assert (status, answer["code"]) == (400, 50035)
    assert answer["errors"]["parent_id"]["_errors"][0]["code"] == "CHANNEL_PARENT_MAX_CHANNELS"
    await new_channel(api)


async def test_a_guild_holds_five_hundred_channels(api: Api, control: AsyncControlClient) -> None:
    await control.admin("create_channel", name="full", count=500 - 7, wait_s=0)
    assert await api.code("POST", f"/guilds/{api.guild}/channels", {"name": "x"}) == (400, 30013)


async def test_names_and_topics_change_twice_in_ten_minutes(
    api: Api, control: AsyncControlClient
) -> None:
    channel = await new_channel(api)
    path = f"/channels/{channel['id']}"
    assert (await api("PATCH", path, {"name": "one"}))[0] == 200
    assert (await api("PATCH", path, {"topic": "two"}))[0] == 200
    assert (await api("PATCH", path, {"topic": "two"}))[0] == 200, "nothing changed, nothing counts"
    status, answer = await api("PATCH", path, {"name": "three"})
    assert status == 429
    assert 590 < answer["retry_after"] <= 600
    await control.clock(601, wait_s=0)
    assert (await api("PATCH", path, {"name": "three"}))[0] == 200


async def test_a_renamed_channel_gets_no_message(api: Api) -> None:
    channel = await new_channel(api)
    await api("PATCH", f"/channels/{channel['id']}", {"name": "other"})
    assert (await api("GET", f"/channels/{channel['id']}/messages"))[1] == []


async def test_a_deleted_category_lets_its_channels_go(
    api: Api, control: AsyncControlClient, sandbox: Sandbox
) -> None:
    parent = str(sandbox.guild.categories["General Tickets"])
    channel = await new_channel(api, parent_id=parent)
    await control.admin("delete_channel", channel=parent, wait_s=0)
    _, after = await api("GET", f"/channels/{channel['id']}")
    assert after["parent_id"] is None


# --- permissions ---


async def test_the_bot_has_only_what_the_invite_link_asks_for(sandbox: Sandbox) -> None:
    world = sandbox.world
    assert world.compute_permissions(world.guild_id, world.bot_user.id) == INVITE | EVERYONE
    assert not world.may(world.bot_user.id, "manage_messages")
    assert not world.may(world.bot_user.id, "administrator")


async def test_a_private_channel_is_created_with_its_overwrites(
    api: Api, sandbox: Sandbox, control: AsyncControlClient
) -> None:
    channel = await new_channel(api, permission_overwrites=ticket_overwrites(sandbox))
    sees = {
        name
        for name in sandbox.guild.members
        if channel["id"] in {seen["id"] for seen in await control.visible(name)}
    }
    assert sees == {"alice", "sam", "sue", "omar"}


@pytest.mark.parametrize("name", ["manage_messages", "mention_everyone", "administrator"])
@pytest.mark.parametrize("kind", ["allow", "deny"])
async def test_the_bot_cannot_hand_out_what_it_lacks(
    api: Api, sandbox: Sandbox, name: str, kind: str
) -> None:
    alice = str(sandbox.guild.members["alice"])
    body = {
        "name": "t",
        "permission_overwrites": [{"id": alice, "type": 1, kind: str(BITS[name])}],
    }
    assert await api.code("POST", f"/guilds/{api.guild}/channels", body) == (403, 50013)
    channel = await new_channel(api, permission_overwrites=ticket_overwrites(sandbox))
    path = f"/channels/{channel['id']}/permissions/{alice}"
    assert await api.code("PUT", path, {"type": 1, kind: str(BITS[name])}) == (403, 50013)


async def test_manage_roles_in_an_overwrite_is_for_administrators(
    api: Api, sandbox: Sandbox, control: AsyncControlClient
) -> None:
    alice = str(sandbox.guild.members["alice"])
    entry = {"id": alice, "type": 1, "allow": str(BITS["manage_roles"])}
    body = {"name": "t", "permission_overwrites": [entry]}
    assert await api.code("POST", f"/guilds/{api.guild}/channels", body) == (403, 50013)
    await control.admin("set_bot_permissions", permissions=["administrator"], wait_s=0)
    assert (await api("POST", f"/guilds/{api.guild}/channels", body))[0] == 201


async def test_editing_overwrites_needs_manage_roles(
    api: Api, sandbox: Sandbox, control: AsyncControlClient
) -> None:
    channel = await new_channel(api, permission_overwrites=ticket_overwrites(sandbox))
    bob = sandbox.guild.members["bob"]
    path = f"/channels/{channel['id']}/permissions/{bob}"
    assert (await api("PUT", path, {"type": 1, "allow": str(VIEW)}))[0] == 204
    assert (await api("DELETE", path))[0] == 204
    without = INVITE & ~BITS["manage_roles"]
    await control.admin("set_bot_permissions", permissions=str(without), wait_s=0)
    assert await api.code("PUT", path, {"type": 1, "allow": str(VIEW)}) == (403, 50013)
    assert await api.code("DELETE", path) == (403, 50013)
    edited = {"permission_overwrites": ticket_overwrites(sandbox)[:-1]}
    assert await api.code("PATCH", f"/channels/{channel['id']}", edited) == (403, 50013)


async def test_bits_that_stay_as_they_are_do_not_count(
    api: Api, sandbox: Sandbox, control: AsyncControlClient
) -> None:
    """A lock must be possible on a channel where an administrator has given more than Ogma has."""
    alice = sandbox.guild.members["alice"]
    channel = await new_channel(api, permission_overwrites=ticket_overwrites(sandbox))
    await control.admin(
        "set_overwrite",
        channel=channel["id"],
        member="alice",
        allow=["view_channel", "manage_messages"],
        wait_s=0,
    )
    path = f"/channels/{channel['id']}/permissions/{alice}"
    more = bits("view_channel", "manage_messages", "send_messages")
    assert (await api("PUT", path, {"type": 1, "allow": str(more)}))[0] == 204
    assert await api.code("PUT", path, {"type": 1, "allow": str(VIEW)}) == (403, 50013)


async def test_an_overwrite_is_not_dropped_with_bits_that_the_bot_lacks(
    api: Api, sandbox: Sandbox, control: AsyncControlClient
) -> None:
    """Leaving an overwrite out of the new list changes its bits too."""
    channel = await new_channel(api, permission_overwrites=ticket_overwrites(sandbox))
    path = f"/channels/{channel['id']}"
    alice = str(sandbox.guild.members["alice"])
    without_alice = [entry for entry in ticket_overwrites(sandbox) if entry["id"] != alice]
    assert (await api("PATCH", path, {"permission_overwrites": without_alice}))[0] == 200
    await control.admin(
        "set_overwrite", channel=channel["id"], member="bob", allow=["manage_messages"], wait_s=0
    )
    edited = {"permission_overwrites": without_alice}
    assert await api.code("PATCH", path, edited) == (403, 50013)


@pytest.mark.parametrize("denied", ["view_channel", "manage_channels"])
async def test_creating_inside_a_category_needs_permission_there(
    api: Api, sandbox: Sandbox, control: AsyncControlClient, denied: str
) -> None:
    await control.admin(
        "set_overwrite", channel="Billing Tickets", role="Ogma", deny=[denied], wait_s=0
    )
    body = {"name": "x", "parent_id": str(sandbox.guild.categories["Billing Tickets"])}
    assert await api.code("POST", f"/guilds/{api.guild}/channels", body) == (403, 50013)


async def test_an_overwrite_for_nobody_is_unknown(api: Api, sandbox: Sandbox) -> None:
    channel = await new_channel(api, permission_overwrites=ticket_overwrites(sandbox))
    path = f"/channels/{channel['id']}/permissions/123"
    assert await api.code("PUT", path, {"type": 0, "allow": "0"}) == (404, 10009)
    assert await api.code("DELETE", path) == (404, 10009)


async def test_without_overwrites_a_channel_takes_those_of_its_category(
    api: Api, sandbox: Sandbox, control: AsyncControlClient
) -> None:
    await control.admin(
        "set_overwrite",
        channel="General Tickets",
        role="everyone",
        deny=["send_messages"],
        wait_s=0,
    )
    parent = str(sandbox.guild.categories["General Tickets"])
    inherits = await new_channel(api, parent_id=parent)
    assert [o["id"] for o in inherits["permission_overwrites"]] == [api.guild]
    own = await new_channel(api, parent_id=parent, permission_overwrites=ticket_overwrites(sandbox))
    assert len(own["permission_overwrites"]) == 4


async def test_a_hidden_channel_is_out_of_reach(
    api: Api, sandbox: Sandbox, control: AsyncControlClient
) -> None:
    """50001 where the bot does not see the channel, 50013 where it sees and may not."""
    channel = await new_channel(api, permission_overwrites=ticket_overwrites(sandbox))
    path = f"/channels/{channel['id']}"
    bot = str(sandbox.world.bot_user.id)
    await control.admin(
        "set_overwrite", channel=channel["id"], member=bot, deny=["manage_channels"], wait_s=0
    )
    await control.admin(
        "set_overwrite", channel=channel["id"], role="everyone", allow=["view_channel"], wait_s=0
    )
    assert await api.code("DELETE", path) == (403, 50013)
    await control.admin(
        "set_overwrite", channel=channel["id"], member=bot, deny=["view_channel"], wait_s=0
    )
    assert await api.code("DELETE", path) == (403, 50001)
    assert await api.code("GET", path) == (403, 50001)
    assert await api.code("POST", f"{path}/messages", {"content": "x"}) == (403, 50001)


async def test_creating_needs_manage_channels(api: Api, control: AsyncControlClient) -> None:
    without = INVITE & ~BITS["manage_channels"]
    await control.admin("set_bot_permissions", permissions=str(without), wait_s=0)
    assert await api.code("POST", f"/guilds/{api.guild}/channels", {"name": "x"}) == (403, 50013)


async def test_a_deleted_role_takes_its_overwrites_along(
    api: Api, sandbox: Sandbox, control: AsyncControlClient
) -> None:
    channel = await new_channel(api, permission_overwrites=ticket_overwrites(sandbox))
    role = str(sandbox.guild.roles["Support"])
    await control.admin("delete_role", role="Support", wait_s=0)
    _, after = await api("GET", f"/channels/{channel['id']}")
    assert role not in [o["id"] for o in after["permission_overwrites"]]

"""A real disnake bot lives through the beginning of a ticket."""

from __future__ import annotations

import disnake

from ogma.sandbox.control_client import AsyncControlClient

from .bot import ProbeBot
from .conftest import Start

VIEW = disnake.PermissionOverwrite(view_channel=True, send_messages=True, read_message_history=True)


async def test_a_bot_starts_and_knows_the_guild(bot: ProbeBot) -> None:
    assert bot.user is not None
    assert bot.user.name == "Ogma"
    assert bot.desk.owner is not None
    assert bot.desk.owner.name == "omar"
    assert {m.name for m in bot.desk.members} == {
        "alice", "bob", "carol", "sam", "sue", "bill", "mia", "omar", "stan", "Ogma",
    }  # fmt: skip
    assert [c.name for c in bot.desk.text_channels] == [
        "open-a-ticket", "staff-review", "ticket-transcripts", "learned-tips", "general",
    ]  # fmt: skip
    assert [c.name for c in bot.desk.categories] == ["General Tickets", "Billing Tickets"]


async def test_commands_are_synced_and_used(start_bot: Start, control: AsyncControlClient) -> None:
    def prepare(bot: ProbeBot) -> None:
        @bot.slash_command(description="Says hello")
        async def hello(inter: disnake.GuildCommandInteraction, name: str) -> None:
            await inter.response.send_message(f"Hello {name}", ephemeral=True)

    await start_bot(prepare)
    answer = await control.command("alice", "general", "hello", {"name": "world"})
    assert answer["ack"] == "reply"
    assert answer["ephemeral"] is True
    assert answer["reply"]["content"] == "Hello world"


async def test_a_message_reaches_the_bot(bot: ProbeBot, control: AsyncControlClient) -> None:
    await control.message("alice", "general", "good morning")
    message = await bot.event("message")
    assert message.content == "good morning"
    assert message.author.name == "alice"


async def test_a_click_opens_a_private_channel(bot: ProbeBot, control: AsyncControlClient) -> None:
    async def opened(inter: disnake.MessageInteraction) -> None:
        await inter.response.defer(ephemeral=True, with_message=True)
        channel = await bot.desk.create_text_channel(
            "ticket alice",
            category=disnake.utils.get(bot.desk.categories, name="General Tickets"),
            topic="ticket:1",
            overwrites={
                bot.desk.default_role: disnake.PermissionOverwrite(view_channel=False),
                inter.author: VIEW,
                disnake.utils.get(bot.desk.roles, name="Support"): VIEW,
                bot.desk.me: VIEW,
            },
        )
        await inter.edit_original_response(f"Opened {channel.mention}")

    bot.on_component = opened
    panel = await bot.channel_named("open-a-ticket").send(
        embed=disnake.Embed(title="How can we help?"),
        components=disnake.ui.Button(label="Open", custom_id="open:general"),
    )
    answer = await control.click("alice", "open:general", str(panel.id))
    assert answer["ack"] == "deferred"
    assert answer["ephemeral"] is True
    assert answer["reply"]["content"].startswith("Opened <#")
    for name, sees in {"alice": True, "bob": False, "sam": True, "bill": False}.items():
        names = [channel["name"] for channel in await control.visible(name)]
        assert ("ticket-alice" in names) is sees, name

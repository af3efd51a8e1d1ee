"""Interactions: acknowledged in time and once, modals, edits, follow-ups, choices, commands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import disnake
import pytest
from disnake.ext import commands

from ogma.sandbox.control_client import AsyncControlClient, ControlError
from ogma.sandbox.server import Sandbox

from .bot import ProbeBot
from .conftest import Api, Start


@pytest.fixture
async def panel(bot: ProbeBot) -> str:
    """The id of a message with a button `go` and a menu `pick`."""
    message = await bot.channel_named("general").send(
        "Panel",
        components=[
            disnake.ui.Button(label="Go", custom_id="go"),
            disnake.ui.StringSelect(custom_id="pick", options={"Red": "r", "Blue": "b"}),
        ],
    )
    return str(message.id)


# --- acknowledging ---


async def test_no_answer_within_three_seconds_fails(
    bot: ProbeBot, panel: str, sandbox: Sandbox, control: AsyncControlClient
) -> None:
    sandbox.world.ack_s = 0.3

    async def late(inter: disnake.MessageInteraction) -> None:
        await asyncio.sleep(0.5)
        await inter.response.send_message("too late")

    bot.on_component = late
    answer = await control.click("alice", "go", panel)
    assert (answer["ack"], answer["error"]) == (None, "interaction failed")
    async with asyncio.timeout(5):
        while not bot.failures:
            await asyncio.sleep(0.01)
    assert bot.failures == [10062]


async def test_less_time_to_wait_is_no_failure(
    bot: ProbeBot, panel: str, control: AsyncControlClient
) -> None:
    answer = await control.click("alice", "go", panel, wait_s=0.1)
    assert answer["ack"] is None
    assert "error" not in answer


async def test_without_a_bot_the_interaction_fails(
    sandbox: Sandbox, api: Api, control: AsyncControlClient
) -> None:
    sandbox.world.ack_s = 0.1
    go = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}
    body = {"content": "c", "components": [{"type": 1, "components": [go]}]}
    general = sandbox.guild.channels["general"]
    _, message = await api("POST", f"/channels/{general}/messages", body)
    answer = await control.click("alice", "go", message["id"])
    assert answer["error"] == "interaction failed"


async def test_a_second_answer_is_refused(
    bot: ProbeBot, panel: str, control: AsyncControlClient
) -> None:
    async def twice(inter: disnake.MessageInteraction) -> None:
        await inter.response.send_message("one")
        inter.response._response_type = None
        await inter.response.send_message("two")

    bot.on_component = twice
    answer = await control.click("alice", "go", panel)
    assert answer["reply"]["content"] == "one"
    assert bot.failures == [40060]


async def test_the_token_ends_after_fifteen_minutes(
    bot: ProbeBot, panel: str, sandbox: Sandbox, control: AsyncControlClient
) -> None:
    async def answered(inter: disnake.MessageInteraction) -> None:
        await inter.response.defer(ephemeral=True, with_message=True)
        sandbox.world.token_s = 0
        await inter.edit_original_response("late")

    bot.on_component = answered
    await control.click("alice", "go", panel)
    assert bot.failures == [10015]


async def test_moving_the_clock_expires_no_interaction(
    bot: ProbeBot, panel: str, control: AsyncControlClient
) -> None:
    async def answered(inter: disnake.MessageInteraction) -> None:
        await inter.response.defer(ephemeral=True, with_message=True)
        await control.clock(3600, wait_s=0)
        await inter.edit_original_response("still here")

    bot.on_component = answered
    assert (await control.click("alice", "go", panel))["reply"]["content"] == "still here"


async def test_a_token_is_no_use_before_the_answer(
    bot: ProbeBot, panel: str, sandbox: Sandbox, control: AsyncControlClient, api: Api
) -> None:
    answer = await control.click("alice", "go", panel, wait_s=0)
    token = sandbox.world.interactions[int(answer["interaction"])].token
    path = f"/webhooks/{sandbox.world.application_id}/{token}"
    assert await api.code("POST", path, {"content": "early"}) == (404, 10015)


async def test_an_empty_answer_leaves_the_interaction_open(
    bot: ProbeBot, panel: str, control: AsyncControlClient
) -> None:
    async def empty(inter: disnake.MessageInteraction) -> None:
        with pytest.raises(disnake.HTTPException) as caught:
            await inter.response.send_message("")
        assert caught.value.code == 50006
        await inter.response.send_message("better")

    bot.on_component = empty
    assert (await control.click("alice", "go", panel))["reply"]["content"] == "better"


# --- kinds of answers ---


async def test_an_ephemeral_reply_is_the_clickers_alone(
    bot: ProbeBot, panel: str, control: AsyncControlClient
) -> None:
    async def whispered(inter: disnake.MessageInteraction) -> None:
        await inter.response.send_message(
            "psst", ephemeral=True, components=disnake.ui.Button(label="More", custom_id="more")
        )

    bot.on_component = whispered
    answer = await control.click("alice", "go", panel)
    assert (answer["ack"], answer["ephemeral"]) == ("reply", True)
    shown = next(c for c in (await control.state())["channels"] if c["name"] == "general")
    assert [m["content"] for m in shown["messages"]] == ["Panel"]
    assert (await control.click("alice", "more", answer["reply"]["id"]))["ack"] == "reply"
    with pytest.raises(ControlError) as caught:
        await control.click("bob", "more", answer["reply"]["id"])
    assert caught.value.code == 10008


async def test_deferred_edited_and_followed_up(
    bot: ProbeBot, panel: str, control: AsyncControlClient
) -> None:
    async def slow(inter: disnake.MessageInteraction) -> None:
        await inter.response.defer(ephemeral=True, with_message=True)
        await inter.edit_original_response("done")
        await inter.followup.send("and more", ephemeral=True)

    bot.on_component = slow
    answer = await control.click("alice", "go", panel)
    assert (answer["ack"], answer["ephemeral"]) == ("deferred", True)
    assert answer["reply"]["content"] == "done"
    assert [message["content"] for message in answer["followups"]] == ["and more"]


async def test_the_clicked_message_is_updated(
    bot: ProbeBot, panel: str, control: AsyncControlClient
) -> None:
    async def updated(inter: disnake.MessageInteraction) -> None:
        await inter.response.edit_message("Claimed", components=None)

    bot.on_component = updated
    answer = await control.click("alice", "go", panel)
    assert answer["ack"] == "update"
    assert (answer["reply"]["id"], answer["reply"]["content"]) == (panel, "Claimed")
    with pytest.raises(ControlError) as caught:
        await control.click("alice", "go", panel)
    assert caught.value.code == 50035


async def test_a_modal_is_filled_in_and_submitted(
    bot: ProbeBot, panel: str, control: AsyncControlClient
) -> None:
    got: dict[str, Any] = {}

    async def ask(inter: disnake.MessageInteraction) -> None:
        await inter.response.send_modal(
            title="Intake",
            custom_id="intake",
            components=[
                disnake.ui.TextInput(label="Subject", custom_id="subject", max_length=20),
                disnake.ui.Label(
                    "Details", disnake.ui.TextInput(custom_id="details", required=False)
                ),
                disnake.ui.Label(
                    "Colour", disnake.ui.StringSelect(custom_id="colour", options=["red", "blue"])
                ),
                disnake.ui.Label("Log", disnake.ui.FileUpload(custom_id="log", required=False)),
            ],
        )

    async def take(inter: disnake.ModalInteraction) -> None:
        got.update(inter.resolved_values)
        got["bytes"] = await inter.resolved_values["log"][0].read()
        await inter.response.send_message("thanks", ephemeral=True)

    bot.on_component, bot.on_form = ask, take
    asked = await control.click("alice", "go", panel)
    assert asked["ack"] == "modal"
    assert asked["modal"]["title"] == "Intake"
    number = asked["interaction"]
    values = {
        "subject": "It broke",
        "colour": ["red"],
        "log": [{"name": "log.txt", "text": "boom"}],
    }
    for wrong in ({"colour": "red"}, {**values, "subject": "s" * 21}, {**values, "other": "x"}):
        with pytest.raises(ControlError) as caught:
            await control.modal("alice", number, wrong)
        assert caught.value.code == 50035
    with pytest.raises(ControlError):
        await control.modal("bob", number, values)
    answer = await control.modal("alice", number, values)
    assert answer["reply"]["content"] == "thanks"
    assert (got["subject"], got["details"], got["bytes"]) == ("It broke", "", b"boom")
    assert list(got["colour"]) == ["red"]
    with pytest.raises(ControlError):
        await control.modal("alice", number, values)


async def test_values_are_chosen_in_a_menu(
    bot: ProbeBot, panel: str, control: AsyncControlClient
) -> None:
    async def chosen(inter: disnake.MessageInteraction) -> None:
        await inter.response.send_message(f"You chose {inter.values}")

    bot.on_component = chosen
    answer = await control.select("alice", "pick", ["Blue"], panel)
    assert answer["reply"]["content"] == "You chose ['b']"
    for wrong in (["green"], [], ["r", "b"]):
        with pytest.raises(ControlError) as caught:
            await control.select("alice", "pick", wrong, panel)
        assert caught.value.code == 50035


async def test_people_are_chosen_in_a_menu(bot: ProbeBot, control: AsyncControlClient) -> None:
    async def chosen(inter: disnake.MessageInteraction) -> None:
        await inter.response.send_message(" ".join(u.name for u in inter.resolved_values))

    bot.on_component = chosen
    menu = disnake.ui.UserSelect(custom_id="who", max_values=2)
    await bot.channel_named("general").send("Who?", components=menu)
    answer = await control.select("sam", "who", ["alice", "bob"])
    assert answer["reply"]["content"] == "alice bob"


async def test_a_button_in_a_direct_message_is_pressed(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    async def rated(inter: disnake.MessageInteraction) -> None:
        await inter.response.edit_message("Thank you", components=None)

    bot.on_component = rated
    alice = disnake.utils.get(bot.desk.members, name="alice")
    assert alice is not None
    await alice.send("?", components=disnake.ui.Button(label="Helpful", custom_id="csat:1:yes"))
    answer = await control.click("alice", "csat:*:yes")
    assert answer["ack"] == "update"
    assert (await control.state())["dms"]["alice"]["messages"][0]["content"] == "Thank you"


async def test_who_does_not_see_the_message_cannot_click(
    bot: ProbeBot, control: AsyncControlClient
) -> None:
    button = disnake.ui.Button(label="Claim", custom_id="claim")
    message = await bot.channel_named("staff-review").send("Item", components=button)
    with pytest.raises(ControlError) as caught:
        await control.click("alice", "claim", str(message.id))
    assert (caught.value.status, caught.value.code) == (403, 50001)


async def test_a_button_is_found_by_its_label(
    bot: ProbeBot, panel: str, control: AsyncControlClient
) -> None:
    async def hello(inter: disnake.MessageInteraction) -> None:
        await inter.response.send_message(inter.component.custom_id)

    bot.on_component = hello
    assert (await control.click("alice", "Go"))["reply"]["content"] == "go"


# --- slash commands ---


@pytest.fixture
async def commanded(start_bot: Start) -> AsyncIterator[ProbeBot]:
    def prepare(bot: ProbeBot) -> None:
        @bot.slash_command(
            description="Closes",
            default_member_permissions=disnake.Permissions(manage_channels=True),
        )
        async def close(
            inter: disnake.GuildCommandInteraction,
            reason: str = commands.Param(choices=["resolved", "spam"]),
            note: str = commands.Param(default="", max_length=5),
            who: disnake.Member | None = None,
        ) -> None:
            name = who.name if who else "nobody"
            await inter.response.send_message(f"{reason}/{note}/{name}")

        @bot.slash_command(description="Groups")
        async def queue(inter: disnake.GuildCommandInteraction) -> None: ...

        @queue.sub_command(description="Lists")
        async def mine(inter: disnake.GuildCommandInteraction, page: int = 1) -> None:
            await inter.response.send_message(f"page {page}")

        @bot.slash_command(description="Macros")
        async def macro(inter: disnake.GuildCommandInteraction, name: str) -> None: ...

        @macro.autocomplete("name")
        async def names(inter: disnake.GuildCommandInteraction, typed: str) -> list[str]:
            return [f"{typed}-1", f"{typed}-2"]

    yield await start_bot(prepare)


async def test_options_are_filled_in(commanded: ProbeBot, control: AsyncControlClient) -> None:
    options = {"reason": "spam", "note": "bye", "who": "bob"}
    answer = await control.command("mia", "general", "close", options)
    assert answer["reply"]["content"] == "spam/bye/bob"
    answer = await control.command("alice", "general", "queue mine", {"page": 3})
    assert answer["reply"]["content"] == "page 3"


@pytest.mark.parametrize(
    "options",
    [{}, {"reason": "other"}, {"reason": "spam", "note": "too long"}, {"reason": "spam", "x": 1}],
)
async def test_options_that_do_not_fit_are_refused(
    commanded: ProbeBot, control: AsyncControlClient, options: dict[str, Any]
) -> None:
    with pytest.raises(ControlError) as caught:
        await control.command("mia", "general", "close", options)
    assert caught.value.code == 50035


async def test_commands_are_offered_by_permission(
    commanded: ProbeBot, control: AsyncControlClient
) -> None:
    """C1: who lacks Manage Channels is not offered /close; `force` tests the bot's own gate."""
    options = {"reason": "spam"}
    with pytest.raises(ControlError) as caught:
        await control.command("alice", "general", "close", options)
    assert (caught.value.status, caught.value.code) == (403, 50013)
    assert (await control.command("alice", "general", "close", options, force=True))["ack"]
    assert (await control.command("omar", "general", "close", options))["ack"] == "reply"


async def test_an_unknown_command_is_refused(
    commanded: ProbeBot, control: AsyncControlClient
) -> None:
    with pytest.raises(ControlError) as caught:
        await control.command("alice", "general", "nothing")
    assert caught.value.code == 10063
    with pytest.raises(ControlError) as caught:
        await control.command("alice", "general", "queue theirs")
    assert caught.value.code == 50035


async def test_an_option_completes_itself(commanded: ProbeBot, control: AsyncControlClient) -> None:
    answer = await control.autocomplete("alice", "general", "macro", {"name": "hi"})
    assert [choice["value"] for choice in answer["choices"]] == ["hi-1", "hi-2"]


async def test_fifty_clicks_at_once_are_all_answered(
    bot: ProbeBot, panel: str, control: AsyncControlClient
) -> None:
    async def counted(inter: disnake.MessageInteraction) -> None:
        await inter.response.send_message("one of many", ephemeral=True)

    bot.on_component = counted
    clicks = [control.click("alice", "go", panel) for _ in range(50)]
    answers = await asyncio.gather(*clicks)
    assert {answer["ack"] for answer in answers} == {"reply"}
    assert len({answer["interaction"] for answer in answers}) == 50


def test_the_deadlines_are_discords(tmp_path: Path) -> None:
    world = Sandbox(folder=tmp_path).world
    assert (world.ack_s, world.token_s) == (3.0, 900.0)

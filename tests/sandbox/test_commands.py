"""Application commands: Discord's rules and the routes for single ones."""

from __future__ import annotations

from typing import Any

import disnake
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.sandbox.commands import valid_name
from ogma.sandbox.server import Sandbox

from .bot import ProbeBot
from .conftest import Api


def command(name: str = "close", **fields: Any) -> dict[str, Any]:
    return {"name": name, "description": "Does it", **fields}


def option(name: str, **fields: Any) -> dict[str, Any]:
    return {"type": 3, "name": name, "description": "An option", **fields}


LONG = [{"name": "n" * 100, "value": "v" * 100}] * 2


@pytest.fixture
def path(sandbox: Sandbox) -> str:
    return f"/applications/{sandbox.world.application_id}/guilds/{sandbox.guild.id}/commands"


@pytest.mark.parametrize("name", ["close", "re-open", "o_k", "größe", "中文", "a" * 32, "it's"])
def test_names_that_discord_takes(name: str) -> None:
    assert valid_name(name)


@pytest.mark.parametrize("name", ["", "Close", "two words", "a" * 33, "dot.dot", None, "/x"])
def test_names_that_discord_refuses(name: object) -> None:
    assert not valid_name(name)


@given(st.text(alphabet=" !.,/\\\n\t@#", min_size=1))
def test_punctuation_is_never_a_name(name: str) -> None:
    assert not valid_name(name)


def test_menu_commands_may_have_spaces_and_capitals() -> None:
    assert valid_name("Open a Ticket", kind=2)


@pytest.mark.parametrize(
    ("commands", "code"),
    [
        ([command("Close")], 50035),
        ([command(description="")], 50035),
        ([command(description="d" * 101)], 50035),
        ([command(), command()], 50035),
        ([command(f"c{n}") for n in range(101)], 30032),
        ([command(options=[option(f"o{n}") for n in range(26)])], 50035),
        ([command(options=[option("a"), option("b", required=True)])], 50035),
        ([command(options=[option("A")])], 50035),
        ([command(options=[option("a", choices=[{"name": "n", "value": "v"}] * 26)])], 50035),
        ([command(options=[option(f"o{n}", choices=LONG) for n in range(20)])], 50035),
    ],
)
async def test_bad_commands_are_refused(api: Api, path: str, commands: Any, code: int) -> None:
    assert await api.code("PUT", path, list(commands)) == (400, code)


async def test_a_hundred_commands_pass(api: Api, path: str) -> None:
    status, registered = await api("PUT", path, [command(f"c{n}") for n in range(100)])
    assert (status, len(registered)) == (200, 100)
    assert await api.code("POST", path, command("one-more")) == (400, 30032)


async def test_single_commands_are_added_changed_and_removed(api: Api, path: str) -> None:
    status, first = await api("POST", path, command("one"))
    assert status == 201
    _, second = await api("POST", path, command("two"))
    status, again = await api("POST", path, command("one", description="Better"))
    assert (status, again["id"]) == (200, first["id"])
    status, renamed = await api("PATCH", f"{path}/{first['id']}", {"name": "uno"})
    assert (status, renamed["id"], renamed["description"]) == (200, first["id"], "Better")
    assert (await api("GET", f"{path}/{first['id']}"))[1]["name"] == "uno"
    assert await api.code("PATCH", f"{path}/{first['id']}", {"name": "Uno"}) == (400, 50035)
    assert await api.code("PATCH", f"{path}/{first['id']}", {"name": "two"}) == (400, 50035)
    assert (await api("DELETE", f"{path}/{second['id']}"))[0] == 204
    assert [c["name"] for c in (await api("GET", path))[1]] == ["uno"]
    assert await api.code("DELETE", f"{path}/{second['id']}") == (404, 10063)


async def test_the_commands_of_another_application_are_out_of_reach(api: Api) -> None:
    assert await api.code("PUT", "/applications/1/commands", []) == (403, 20012)


async def test_disnake_reads_its_commands_back(bot: ProbeBot) -> None:
    made = await bot.create_guild_command(
        bot.guild_id,
        disnake.SlashCommand("probe", "Probes", options=[disnake.Option("x", "An x")]),
    )
    assert made.version > 0
    fetched = await bot.fetch_guild_commands(bot.guild_id)
    assert [found.name for found in fetched] == ["probe"]
    await bot.delete_guild_command(bot.guild_id, made.id)
    assert await bot.fetch_guild_commands(bot.guild_id) == []

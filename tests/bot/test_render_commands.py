"""Every word about our commands comes from the catalogue."""

from __future__ import annotations

import importlib
import pkgutil

import disnake
import pytest
from disnake.ext import commands

import ogma.bot
from ogma.bot.render.commands import describe
from ogma.texts import load


class Sample(commands.Cog):
    """One command with an option of each kind."""

    @commands.slash_command(name="close", description="in code")
    async def close(
        self,
        inter: disnake.ApplicationCommandInteraction[commands.InteractionBot],
        reason: str = commands.Param(
            description="in code", choices=[disnake.OptionChoice("in code", "spam")]
        ),
        note: str = commands.Param(default="", description="in code"),
    ) -> None:
        """Never run."""


def our_commands() -> list[commands.InvokableSlashCommand]:
    """The slash commands of every cog in ogma.bot."""
    for module in pkgutil.walk_packages(ogma.bot.__path__, "ogma.bot."):
        importlib.import_module(module.name)
    found = []
    for cog in commands.Cog.__subclasses__():
        if cog.__module__.startswith("ogma."):
            found += [
                command
                for command in cog.__cog_app_commands__
                if isinstance(command, commands.InvokableSlashCommand)
            ]
    return found


def test_words_come_from_the_catalogue() -> None:
    command = Sample().get_slash_commands()[0]
    describe([command], load("de", {"command.close.note": "Notiz fürs Protokoll"}))
    body = command.body.to_dict()
    assert body["description"] == (
        "Dieses Ticket schließen: Gespräch speichern, dann den Kanal löschen"
    )
    reason, note = body["options"]
    assert reason["description"] == "Warum das Ticket geschlossen wird"
    assert [(one["name"], one["value"]) for one in reason["choices"]] == [("Spam", "spam")]
    assert note["description"] == "Notiz fürs Protokoll"


def test_a_command_without_texts_is_a_fault_of_the_code() -> None:
    command = Sample().get_slash_commands()[0]
    command.body.name = "unheard-of"
    with pytest.raises(KeyError, match=r"command\.unheard-of\.description"):
        describe([command], load())


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_command_has_its_texts(language: str) -> None:
    found = our_commands()
    assert {"claim", "unclaim", "close"} <= {command.name for command in found}
    describe([command.copy() for command in found], load(language))

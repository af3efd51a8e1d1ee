"""What Discord says about our commands, from the catalogue instead of the code."""

from __future__ import annotations

from collections.abc import Iterable

from disnake.app_commands import OptionChoice, SlashCommand
from disnake.ext.commands import InvokableSlashCommand

from ogma.texts import Texts

_CHOICES = {
    "reason": "close_reason",
    "level": "priority",
    "filter": "queue.filter",
    "view": "archive_view",
    "format": "archive_format",
}
"""Options with fixed choices, and the table of the catalogue that names them by their value."""


def describe(commands: Iterable[InvokableSlashCommand], texts: Texts) -> None:
    """Give commands, options and choices their words, before Discord is told of them.

    `command.NAME.description` and `command.NAME.OPTION`. Raises KeyError where one is missing.
    """
    for command in commands:
        _describe(command.body, texts)


def _describe(command: SlashCommand, texts: Texts) -> None:
    command.description = texts(f"command.{command.name}.description")
    for option in command.options:
        option.description = texts(f"command.{command.name}.{option.name}")
        if table := _CHOICES.get(option.name):
            option.choices = [
                OptionChoice(texts(f"{table}.{choice.value}"), choice.value)
                for choice in option.choices
            ]

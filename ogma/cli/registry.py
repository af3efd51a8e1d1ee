"""Every command and group of `ogma`: the one table that help and dispatch are made from.

A module named here is imported only when its command is called. A group's module exposes
`app`, a `typer.Typer`; a single command's module exposes `command`, a plain function with
Typer's annotations.
"""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """One line of `ogma --help`."""

    name: str
    module: str
    help: str


COMMANDS: tuple[Entry, ...] = (
    Entry("init", "ogma.cli.init", "Write a config, keep the token, print the invite link."),
)

GROUPS: tuple[Entry, ...] = (
    Entry("config", "ogma.cli.config", "Show, change and check the config."),
)

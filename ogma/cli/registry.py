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
    Entry("run", "ogma.cli.run", "Run the bot on this data folder."),
    Entry("status", "ogma.cli.status", "Show whether the bot runs, what waits, what failed."),
    Entry("insights", "ogma.cli.insights", "Show how the desk is doing, also as a page."),
    Entry("doctor", "ogma.cli.doctor", "Check everything, and say how to fix what is wrong."),
    Entry("sandbox", "ogma.cli.sandbox", "Try everything against a Discord on this machine."),
    Entry("rehearse", "ogma.cli.rehearse", "Play scenarios with your config and check them."),
)

GROUPS: tuple[Entry, ...] = (
    Entry("setup", "ogma.cli.setup", "Make the server's channels, or see what would be made."),
    Entry("config", "ogma.cli.config", "Show, change and check the config."),
    Entry("kb", "ogma.cli.kb", "Fill, search and try the knowledge base."),
    Entry("tickets", "ogma.cli.tickets", "List, explain, export, verify and close tickets."),
    Entry("flags", "ogma.cli.flags", "List quality flags, and resolve them."),
    Entry("team", "ogma.cli.team", "List the team; take somebody out of the assignment, and in."),
    Entry("block", "ogma.cli.block", "Let members open no more tickets, or lift that."),
    Entry("tips", "ogma.cli.tips", "Show and change what Ogma has learned."),
    Entry("macros", "ogma.cli.macros", "List the prepared replies of the config."),
    Entry("rules", "ogma.cli.rules", "List the rules of the config, and try them."),
    Entry("webhooks", "ogma.cli.webhooks", "List webhooks, and send them a test."),
    Entry("tools", "ogma.cli.tools", "List tools for live facts, and try them."),
    Entry("jobs", "ogma.cli.jobs", "List the bot's work on Discord; retry or cancel it."),
    Entry("data", "ogma.cli.data", "Back up, restore and check what is kept."),
    Entry("models", "ogma.cli.models", "List, fetch and check the models."),
)

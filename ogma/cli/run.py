"""`ogma run`: the bot itself, in the foreground."""

from __future__ import annotations

import os
import signal
import sys
import threading
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ogma import logs
from ogma.cli.context import Context
from ogma.cli.kb_search import NO_MODEL
from ogma.cli.output import Verbosity
from ogma.domain.policies import Settings
from ogma.domain.redaction import mask_secrets
from ogma.errors import ConfigError
from ogma.settings.last_good import Opened, kept, open_config
from ogma.settings.locations import make_private_folder
from ogma.settings.token import VARIABLE, load_token, token_path

LOG_FILE = "ogma.log"


class ClockSource(StrEnum):
    """Whose time tickets live by."""

    MACHINE = "machine"
    SERVER = "server"


def command(
    ctx: typer.Context,
    discord_api: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Another server that speaks Discord's API."),
    ] = None,
    clock: Annotated[
        ClockSource, typer.Option(help="Whose time counts; 'server' follows its Date.")
    ] = ClockSource.MACHINE,
    last_good: Annotated[
        bool,
        typer.Option("--last-good", help="Start with the last good config if it is not valid."),
    ] = False,
    stop_with_stdin: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Run the bot until it is stopped by Ctrl-C or SIGTERM."""
    from ogma.app import build
    from ogma.bot.client import run
    from ogma.services.reload import Follower

    context: Context = ctx.obj
    opened = _open(context, last_good=last_good)
    settings = opened.settings
    token = load_token(settings.discord.token_file, context.data, context.environ)
    make_private_folder(context.data)
    _log(context, settings)
    if stop_with_stdin:
        threading.Thread(target=_stop_when_stdin_ends, daemon=True).start()
    app = build(settings, context.data, context.models)
    if not app.knowledge.has_model:
        context.output.warning(NO_MODEL)
    context.output.note(f"Ogma runs on {context.data}; Ctrl-C stops it.")
    follower = Follower(
        app.live, opened, context.config, context.data, _token_file(context, opened)
    )
    try:
        run(
            app,
            token.reveal(),
            api=discord_api,
            follow_server_clock=clock is ClockSource.SERVER,
            config=follower,
        )
    finally:
        app.close()
        logs.finish()


def _open(context: Context, *, last_good: bool) -> Opened:
    """The config to start with; raises ConfigError, after saying that a good copy is there."""
    try:
        opened = open_config(context.config, context.data, last_good=last_good)
    except ConfigError:
        if not last_good and kept(context.data) is not None:
            context.output.note(
                "A copy of the config that was last in use is kept;"
                " 'ogma run --last-good' starts with it."
            )
        raise
    if opened.found.error is not None:
        for problem in opened.found.problems:
            context.output.warning(problem)
        context.output.warning("The config is not valid; this start uses the last good one.")
    return opened


def _token_file(context: Context, opened: Opened) -> Path | None:
    """The file that the token came from, None where it is the environment's."""
    if context.environ.get(VARIABLE, "").strip():
        return None
    return token_path(opened.settings.discord.token_file, context.data)


def _log(context: Context, settings: Settings) -> None:
    verbose = context.output.verbosity >= Verbosity.VERBOSE
    quiet = context.output.verbosity <= Verbosity.QUIET
    level = "debug" if verbose else "warning" if quiet else settings.logging.level
    logs.configure(
        level,
        json_lines=settings.logging.json_lines,
        file=context.data / "logs" / LOG_FILE,
        mask=lambda line: mask_secrets(line).text,
        aside=True,
    )


def _stop_when_stdin_ends() -> None:
    """For a parent that may die without a word: its end of the pipe goes with it.

    Not through the buffer: its lock would be held when the interpreter ends, which is fatal.
    """
    while os.read(sys.stdin.fileno(), 4096):
        continue
    os.kill(os.getpid(), signal.SIGTERM)

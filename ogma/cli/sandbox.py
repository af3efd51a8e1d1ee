"""`ogma sandbox`: the real bot against a Discord on this machine (R1)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from ogma.cli import scenario
from ogma.cli.context import Context
from ogma.cli.keyboard import Keyboard
from ogma.cli.narrator import Narrator
from ogma.cli.output import Output
from ogma.cli.play import Player
from ogma.cli.stage import Stage, need_extra, port_in_use
from ogma.errors import UsageError
from ogma.package_data import sample_dir

FIRST_TICKET = Path("scenarios") / "first-ticket.toml"


def command(
    ctx: typer.Context,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Of the server; 0 takes any free one.")
    ] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Open no page in the browser.")
    ] = False,
    serve_only: Annotated[
        bool, typer.Option("--serve-only", help="Only the server; prints one JSON line when ready.")
    ] = False,
    ollama: Annotated[
        bool, typer.Option("--ollama", help="Answer with a made-up model instead of quoting.")
    ] = False,
    once: Annotated[
        bool, typer.Option("--once", help="End after the first ticket has been played.")
    ] = False,
) -> None:
    """Play a ticket's whole life with the real bot, then be a customer yourself.

    Needs no token, no network and no model; everything happens on a fresh data folder.
    """
    context: Context = ctx.obj
    need_extra()
    if serve_only:
        if once or ollama:
            raise UsageError("--serve-only is the server alone; it goes without --once, --ollama.")
        _serve(port)
        return
    del no_browser  # there is no page yet that could be opened
    with Stage.open(port) as stage:
        try:
            _play(context.output, stage, ollama=ollama)
            if not once:
                Keyboard(context.output, stage, _typed()).run()
        finally:
            context.output.note(
                f"Everything is kept in {stage.folder}. To look into it, for example:\n"
                f"  ogma --config {stage.config} --data {stage.data} tickets why 1"
            )


def _serve(port: int) -> None:
    """The server in this process, until SIGINT or SIGTERM."""
    import asyncio

    from ogma.sandbox.server import serve

    try:
        asyncio.run(serve(port, sys.stdout))
    except OSError as failed:
        raise port_in_use(failed) from failed


def _play(output: Output, stage: Stage, *, ollama: bool) -> None:
    """Start everything, and let the first ticket live."""
    output.note("Reading the sample knowledge base ...")
    if ollama:
        stage.use_ollama()
    stage.ingest(sample_dir() / "knowledge")
    output.note("Starting the bot ...")
    stage.start_bot()
    played = scenario.load(sample_dir() / FIRST_TICKET)
    output.text(played.title, "bold")
    Player(stage, Narrator(output)).play(played)
    output.text()
    for transcript in sorted(stage.data.glob("transcripts/*/transcript.html")):
        output.text(f"The transcript: {transcript}")


def _typed() -> Iterator[str]:
    """Lines from the keyboard or a pipe, until there are no more."""
    while line := sys.stdin.readline():
        yield line

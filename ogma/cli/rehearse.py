"""`ogma rehearse`: scenarios against the real bot, with the owner's config (R3)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ogma.cli import scenario
from ogma.cli.context import Context
from ogma.cli.narrator import Narrator
from ogma.cli.options import Json
from ogma.cli.output import Output, Verbosity
from ogma.cli.owners_config import mapped
from ogma.cli.play import Audience, Differs, Player
from ogma.cli.scenario import Scenario, Step
from ogma.cli.stage import Stage, need_extra
from ogma.package_data import sample_dir
from ogma.settings import load
from ogma.settings.load import read


@dataclass(frozen=True, slots=True)
class Result:
    """How a scenario came out."""

    file: Path
    played: Scenario
    seconds: float
    folder: Path
    differs: Differs | None = None

    def document(self) -> dict[str, Any]:
        """For programs."""
        return {
            "file": str(self.file),
            "title": self.played.title,
            "passed": self.differs is None,
            "steps": len(self.played.steps),
            "failed_step": self.differs.step.number if self.differs else None,
            "problem": str(self.differs) if self.differs else None,
            "seconds": round(self.seconds, 1),
            "folder": str(self.folder),
        }


def command(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", show_default=False)],
    sample: Annotated[
        bool, typer.Option("--sample", help="With the sample config and knowledge base.")
    ] = False,
    json: Json = False,
) -> None:
    """Play scenarios with your config and a copy of your knowledge base, and check the outcome.

    Each one gets a sandbox of its own. With --verbose everything that happens is told.
    """
    context: Context = ctx.obj
    need_extra()
    scenarios = [(file, scenario.load(file)) for file in files]
    own = not sample and (context.config.exists() or context.locations.config_chosen)
    if own:
        _ = context.settings  # a config that is not valid is said before anything starts
    results = [_rehearse(context, file, played, own, json) for file, played in scenarios]
    failed = [result for result in results if result.differs is not None]
    if json:
        context.output.json({"scenarios": [result.document() for result in results]})
    elif len(results) > 1:
        context.output.text(f"{len(results) - len(failed)} passed, {len(failed)} failed.")
    raise typer.Exit(1 if failed else 0)


def _rehearse(context: Context, file: Path, played: Scenario, own: bool, json: bool) -> Result:
    output = context.output
    audience: Audience = Silent()
    if not json:
        output.text(played.title, "bold")
        told = output.verbosity >= Verbosity.VERBOSE
        audience = Narrator(output) if told else Steps(output)
    differs = None
    with Stage.open() as stage:
        _prepare(context, stage, own)
        stage.start_bot()
        started = time.monotonic()
        try:
            Player(stage, audience).play(played)
        except Differs as difference:
            differs = difference
        result = Result(file, played, time.monotonic() - started, stage.folder, differs)
    if not json:
        _conclude(output, result)
    return result


def _prepare(context: Context, stage: Stage, own: bool) -> None:
    """The owner's config and knowledge base in the sandbox, or the samples."""
    from ogma.services.knowledge.knowledge_copy import copy_knowledge

    if own:
        text = mapped(read(context.config), context.settings, load(stage.config), stage.make)
        stage.replace_config(text)
    if not (own and copy_knowledge(context.data, stage.data)):
        stage.ingest(sample_dir() / "knowledge", quietly=True)


def _conclude(output: Output, result: Result) -> None:
    if result.differs is None:
        output.text(f"Passed: {len(result.played.steps)} steps in {result.seconds:.0f} s.")
        return
    output.text(f"Failed. {result.differs}", "red")
    output.note(f"What happened is kept in {result.folder}, the bot's log too.")


class Silent:
    """An audience that says nothing."""

    def begins(self, step: Step, fields: Mapping[str, Any]) -> None:
        """Nothing."""

    def answered(self, step: Step, answer: Any) -> None:
        """Nothing."""

    def looks(self, state: Mapping[str, Any]) -> None:
        """Nothing."""


class Steps(Silent):
    """An audience that lists the notes of the steps as they begin."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def begins(self, step: Step, fields: Mapping[str, Any]) -> None:
        """The step's note."""
        if step.note:
            self._output.text(f"  {step.number:>3}  {step.note}")

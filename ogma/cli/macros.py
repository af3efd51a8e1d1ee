"""`ogma macros`: the replies that the team has at hand."""

from __future__ import annotations

from typing import Annotated

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.output import Column
from ogma.cli.terminal_text import one_line
from ogma.domain.macros import offered

app = typer.Typer(help="List the prepared replies of the config.")


@app.callback()
def group() -> None:
    """A group of its own, though it has one command."""


@app.command("list")
def list_(
    ctx: typer.Context,
    type_id: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="Only what is offered there.")
    ] = None,
    json: Json = False,
) -> None:
    """List the prepared replies in the order in which /macro offers them."""
    context: Context = ctx.obj
    known = context.settings.macros
    found = list(known) if type_id is None else offered(known, type_id)
    if json:
        context.output.json({"macros": [one.model_dump(mode="json") for one in found]})
        return
    columns: list[str | Column] = [Column("Macro", keep=True), "Types", "Text"]
    rows = [(one.id, ", ".join(one.types) or "all", one_line(one.text)) for one in found]
    context.output.table(columns, rows, empty="No macros; add [[macros]] to the config.")

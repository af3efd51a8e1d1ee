"""`ogma kb asked`: what was asked with /ask, outside of any ticket, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.output import Column
from ogma.cli.terminal_text import one_line
from ogma.cli.when import to_the_minute


def asked(
    ctx: typer.Context,
    days: Annotated[int, typer.Option(min=1, help="How far to look back.")] = 30,
    limit: Annotated[int, typer.Option(min=1, help="At most so many questions.")] = 20,
    json: Json = False,
) -> None:
    """List what was asked with /ask and what came of it, newest first."""
    from ogma.services import asking
    from ogma.services.visit import visit

    context: Context = ctx.obj
    desk = visit(Path(context.data), context.settings_or_defaults)
    found = asking.lately(desk, days, limit)
    if json:
        context.output.json({"questions": found})
        return
    columns: list[str | Column] = [
        Column("Asked (UTC)", keep=True),
        "Question",
        Column("Outcome", keep=True),
        "Source",
    ]
    rows = [
        (to_the_minute(one["at"]), one_line(one["question"]), _outcome(one), _source(one))
        for one in found
    ]
    context.output.table(columns, rows, empty="Nothing was asked with /ask.")
    if len(found) == limit:
        context.output.note(f"Only the newest {limit} are shown; --limit shows more.")


def _outcome(one: dict[str, Any]) -> str:
    return "answered" if one["outcome"] == "answer" else str(one["reason"] or one["outcome"])


def _source(one: dict[str, Any]) -> str | None:
    return next((str(cited["document"]) for cited in one["citations"]), None)

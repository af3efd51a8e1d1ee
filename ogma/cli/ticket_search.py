"""`ogma tickets search`: all that was said, live and archived."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.output import Column
from ogma.cli.ticket_options import Chosen, Restricted, Type
from ogma.cli.when import minute
from ogma.domain.search import END, START
from ogma.services import search as searching
from ogma.services.visit import visit

Since = Annotated[str | None, typer.Option(metavar="WHEN", help="Written at or after.")]
Until = Annotated[str | None, typer.Option(metavar="WHEN", help="Written before.")]


def search(
    ctx: typer.Context,
    query: Annotated[str, typer.Argument(help='Words, "a phrase", or the begin* of a word.')],
    rank: Annotated[bool, typer.Option("--rank", help="Best first, not newest first.")] = False,
    type_id: Type = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many messages.")] = 20,
    restricted: Restricted = False,
    json: Json = False,
) -> None:
    """Search what was said in all tickets, newest first."""
    context: Context = ctx.obj
    desk = visit(Path(context.data), context.settings_or_defaults)
    chosen = Chosen(type_id=type_id, since=since, until=until, restricted=restricted)
    found = searching.find(desk, query, chosen.filter(desk, limit=limit), ranked=rank)
    if json:
        results = [searching.document(one) for one in found]
        context.output.json({"query": query, "results": results})
        return
    columns: list[str | Column] = [
        Column("No.", right=True, keep=True),
        Column("Written (UTC)", keep=True),
        "By",
        "Text",
    ]
    rows = [(one.ticket_id, minute(one.at), one.author_name, _shown(one.excerpt)) for one in found]
    context.output.table(columns, rows, empty="Nothing was found.")
    if len(found) == limit:
        kind = "best" if rank else "newest"
        context.output.note(f"Only the {kind} {limit} are shown; --limit shows more.")


def _shown(excerpt: str) -> str:
    return " ".join(excerpt.replace(START, "[").replace(END, "]").split())

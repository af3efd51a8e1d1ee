"""`ogma flags`: what somebody should look at again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.output import Column
from ogma.cli.ticket_options import Restricted, Type
from ogma.cli.when import minute
from ogma.domain.access import OWNER
from ogma.domain.flags import FlagKind
from ogma.services import flags
from ogma.services.listing import Filter
from ogma.services.visit import visit

app = typer.Typer(help="List quality flags, and resolve them.")


@app.command("list")
def list_(
    ctx: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also the resolved ones.")] = False,
    kind: Annotated[
        list[FlagKind] | None, typer.Option(help="Only this kind; may be given several times.")
    ] = None,
    type_id: Type = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    restricted: Restricted = False,
    json: Json = False,
) -> None:
    """List quality flags, newest first: what somebody should look at again."""
    context: Context = ctx.obj
    desk = visit(Path(context.data), context.settings_or_defaults)
    wanted = Filter(type_id=type_id, limit=limit, restricted=restricted)
    kinds = [str(one) for one in kind or ()]
    found = flags.listed(desk, wanted, open_only=not every, kinds=kinds)
    if json:
        context.output.json({"flags": [flags.document(one) for one in found]})
        return
    columns: list[str | Column] = [
        Column("Id", right=True, keep=True),
        Column("Ticket", right=True, keep=True),
        Column("Kind", keep=True),
        Column("Since (UTC)", keep=True),
        "Detail",
        "Resolved by",
    ]
    rows = [
        (one.id, one.ticket_id, one.kind, minute(one.at), one.detail or None, one.resolved_by)
        for one in found
    ]
    context.output.table(columns, rows, empty="Nothing is flagged.")


@app.command()
def resolve(
    ctx: typer.Context,
    ids: Annotated[list[int], typer.Argument(metavar="ID...", help="Of `ogma flags list`.")],
    json: Json = False,
) -> None:
    """Mark flags as looked at."""
    context: Context = ctx.obj
    desk = visit(Path(context.data), context.settings_or_defaults)
    wanted = list(dict.fromkeys(ids))
    done = [one for one in wanted if flags.resolve(desk, OWNER, one) is True]
    if json:
        context.output.json({"resolved": [str(one) for one in done]})
        return
    for one in wanted:
        word = "is" if one in done else "was already"
        context.output.text(f"Flag {one} {word} resolved.")

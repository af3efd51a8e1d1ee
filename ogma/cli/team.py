"""`ogma team`: who works on tickets, and who of them is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.output import Column
from ogma.cli.terminal_text import one_line
from ogma.cli.when import minute
from ogma.domain.access import Actor, Denial
from ogma.errors import OgmaError
from ogma.services import team
from ogma.services.desk import Desk
from ogma.services.visit import visit

app = typer.Typer(help="List the team, and take somebody out of the assignment and in again.")

User = Annotated[str, typer.Argument(metavar="USER", help="Name or Discord id.")]


@app.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List everybody who holds a staff role, as far as the bot has heard."""
    context: Context = ctx.obj
    desk = visit(context.data, context.settings)
    found = team.everybody(desk)
    if json:
        context.output.json({"team": team.documents(desk, found)})
        return
    loads = team.loads(desk)
    columns: list[str | Column] = [
        Column("ID", keep=True),
        "Name",
        Column("Open tickets", right=True, keep=True),
        Column("Away since (UTC)", keep=True),
    ]
    rows = [
        (
            str(one.id),
            one_line(one.name),
            loads.get(one.id, 0),
            minute(one.away_at) if one.away_at else None,
        )
        for one in found
    ]
    empty = "Nobody of the team is known yet; the bot learns who belongs to it while it runs."
    context.output.table(columns, rows, empty=empty)


@app.command()
def away(ctx: typer.Context, user: User, json: Json = False) -> None:
    """Let a teammate be given no new tickets, as if they had said /away."""
    _set(ctx, user, team.go_away, ("gets no new tickets now", "is away already"), json)


@app.command()
def back(ctx: typer.Context, user: User, json: Json = False) -> None:
    """Let a teammate be given tickets again, as if they had said /back."""
    _set(ctx, user, team.come_back, ("gets tickets again", "was not away"), json)


def _set(
    ctx: typer.Context,
    user: str,
    act: Callable[[Desk, Actor], Denial | bool],
    words: tuple[str, str],
    json: bool,
) -> None:
    context: Context = ctx.obj
    desk = visit(context.data, context.settings)
    one = team.known(desk, user)
    outcome = act(desk, Actor(one.id, one.name, one.roles))
    if isinstance(outcome, Denial):
        raise OgmaError(f"{one.name} holds no staff role any more, so nothing was changed.")
    if json:
        context.output.json(team.documents(desk, [team.known(desk, str(one.id))])[0])
    else:
        context.output.text(f"{one.name} {words[0] if outcome else words[1]}.")

"""`ogma setup`: the server's channels, who sees them, and the panel, as a diff and in fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.setup_text import SIGNS, STYLES, document, print_plan, print_result
from ogma.domain.setup import Plan, State
from ogma.errors import OgmaError

if TYPE_CHECKING:
    from ogma.services.setup import Panel
    from ogma.settings.token import Secret

app = typer.Typer(help="Make the server's channels, or see what would be made.")

Api = Annotated[
    str | None, typer.Option(metavar="URL", help="Another server that speaks Discord's API.")
]


@app.command()
def plan(ctx: typer.Context, discord_api: Api = None, json: Json = False) -> None:
    """Show what would be made or changed on the server; change nothing."""
    from ogma.services.rest import connect
    from ogma.services.setup import survey

    context: Context = ctx.obj
    token = _token(context)
    with connect(token, context.now, api=discord_api) as rest:
        found = survey(rest, context.settings, token, _panel(context))
    if json:
        context.output.json(document(found))
    else:
        print_plan(context.output, found)
    if found.problems:
        raise typer.Exit(1)


@app.command()
def apply(ctx: typer.Context, discord_api: Api = None, json: Json = False) -> None:
    """Make and change what `setup plan` shows. Nothing is ever deleted."""
    from ogma.services import setup
    from ogma.services.rest import connect
    from ogma.settings import load

    context: Context = ctx.obj
    token, panel = _token(context), _panel(context)
    with connect(token, context.now, api=discord_api) as rest:
        before = setup.survey(rest, context.settings, token, panel)
        _refuse(context, before)
        told = []
        for done in setup.apply(rest, before, panel, context.config, _reason(context)):
            told.append({"action": done.action.value, "what": done.what})
            if not json:
                sign = SIGNS[done.action]
                context.output.text(f"{sign} {done.what}", style=STYLES[sign])
        after = setup.survey(rest, load(context.config), token, panel)
    if json:
        context.output.json({"done": told, **document(after)})
    else:
        print_result(context.output, after, changed=bool(told))
    if after.state is not State.READY:
        raise typer.Exit(1)


def is_panel(custom_id: str) -> bool:
    """Whether a component with this custom_id opens tickets."""
    from ogma.bot.custom_ids import Action, decode

    found = decode(custom_id)
    return found is not None and found.action in (Action.OPEN, Action.CHOOSE)


def _token(context: Context) -> Secret:
    from ogma.settings.token import load_token

    return load_token(context.settings.discord.token_file, context.data, context.environ)


def _refuse(context: Context, found: Plan) -> None:
    if not found.problems:
        return
    for one in found.problems:
        context.output.error(f"{one.text} {one.fix}")
    raise OgmaError("Nothing was done on the server; mend that first.")


def _panel(context: Context) -> Panel:
    from ogma.bot.render.panel import panel
    from ogma.services.setup import Panel
    from ogma.texts import load

    settings = context.settings
    texts = load(settings.language, settings.texts)
    return Panel(is_panel, panel(texts, settings.panel, settings.types).body())


def _reason(context: Context) -> str:
    """What the server's audit log says of it."""
    from ogma.bot.render.audit import audit
    from ogma.texts import load

    return audit(load(context.settings.language, context.settings.texts), "setup")

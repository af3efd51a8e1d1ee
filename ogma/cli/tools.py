"""`ogma tools`: the servers that are asked for live facts, and what they say."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.output import Column
from ogma.domain import facts
from ogma.domain.facts import Asked, Called, Status
from ogma.domain.tool_policies import ToolPolicy
from ogma.errors import ConfigError, OgmaError, Unreachable
from ogma.services.automation import tools
from ogma.services.automation.tools import Toolbox
from ogma.services.shield import masked

app = typer.Typer(help="List the tools that are asked for live facts, and try them.")


def _box(context: Context) -> Toolbox:
    return Toolbox(context.settings, context.data, context.environ)


@app.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List the tools of the config; keys are never shown, only whether there is one."""
    context: Context = ctx.obj
    box = _box(context)
    known = context.settings.tools
    if json:
        context.output.json({"tools": [_shown(box, tool) for tool in known]})
        return
    columns: list[str | Column] = [Column("Tool", keep=True), Column("On", keep=True)]
    columns += ["URL", "Asked about", "Arguments", Column("Key", keep=True)]
    rows = [
        (
            tool.id,
            tool.enabled,
            tool.url,
            "; ".join(part for part in (tool.match, ", ".join(tool.types)) if part) or "all",
            ", ".join(one.name for one in tool.arguments),
            _has_key(box, tool),
        )
        for tool in known
    ]
    context.output.table(columns, rows, empty="No tools; add [[tools]] to the config.")


def _shown(box: Toolbox, tool: ToolPolicy) -> dict[str, object]:
    return {
        "id": tool.id,
        "url": tool.url,
        "description": tool.description,
        "enabled": tool.enabled,
        "match": tool.match,
        "types": list(tool.types),
        "timeout_s": tool.timeout_s,
        "arguments": facts.schema(tool),
        "key": _has_key(box, tool),
    }


def _has_key(box: Toolbox, tool: ToolPolicy) -> bool:
    try:
        return bool(box.secret(tool))
    except ConfigError:
        return False


@app.command()
def test(
    ctx: typer.Context,
    tool_id: Annotated[str, typer.Argument(metavar="ID", help="Which tool.")],
    question: Annotated[str, typer.Option("--question", help="What a customer might ask.")],
    user: Annotated[
        int, typer.Option("--user", min=0, help="The customer's Discord id; 0: nobody's.")
    ] = 0,
    json: Json = False,
) -> None:
    """Ask a tool now as for a ticket, and show the passages that it gives."""
    context: Context = ctx.obj
    box = _box(context)
    tool = box.tool(tool_id)
    asked = Asked(None, None, user, "test", masked(question))
    values = facts.arguments(tool, asked.text)
    if not facts.fits(tool.model_copy(update={"enabled": True}), None, asked.text):
        raise OgmaError(f"The tool {tool_id} is not asked about this: its match does not fit.")
    if values is None:
        raise OgmaError(f"The tool {tool_id} is not asked: a required argument is missing.")
    called = asyncio.run(tools.call(box, tool, asked, values, context.now()))
    if called.status is Status.FAILED:
        raise Unreachable(f"The tool {tool_id} gave no facts: {called.problem}.")
    if json:
        [shown] = facts.as_record([called])
        context.output.json(shown)
    else:
        _print(context, called)


def _print(context: Context, called: Called) -> None:
    arguments = ", ".join(f"{name} = {value}" for name, value in called.arguments.items())
    context.output.text(
        f"{called.tool} answered after {called.ms:.0f} ms ({arguments or 'no arguments'})."
    )
    for one in called.facts:
        context.output.text()
        context.output.text(one.title, "bold")
        context.output.text(one.text)
    if not called.facts:
        context.output.text("It knows nothing about this.")

"""`ogma webhooks`: the servers that are told what happens, and whether they listen."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.output import Column
from ogma.errors import ConfigError, Unreachable
from ogma.services.automation import webhooks
from ogma.services.automation.webhooks import Sender, Undelivered

app = typer.Typer(help="List webhooks, and send them a test.")


@app.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List the webhooks of the config; keys are never shown, only whether there is one."""
    context: Context = ctx.obj
    sender = Sender(context.settings, context.data, context.environ)
    found = [
        {
            "id": hook.id,
            "url": hook.url,
            "enabled": hook.enabled,
            "events": list(hook.events),
            "key": _key(sender, hook.id),
        }
        for hook in context.settings.webhooks
    ]
    if json:
        context.output.json({"webhooks": found})
        return
    columns: list[str | Column] = [Column("Webhook", keep=True), Column("On", keep=True)]
    columns += ["URL", "Events", Column("Key", keep=True)]
    rows = [
        (hook.id, hook.enabled, hook.url, ", ".join(hook.events) or "all", _key(sender, hook.id))
        for hook in context.settings.webhooks
    ]
    context.output.table(columns, rows, empty="No webhooks; add [[webhooks]] to the config.")


def _key(sender: Sender, hook_id: str) -> bool:
    hook = sender.hook(hook_id)
    try:
        return hook is not None and bool(sender.secret(hook))
    except ConfigError:
        return False


@app.command()
def test(
    ctx: typer.Context,
    hook_id: Annotated[str, typer.Argument(metavar="ID", help="Which webhook.")],
    json: Json = False,
) -> None:
    """Send a signed ping now, and say what the server answers."""
    context: Context = ctx.obj
    sender = Sender(context.settings, context.data, context.environ)
    try:
        status = asyncio.run(webhooks.ping(sender, hook_id, context.now()))
    except Undelivered as failed:
        raise Unreachable(f"The webhook {hook_id} did not take the ping: {failed}") from failed
    if json:
        context.output.json({"id": hook_id, "status": status})
    else:
        context.output.text(f"{hook_id} took the ping (status {status}).")

"""`ogma status`: is the bot running, what waits, what failed."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ogma.cli.context import Context
from ogma.cli.deployment import deployment
from ogma.cli.jobs import print_jobs
from ogma.cli.options import Json
from ogma.cli.output import Output
from ogma.cli.ticket_text import counters_line
from ogma.cli.when import to_the_minute
from ogma.errors import NotFound
from ogma.services import status
from ogma.services.visit import visit


def command(
    ctx: typer.Context,
    discord_api: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Another server that speaks Discord's API."),
    ] = None,
    json: Json = False,
) -> None:
    """Show at a glance whether the bot runs, what waits for whom, and what failed."""
    context: Context = ctx.obj
    settings = context.settings_or_defaults
    document: dict[str, Any] = {
        "data": str(context.data),
        "config": str(context.config) if context.config.exists() else None,
        "bot": status.bot(context.data),
        "deployment": deployment(context, discord_api),
        "engine": status.engine(settings),
        "tickets": None,
        "jobs": None,
        "failed_jobs": [],
        "knowledge": None,
        "websites": {},
    }
    try:
        desk = visit(context.data, settings)
    except NotFound:
        desk = None
    if desk is not None:
        document |= {
            **status.queue(desk),
            "knowledge": status.knowledge_base(desk),
            "websites": status.websites(desk),
        }
    if json:
        context.output.json(document)
    else:
        _print(context.output, document)


def _print(output: Output, document: dict[str, Any]) -> None:
    output.pairs(
        {
            "Bot": _bot(document["bot"]),
            "Config": document["config"] or "none; `ogma init` writes one",
            "Data": document["data"],
            "Server": _server(document["deployment"]),
            "Engine": _engine(document["engine"]),
            "Knowledge": _knowledge(document["knowledge"]),
            **({"Websites": _websites(found)} if (found := document["websites"]) else {}),
            "Tickets": counters_line(document["tickets"]) if document["tickets"] else None,
            "Jobs": _jobs(document["jobs"]),
        }
    )
    for sentence in document["deployment"]["missing"]:
        output.text(f"  {sentence}")
    if document["tickets"] is None:
        output.text("There is no database yet; `ogma run` makes one.")
    if document["failed_jobs"]:
        output.text()
        output.text("Failed jobs; `ogma jobs retry ID` tries one again:")
        print_jobs(output, document["failed_jobs"], "")


def _bot(bot: dict[str, Any]) -> str:
    if not bot["running"]:
        return "not running"
    since = f" since {to_the_minute(bot['since'])} UTC" if bot["since"] else ""
    return f"running{since}" + (f" (process {bot['pid']} on {bot['host']})" if bot["pid"] else "")


def _server(found: dict[str, Any]) -> str:
    """How far the server is set up (S2); what is missing follows below the table."""
    if found["reason"]:
        return f"not looked at: {found['reason']}"
    name = found["server"]["name"]
    more = "" if found["state"] == "ready" else "; `ogma setup plan` shows what is missing"
    return f"{found['state'].capitalize()} ({name}){more}"


def _engine(engine: dict[str, Any]) -> str:
    where = f", {engine['model']} at {engine['url']}" if engine["url"] else ""
    return f"{engine['name']}{where}"


def _knowledge(knowledge: dict[str, Any] | None) -> str | None:
    if knowledge is None:
        return None
    if not knowledge["documents"]:
        return "empty; `ogma kb ingest PATH...` fills it"
    found = "by words and meaning" if knowledge["mode"] == "hybrid" else "by words only"
    text = f"{knowledge['documents']} documents, {knowledge['chunks']} passages, found {found}"
    if (under_way := knowledge["embedding"]) is not None:
        name = under_way["model"].partition("#")[0].rpartition(":")[0] or under_way["model"]
        text += f"; embedding with {name}: {under_way['done']} of {under_way['total']}"
    return text


def _websites(states: dict[str, int]) -> str:
    listed = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in states.items())
    return f"{listed}; `ogma kb sources list` shows them"


def _jobs(jobs: dict[str, int] | None) -> str | None:
    return ", ".join(f"{count} {state}" for state, count in jobs.items()) if jobs else None

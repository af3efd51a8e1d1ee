"""`ogma tickets`: the queue and the tickets in it, from the shell."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ogma.cli import (
    ticket_act,
    ticket_export,
    ticket_replay,
    ticket_search,
    ticket_text,
    ticket_work,
    watching,
)
from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.ticket_options import (
    As,
    Chosen,
    InQueue,
    Number,
    Restricted,
    Search,
    Since,
    Type,
    Until,
)
from ogma.domain.tickets import State, Ticket
from ogma.services import listing
from ogma.services.automation import sla
from ogma.services.desk import Desk
from ogma.services.visit import visit

app = typer.Typer(help="List, explain, export and close tickets.")


@app.command("list")
def list_(
    ctx: typer.Context,
    queue: InQueue = None,
    as_: As = None,
    type_id: Type = None,
    state: Annotated[
        list[State] | None, typer.Option(help="Only this state; may be given several times.")
    ] = None,
    since: Since = None,
    until: Until = None,
    search: Search = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    restricted: Restricted = False,
    refresh: Annotated[
        bool, typer.Option("--watch", help="Refresh every two seconds, until Ctrl-C.")
    ] = False,
    json: Json = False,
) -> None:
    """List tickets, newest first, below the counters of the queue."""
    context: Context = ctx.obj
    desk = _desk(context)
    chosen = Chosen(queue, as_, type_id, since, until, search, restricted)
    wanted = chosen.filter(desk, state, limit)
    if refresh and not json:
        watching.watch(context.output, lambda: _print(context, desk, wanted))
        return
    if json:
        counters, found = _looked_up(desk, wanted)
        documents = listing.with_due(desk, listing.ticket_documents(desk, found))
        context.output.json({"counters": counters, "tickets": documents})
        return
    if _print(context, desk, wanted) == limit:
        context.output.note(f"Only the newest {limit} are shown; --limit shows more.")


def _looked_up(desk: Desk, wanted: listing.Filter) -> tuple[dict[str, int], list[Ticket]]:
    counters = listing.counters(desk, restricted=wanted.restricted)
    return counters, listing.listed(desk, wanted)


def _print(context: Context, desk: Desk, wanted: listing.Filter) -> int:
    """The counters and the table; gives how many tickets are in it."""
    counters, found = _looked_up(desk, wanted)
    due = sla.due_next(desk, [ticket.id for ticket in found])
    ticket_text.print_list(context.output, counters, found, desk.now(), due)
    return len(found)


@app.command()
def show(
    ctx: typer.Context, number: Number, restricted: Restricted = False, json: Json = False
) -> None:
    """Show one ticket: what is known of it, its conversation and its history."""
    context: Context = ctx.obj
    desk = _desk(context)
    ticket = listing.seen(desk, number, restricted=restricted)
    whole = listing.ticket_whole(desk, ticket)
    if json:
        context.output.json(whole)
    else:
        ticket_text.print_ticket(context.output, ticket, whole)


@app.command()
def why(
    ctx: typer.Context,
    number: Number,
    replay: Annotated[
        bool,
        typer.Option("--replay", help="Ask again, today's documents and model; show what differs."),
    ] = False,
    restricted: Restricted = False,
    json: Json = False,
) -> None:
    """Explain each answer and each silence in a ticket, with all that the decision rested on."""
    context: Context = ctx.obj
    desk = _desk(context)
    ticket = listing.seen(desk, number, restricted=restricted)
    if replay:
        ticket_replay.replayed(context, ticket, json=json)
        return
    record = listing.why(desk, ticket)
    if json:
        context.output.json(record)
    else:
        ticket_text.print_why(context.output, record)


def _desk(context: Context) -> Desk:
    """The folder's desk; looking at tickets needs no config file."""
    return visit(Path(context.data), context.settings_or_defaults)


app.command("search")(ticket_search.search)
app.command("claim")(ticket_work.claim)
app.command("release")(ticket_work.release)
app.command("assign")(ticket_work.assign)
app.command("note")(ticket_work.note)
app.command("tag")(ticket_work.tag)
app.command("priority")(ticket_work.priority)
app.command("transfer")(ticket_work.move)
app.command("export")(ticket_export.export)
app.command("verify")(ticket_export.verify)
app.command("close")(ticket_act.close)
app.command("lock")(ticket_act.lock)
app.command("unlock")(ticket_act.unlock)

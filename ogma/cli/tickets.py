"""`ogma tickets`: the queue and the tickets in it, from the shell."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ogma.cli import ticket_replay, ticket_text
from ogma.cli.context import Context
from ogma.cli.options import Json, Yes
from ogma.cli.ticket_files import Form, Job, export_all
from ogma.cli.when import instant
from ogma.domain.access import OWNER, Denial
from ogma.domain.archive import View
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.tickets import State, Ticket
from ogma.errors import NotFound, OgmaError, UsageError
from ogma.services import closing, instance, listing
from ogma.services.desk import Desk
from ogma.services.visit import visit

app = typer.Typer(help="List, explain, export and close tickets.")


class Queue(StrEnum):
    """The staff queue's filters."""

    ALL = "all"
    UNCLAIMED = "unclaimed"
    MINE = "mine"
    ESCALATED = "escalated"
    AWAITING_STAFF = "awaiting-staff"
    AWAITING_CUSTOMER = "awaiting-customer"


Number = Annotated[int, typer.Argument(metavar="ID", help="The ticket's number.")]
Numbers = Annotated[list[int] | None, typer.Argument(metavar="[NUMBER]...", show_default=False)]
Restricted = Annotated[bool, typer.Option("--include-restricted", help="Also tickets in lockdown.")]
Since = Annotated[
    str | None,
    typer.Option(metavar="WHEN", help="Opened at or after: 2026-01-31, or 7d for a week ago."),
]
Until = Annotated[
    str | None, typer.Option(metavar="WHEN", help="Opened before; a date includes that day.")
]
Type = Annotated[str | None, typer.Option("--type", metavar="ID", help="Only this ticket type.")]


@app.command("list")
def list_(
    ctx: typer.Context,
    queue: Annotated[Queue | None, typer.Option(help="Only open tickets, narrowed.")] = None,
    as_: Annotated[
        str | None, typer.Option("--as", metavar="USER", help="Whose queue 'mine' is: name or id.")
    ] = None,
    type_id: Type = None,
    state: Annotated[
        list[State] | None, typer.Option(help="Only this state; may be given several times.")
    ] = None,
    since: Since = None,
    until: Until = None,
    search: Annotated[
        str | None, typer.Option(metavar="TEXT", help="In subject, description or customer.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    restricted: Restricted = False,
    json: Json = False,
) -> None:
    """List tickets, newest first, below the counters of the queue."""
    context: Context = ctx.obj
    desk = _desk(context)
    if queue is Queue.MINE and as_ is None:
        raise UsageError("--queue mine needs --as USER, the name or id of whoever claimed them.")
    wanted = listing.Filter(
        states=[str(one) for one in state] if state else None,
        type_id=type_id,
        since=instant(since, "--since", desk.now()) if since else None,
        until=instant(until, "--until", desk.now(), whole_day=True) if until else None,
        text=search,
        queue=queue,
        assignee=listing.claimant(desk, as_) if as_ else None,
        limit=limit,
        restricted=restricted,
    )
    counters, found = listing.counters(desk), listing.listed(desk, wanted)
    if json:
        documents = [listing.ticket_document(ticket) for ticket in found]
        context.output.json({"counters": counters, "tickets": documents})
        return
    ticket_text.print_list(context.output, counters, found, desk.now())
    if len(found) == limit:
        context.output.note(f"Only the newest {limit} are shown; --limit shows more.")


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


@app.command()
def export(
    ctx: typer.Context,
    numbers: Numbers = None,
    form: Annotated[
        Form | None, typer.Option("--format", help="Default: html, or what --out ends with.")
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="A file for one ticket, a folder for several, - stdout."),
    ] = None,
    since: Since = None,
    until: Until = None,
    type_id: Type = None,
    view: Annotated[View, typer.Option(help="For whom: the team sees notes and traces.")] = (
        View.STAFF
    ),
    restricted: Restricted = False,
    json: Json = False,
) -> None:
    """Write transcripts to files; without numbers, of all tickets that the filters leave."""
    context: Context = ctx.obj
    desk = _desk(context)
    if numbers:
        chosen = [listing.seen(desk, number, restricted=restricted).id for number in numbers]
    else:
        wanted = listing.Filter(
            type_id=type_id,
            since=instant(since, "--since", desk.now()) if since else None,
            until=instant(until, "--until", desk.now(), whole_day=True) if until else None,
            limit=listing.EVERYTHING,
            restricted=restricted,
        )
        chosen = [ticket.id for ticket in reversed(listing.listed(desk, wanted))]
    if not chosen:
        raise NotFound("There is no ticket to export; `ogma tickets list` shows which there are.")
    job = Job(tuple(dict.fromkeys(chosen)), Form.chosen(form, out), view, out)
    export_all(context.output, desk, job, json=json)


@app.command()
def close(
    ctx: typer.Context,
    numbers: Annotated[list[int], typer.Argument(metavar="NUMBER...", show_default=False)],
    reason: Annotated[CloseReason, typer.Option(help="Why.", show_default=False)],
    note: Annotated[str, typer.Option(help="For the transcript, at most 500 characters.")] = "",
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Close tickets; the running bot archives them and deletes their channels."""
    context: Context = ctx.obj
    desk = visit(context.data, context.settings)
    found = [desk.ticket(number) for number in dict.fromkeys(numbers)]
    if not (yes or json):
        ticket_text.print_list(context.output, None, found, desk.now())
        question = f"Close {_tickets(len(found))} as '{reason}'?"
        if not context.output.confirm(question):
            raise OgmaError("Nothing was closed.")
    closure = closing.Closure(reason, CloseCause.CLI, note)
    refused = _close_all(desk, found, closure)
    closed = [ticket.id for ticket in found if ticket.id not in refused]
    running = instance.running(context.data)
    if json:
        problems = [{"number": one, "reason": why} for one, why in refused.items()]
        context.output.json({"closing": closed, "refused": problems, "bot_running": running})
    else:
        _report(context, closed, refused, running)
    if refused:
        raise typer.Exit(1)


def _close_all(desk: Desk, found: list[Ticket], closure: closing.Closure) -> dict[int, str]:
    """Ticket number -> why it was not closed."""
    refused: dict[int, str] = {}
    for ticket in found:
        outcome = closing.close(desk, OWNER, ticket.id, closure)
        if isinstance(outcome, Denial):
            refused[ticket.id] = _DENIED.get(outcome, f"it may not be closed ({outcome})").format(
                state=ticket.state
            )
    return refused


_DENIED = {Denial.NOT_OPEN: "it is {state}; only open tickets can be closed"}


def _report(context: Context, closed: list[int], refused: dict[int, str], running: bool) -> None:
    if closed:
        names = ", ".join(map(str, closed))
        context.output.text(f"Closing {_tickets(len(closed))}: {names}.")
        if not running:
            context.output.note(
                "No bot runs on this data folder; it does the rest as soon as `ogma run` starts."
            )
    for number, reason in refused.items():
        context.output.error(f"Ticket {number} was not closed: {reason}.")


def _tickets(count: int) -> str:
    return "1 ticket" if count == 1 else f"{count} tickets"


def _desk(context: Context) -> Desk:
    """The folder's desk; looking at tickets needs no config file."""
    return visit(Path(context.data), context.settings_or_defaults)

"""`ogma tickets export` and `verify`: the archive as files, and the proof that it is unchanged."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.ticket_files import Form, Job, export_all
from ogma.cli.ticket_options import Chosen, Numbers, Restricted, Since, Type, Until
from ogma.domain.archive import View
from ogma.errors import NotFound
from ogma.services import listing
from ogma.services.data import chain
from ogma.services.visit import visit


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
    redact: Annotated[
        bool, typer.Option("--redact", help="Without names, ids, private things, and files.")
    ] = False,
    restricted: Restricted = False,
    json: Json = False,
) -> None:
    """Write transcripts to files; without numbers, of all tickets that the filters leave."""
    context: Context = ctx.obj
    desk = visit(Path(context.data), context.settings_or_defaults)
    if numbers:
        chosen = [listing.seen(desk, number, restricted=restricted).id for number in numbers]
    else:
        wanted = Chosen(type_id=type_id, since=since, until=until, restricted=restricted)
        chosen = [ticket.id for ticket in reversed(listing.listed(desk, wanted.filter(desk)))]
    if not chosen:
        raise NotFound("There is no ticket to export; `ogma tickets list` shows which there are.")
    job = Job(tuple(dict.fromkeys(chosen)), Form.chosen(form, out), view, out, redact)
    export_all(context.output, desk, job, json=json)


def verify(
    ctx: typer.Context,
    head: Annotated[
        str | None,
        typer.Option(metavar="HEAD", help="A head that you noted: has nothing changed since?"),
    ] = None,
    json: Json = False,
) -> None:
    """Prove that no archive has changed: each by its digests, all of them chained."""
    context: Context = ctx.obj
    desk = visit(Path(context.data), context.settings_or_defaults)
    found = chain.verify(desk, head)
    output = context.output
    if json:
        output.json(
            {
                "head": found.head,
                "links": found.links,
                "archives": found.archives,
                "erased": found.erased,
                "files": found.files,
                "faults": list(found.faults),
                "noted": None if found.since is None else {"head": found.since.head},
            }
        )
    else:
        for fault in found.faults:
            output.error(f"Not as it was: {fault}.")
        erased = f", {found.erased} erased" if found.erased else ""
        output.text(f"{found.archives} archives with {found.files} files{erased}.")
        if not found.faults:
            output.text(_proof(found, head))
    if found.faults:
        raise typer.Exit(1)


def _proof(found: chain.Verified, noted: str | None) -> str:
    """What the owner may conclude."""
    if noted is None:
        return (
            f"Everything fits together. The head is\n{found.head}\n"
            "Note it where nobody who can write here can: `ogma tickets verify --head HEAD` then "
            "proves that nothing before it has changed."
        )
    later = found.links - (found.since.id if found.since else 0)
    return (
        f"Nothing has changed since that head; {later} links came after it. It is now\n{found.head}"
    )

"""`ogma kb sync`: brings followed websites up to date, now."""

from __future__ import annotations

import asyncio
import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json

if TYPE_CHECKING:
    from ogma.services.sync.sync_report import SyncReport

_COUNTED = ("added", "changed", "unchanged", "removed", "chunks", "requests")


def sync(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Names or URLs; else all.")
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Take every page anew, also one that has lost most of its text."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Bring followed websites up to date, whatever their schedule.

    Pages that have not changed cost a request and nothing else. What is gone twice in a row is
    removed; what looks broken is kept, listed with its reason, and the exit code is 1.
    """
    from ogma.cli.kb import bar, opened
    from ogma.cli.kb_sources import desk_of
    from ogma.services.sync import sources, sync_round
    from ogma.services.sync.sync import SyncOrder

    context: Context = ctx.obj
    with desk_of(context) as desk:
        chosen = sources.find(desk.db, names or [])
        with (
            opened(context, threads=os.cpu_count() or 1) as knowledge,
            bar(context, "Syncing") as progress,
        ):
            order = SyncOrder(desk.now, force, progress)
            reports = asyncio.run(sync_round.sync(knowledge.shelf, chosen, desk.settings(), order))
    if json:
        context.output.json(_document(reports))
    elif not chosen:
        context.output.text("No website is followed; `ogma kb sources add URL` follows one.")
    else:
        for report in reports:
            _print(context, report)
    raise typer.Exit(0 if all(report.well for report in reports) else 1)


def _document(reports: list[SyncReport]) -> dict[str, Any]:
    listed = [asdict(report) for report in reports]
    return {
        **{name: sum(one[name] for one in listed) for name in _COUNTED},
        "failed": [failure for one in listed for failure in one["failed"]],
        "flagged": [failure for one in listed for failure in one["flagged"]],
        "sources": listed,
    }


def _print(context: Context, report: SyncReport) -> None:
    counts = f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged"
    if report.removed:
        counts += f", {report.removed} removed"
    if report.failed:
        counts += f", {len(report.failed)} failed"
    if report.flagged:
        counts += f", {len(report.flagged)} kept as they were"
    context.output.text(f"{report.source}: {counts}; {report.requests} requests.")
    if report.error is not None:
        context.output.warning(f"{report.source} failed: {report.error}.")
    for failure in report.failed:
        if failure.reason == report.error:
            continue
        context.output.warning(f"{failure.document} was not taken in: {failure.reason}.")
    for failure in report.flagged:
        context.output.warning(f"{failure.document} was kept as it was: {failure.reason}.")

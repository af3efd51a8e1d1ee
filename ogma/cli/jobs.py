"""`ogma jobs`: what the bot still has to do on Discord, and what it could not do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json, Yes
from ogma.cli.output import Cell, Column, Output
from ogma.cli.terminal_text import one_line
from ogma.cli.when import to_the_minute
from ogma.domain.effects import Kind
from ogma.errors import OgmaError, UsageError
from ogma.services import instance, jobs, listing
from ogma.services.desk import Desk
from ogma.services.visit import visit

app = typer.Typer(help="List the bot's work on Discord; retry or cancel it.")


class JobState(StrEnum):
    """Where a job is."""

    TODO = "todo"
    DOING = "doing"
    DONE = "done"
    FAILED = "failed"
    BLOCKED = "blocked"


UNFINISHED = [JobState.TODO, JobState.DOING, JobState.FAILED, JobState.BLOCKED]


@app.command("list")
def list_(
    ctx: typer.Context,
    state: Annotated[
        list[JobState] | None,
        typer.Option(help="Only this state; may be given several times. Default: unfinished."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    json: Json = False,
) -> None:
    """List jobs, newest first: what waits, what failed, and why."""
    context: Context = ctx.obj
    desk = visit(context.data, context.settings_or_defaults)
    found = listing.jobs(desk, [str(one) for one in state or UNFINISHED], limit)
    counts = listing.job_counters(desk)
    counters = {one.value: counts.get(one, 0) for one in JobState}
    if json:
        context.output.json({"counters": counters, "jobs": found})
        return
    context.output.text(", ".join(f"{count} {name}" for name, count in counters.items()))
    print_jobs(context.output, found, "No unfinished jobs." if not state else "No jobs.")


def print_jobs(output: Output, found: Sequence[Mapping[str, Any]], empty: str) -> None:
    """Jobs as a table."""
    columns: list[str | Column] = [
        Column("ID", right=True, keep=True),
        Column("State", keep=True),
        Column("Ticket", right=True, keep=True),
        Column("Task", keep=True),
        Column("Tries", right=True, keep=True),
        Column("Since (UTC)", keep=True),
        "Problem",
    ]
    styles = {JobState.FAILED: "red", JobState.BLOCKED: "yellow"}
    output.table(
        columns,
        [
            (
                job["id"],
                Cell(job["state"], styles.get(job["state"], "")),
                job["ticket"],
                job["kind"],
                job["attempts"],
                to_the_minute(job["created_at"]),
                _problem(job),
            )
            for job in found
        ],
        empty=empty,
    )


def _problem(job: Mapping[str, Any]) -> str | None:
    if job["state"] == JobState.BLOCKED:
        return f"waits for job {job['requires']}, which failed"
    return one_line(job["last_error"]) if job["last_error"] else None


@app.command()
def retry(
    ctx: typer.Context,
    ids: Annotated[list[int] | None, typer.Argument(metavar="[ID]...", show_default=False)] = None,
    every: Annotated[bool, typer.Option("--all", help="Every job that failed.")] = False,
    json: Json = False,
) -> None:
    """Try failed jobs again, with what waits for them; the running bot does it."""
    context: Context = ctx.obj
    desk = visit(context.data, context.settings_or_defaults)
    retried, refused = _retry(desk, _chosen(desk, ids or [], every))
    running = instance.running(context.data)
    if json:
        problems = [{"id": str(one), "reason": why} for one, why in refused.items()]
        names = [str(one) for one in retried]
        context.output.json({"retried": names, "refused": problems, "bot_running": running})
    else:
        _report(context.output, retried, refused, running)
    if refused:
        raise typer.Exit(1)


def _chosen(desk: Desk, ids: list[int], every: bool) -> list[int]:
    if every == bool(ids):
        raise UsageError("Name the jobs to retry by their ids, or all of them with --all.")
    if every:
        return [int(job["id"]) for job in listing.jobs(desk, [JobState.FAILED])][::-1]
    return list(dict.fromkeys(ids))


def _retry(desk: Desk, ids: list[int]) -> tuple[list[int], dict[int, str]]:
    """(retried, id -> why not); raises NotFound before anything is changed."""
    states = {job_id: listing.job(desk, job_id)["state"] for job_id in ids}
    retried, refused = [], {}
    for job_id, state in states.items():
        if jobs.retry_by_hand(desk, job_id):
            retried.append(job_id)
        else:
            refused[job_id] = f"it is {state}; only failed jobs can be retried"
    return retried, refused


@app.command()
def cancel(
    ctx: typer.Context,
    ids: Annotated[list[int], typer.Argument(metavar="ID...", show_default=False)],
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Give up jobs that have not been done, with what waits for them."""
    context: Context = ctx.obj
    desk = visit(context.data, context.settings_or_defaults)
    found = [listing.job(desk, job_id) for job_id in dict.fromkeys(ids)]
    if not (yes or json):
        print_jobs(context.output, found, "No jobs.")
        if not context.output.confirm("Cancel these, so that they are never done?"):
            raise OgmaError("Nothing was cancelled.")
    cancelled, refused = [], {}
    for job in found:
        outcome = jobs.cancel_by_hand(desk, int(job["id"]))
        if outcome is True:
            cancelled.append(job["id"])
        else:
            refused[job["id"]] = _kept(outcome, job)
    if json:
        problems = [{"id": one, "reason": why} for one, why in refused.items()]
        context.output.json({"cancelled": cancelled, "refused": problems})
    elif cancelled:
        context.output.text(f"Cancelled: {', '.join(cancelled)}.")
    for job_id, why in refused.items():
        context.output.error(f"Job {job_id} was not cancelled: {why}.")
    if refused:
        raise typer.Exit(1)


def _kept(outcome: Kind | bool, job: Mapping[str, Any]) -> str:
    if isinstance(outcome, Kind):
        return (
            f"'{outcome}' decides who sees the ticket and for how long; "
            f"`ogma jobs retry {job['id']}` tries it again"
        )
    return f"it is {job['state']}; only what is not yet done can be cancelled"


def _report(output: Output, retried: list[int], refused: dict[int, str], running: bool) -> None:
    if retried:
        output.text(f"Trying again: {', '.join(map(str, retried))}.")
        if not running:
            output.note("No bot runs on this data folder; `ogma run` does it.")
    elif not refused:
        output.text("No job has failed.")
    for job_id, why in refused.items():
        output.error(OgmaError(f"Job {job_id} was not retried: {why}."))

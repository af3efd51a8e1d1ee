"""`ogma insights`: how the desk is doing, in the terminal, as JSON or as a page."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ogma.cli import insights_text
from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.when import instant
from ogma.domain.clock import Millis
from ogma.errors import OgmaError, UsageError
from ogma.services.insights import Period, insights
from ogma.services.visit import visit


class Days(StrEnum):
    """The usual periods."""

    WEEK = "7"
    MONTH = "30"
    QUARTER = "90"


def command(
    ctx: typer.Context,
    days: Annotated[Days, typer.Option(help="So many days up to now.")] = Days.MONTH,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Instead: from 2026-01-31, or 7d ago.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Up to then; a date includes that day.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page with charts.")
    ] = None,
    json: Json = False,
) -> None:
    """Show volumes, response times, ratings and what the AI solved, against the period before."""
    context: Context = ctx.obj
    desk = visit(context.data, context.settings_or_defaults)
    period = _period(days, since, until, desk.now())
    found = insights(desk, period)
    if html is not None:
        from ogma.reports.page import page
        from ogma.texts import load

        settings = desk.settings()
        _write(html, page(found, load(settings.language, settings.texts)))
        context.output.note(f"Written to {html}; it works without a network.")
    if json:
        context.output.json(found)
    elif html is None:
        insights_text.show(context.output, found)


def _period(days: Days, since: str | None, until: str | None, now: Millis) -> Period:
    if since is None and until is None:
        return Period.days(int(days), now)
    if since is None:
        raise UsageError("--until needs --since: from when on?")
    end = now if until is None else instant(until, "--until", now, whole_day=True)
    start = instant(since, "--since", now)
    if start >= end:
        raise UsageError("The period ends before it begins; give --since an earlier time.")
    return Period(start, end)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as failed:
        raise OgmaError(f"{path} cannot be written: {failed.strerror}; name another file.") from (
            failed
        )

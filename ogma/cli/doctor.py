"""`ogma doctor`: is everything as it should be, and if not, what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.output import Output
from ogma.domain.diagnosis import Finding, Level

STYLES = {Level.OK: "", Level.WARNING: "yellow", Level.FAILURE: "red"}


def command(
    ctx: typer.Context,
    discord_api: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Another server that speaks Discord's API."),
    ] = None,
    json: Json = False,
) -> None:
    """Check config, Discord, model and data, and say how to fix what is wrong."""
    from ogma.services.doctor import Places, examine

    context: Context = ctx.obj
    places = Places(context.config, context.data, context.models, context.environ, discord_api)
    findings = examine(places, context.now)
    if json:
        found = list(findings)
        context.output.json(_document(found))
    else:
        found = _told(context.output, findings)
    if any(finding.level is Level.FAILURE for finding in found):
        raise typer.Exit(1)


def _document(findings: list[Finding]) -> dict[str, object]:
    return {
        "ok": all(finding.level is not Level.FAILURE for finding in findings),
        "checks": [
            {"name": one.name, "level": one.level.value, "text": one.text, "fix": one.fix or None}
            for one in findings
        ],
    }


def _told(output: Output, findings: Iterable[Finding]) -> list[Finding]:
    """Print each finding when it comes; then the sum."""
    told = []
    for one in findings:
        output.text(f"{one.level:<8} {one.name:<12} {one.text}", style=STYLES[one.level])
        if one.fix:
            output.text(f"{'':<22}{one.fix}")
        told.append(one)
    count = Counter(one.level for one in told)
    output.text()
    output.text(
        f"{count[Level.OK]} ok, {count[Level.WARNING]} warnings, {count[Level.FAILURE]} failures."
    )
    return told

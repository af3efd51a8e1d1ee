"""`ogma kb golden`: what staff said of drafts, as golden questions for `ogma kb test`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.when import instant


def golden(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The TOML file of golden questions to add to.")],
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Only verdicts since then: a date, or 7d.")
    ] = None,
    json: Json = False,
) -> None:
    """Add staff's verdicts on drafts to a file of golden questions; known ones are left alone."""
    from ogma.services.knowledge.golden_verdicts import append, from_verdicts
    from ogma.services.visit import visit

    context: Context = ctx.obj
    desk = visit(context.data, context.settings_or_defaults)
    found = from_verdicts(desk, instant(since, "--since", desk.now()) if since else 0)
    added = append(file, found)
    if json:
        questions = [
            {"question": one.question, "document": one.document, "escalate": one.escalate}
            for one in added
        ]
        context.output.json({"file": str(file), "verdicts": len(found), "added": questions})
        return
    if not found:
        context.output.text("There are no verdicts on drafts; they come from shadow mode.")
        return
    context.output.text(f"Added {len(added)} of {len(found)} verdicts to {file}.")
    if added:
        context.output.note(f"Read them over, then run `ogma kb test {file}`.")

"""`ogma kb export`: the knowledge base as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json


def export(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    json: Json = False,
) -> None:
    """Write every document as a Markdown file; 'ogma kb ingest FOLDER' takes them in again.

    Limits to ticket types and roles go along. Tips are left to 'ogma tips export'.
    """
    from ogma.cli.kb import opened
    from ogma.services.knowledge.knowledge_export import export as write

    context: Context = ctx.obj
    with opened(context) as knowledge:
        written = write(knowledge, folder)
    if json:
        context.output.json({"folder": str(folder), "files": written})
        return
    context.output.text(f"Wrote {len(written)} documents to {folder}.")

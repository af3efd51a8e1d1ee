"""`ogma data`: backups, and whether everything that is kept is as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.errors import ConfigError
from ogma.services import backup
from ogma.settings.token import load_token, token_path

app = typer.Typer(help="Back up, restore and check what is kept.")

DEFAULT_TOKEN_FILE = "token"
MB = 2**20


@app.command("backup")
def back_up(
    ctx: typer.Context,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The new folder. Default: in DATA/backups, by the time."),
    ] = None,
    json: Json = False,
) -> None:
    """Copy everything but the token, beside a running bot, and verify the copy."""
    context: Context = ctx.obj
    made = backup.back_up(
        context.data, context.config, context.now(), out=out, secrets=_secrets(context)
    )
    if json:
        context.output.json(_document(made))
        return
    manifest = made.manifest
    context.output.text(f"The backup is {made.path}.")
    context.output.text(
        f"It has {manifest.rows.get('ticket', 0)} tickets, {len(manifest.files)} files, "
        f"{manifest.size / MB:.1f} MB, and is verified."
    )
    context.output.note("It holds private conversations, and not the token; keep it safe.")


def _document(made: backup.Backup) -> dict[str, object]:
    manifest = made.manifest
    return {
        "path": str(made.path),
        "taken_at": manifest.taken_at,
        "schema": manifest.schema[-1] if manifest.schema else None,
        "files": len(manifest.files),
        "bytes": manifest.size,
        "rows": manifest.rows,
    }


def _secrets(context: Context) -> backup.Secrets:
    """The token of the environment and of the file; a config with faults stops no backup."""
    try:
        name = context.settings_or_defaults.discord.token_file
    except ConfigError:
        name = DEFAULT_TOKEN_FILE
    words = []
    for environ in (context.environ, {}):
        try:
            words.append(load_token(name, context.data, environ).reveal())
        except ConfigError:
            continue
    return backup.Secrets(tuple(words), token_path(name, context.data))

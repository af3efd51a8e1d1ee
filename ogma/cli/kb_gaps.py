"""`ogma kb gaps`: what was asked and could not be answered, and filling it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.output import Column
from ogma.cli.when import minute
from ogma.domain.clock import rfc3339
from ogma.domain.gaps import EXAMPLES, Gap


class ListFirst(TyperGroup):
    """`ogma kb gaps` is `ogma kb gaps list`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Without a command the gaps are listed."""
        named = bool(args) and (args[0] in self.commands or args[0] == "--help")
        rest: list[str] = super().parse_args(ctx, args if named else ["list", *args])
        return rest


app = typer.Typer(cls=ListFirst, help="Show what could not be answered, and fill the gaps.")

Number = Annotated[int, typer.Argument(metavar="GAP", help="The gap's number.")]
Title = Annotated[str, typer.Option(help="What it is called; else as the gap.")]


@app.command("list")
def list_(
    ctx: typer.Context,
    days: Annotated[int, typer.Option(min=1, help="How far to look back.")] = 90,
    limit: Annotated[int, typer.Option(min=1, help="How many gaps at most.")] = 20,
    locked: Annotated[
        bool, typer.Option("--locked", help="With the questions of tickets in lockdown.")
    ] = False,
    json: Json = False,
) -> None:
    """List unanswered questions by subject, most asked first; 'ogma kb gaps' is enough."""
    from ogma.cli.tips import opened
    from ogma.services.knowledge import gaps

    context: Context = ctx.obj
    with opened(context) as (desk, knowledge):
        found = gaps.listed(desk, knowledge, days, locked=locked)
    if json:
        context.output.json(
            {"total": len(found), "gaps": [_document(one) for one in found[:limit]]}
        )
        return
    context.output.table(
        [Column("Gap", right=True), Column("Asked", right=True), "Last", "Question", "Tickets"],
        [
            (one.id, len(one.questions), minute(one.last_at), one.label, _tickets(one))
            for one in found[:limit]
        ],
        empty="Nothing was left unanswered.",
    )
    if len(found) > limit:
        context.output.note(f"{len(found) - limit} more; --limit shows them.")


def _tickets(gap: Gap) -> str:
    numbers = sorted({one.ticket_id for one in gap.questions if one.ticket_id is not None})
    shown = ", ".join(f"#{number}" for number in numbers[:EXAMPLES])
    return f"{shown}, …" if len(numbers) > EXAMPLES else shown


def _document(gap: Gap) -> dict[str, Any]:
    return {
        "id": str(gap.id),
        "label": gap.label,
        "count": len(gap.questions),
        "last_at": rfc3339(gap.last_at),
        "examples": [
            {
                "question": one.text,
                "ticket": None if one.ticket_id is None else str(one.ticket_id),
                "at": rfc3339(one.at),
            }
            for one in gap.questions[:EXAMPLES]
        ],
    }


@app.command()
def add(ctx: typer.Context, number: Number, title: Title = "", json: Json = False) -> None:
    """Fill a gap with a text from standard input, as a document of the knowledge base."""
    from ogma.cli.tips import opened
    from ogma.services.knowledge import gaps

    context: Context = ctx.obj
    with opened(context) as (desk, knowledge):
        gaps.gap(desk, knowledge, number)
        made = gaps.add(desk, knowledge, number, _typed(context), title)
    if json:
        context.output.json(asdict(made))
        return
    context.output.text(f"{made.outcome.capitalize()}: {made.document}; the gap is closed.")


@app.command()
def tip(ctx: typer.Context, number: Number, title: Title = "", json: Json = False) -> None:
    """Fill a gap with a text from standard input, as a tip."""
    from ogma.cli import tip_text
    from ogma.cli.tips import opened
    from ogma.services.knowledge import gaps

    context: Context = ctx.obj
    with opened(context) as (desk, knowledge):
        gaps.gap(desk, knowledge, number)
        made = gaps.teach(desk, knowledge, number, _typed(context), title)
    if json:
        context.output.json({**tip_text.document(made.tip), "new": made.new})
        return
    done = f"Added tip {made.tip.id}" if made.new else f"Tip {made.tip.id} says the same"
    context.output.text(f"{done}: {made.tip.title}; the gap is closed.")


@app.command("out-of-scope")
def out_of_scope(ctx: typer.Context, number: Number, json: Json = False) -> None:
    """Leave a gap as it is: it is not listed any more, nor are later questions like it."""
    from ogma.cli.tips import opened
    from ogma.services.knowledge import gaps

    context: Context = ctx.obj
    with opened(context) as (desk, knowledge):
        made = gaps.dismiss(desk, knowledge, number)
    if json:
        context.output.json({"out_of_scope": str(made.id), "count": len(made.questions)})
        return
    context.output.text(f"Out of scope: {made.label}")


def _typed(context: Context) -> str:
    if context.output.interactive:
        context.output.note("Type the text, then Ctrl-D on a line of its own.")
    return sys.stdin.read()

"""`ogma rules`: what Ogma does by itself, and what it would do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.output import Column, Output
from ogma.cli.terminal_text import one_line
from ogma.cli.when import to_the_minute
from ogma.domain.automation_policies import ActionPolicy, RulePolicy
from ogma.errors import NotFound, UsageError
from ogma.services import listing
from ogma.services.automation import rules
from ogma.services.automation.rules import Trial
from ogma.services.visit import visit

app = typer.Typer(help="List the rules of the config, and try them.")


@app.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List the rules in the order in which they are looked at."""
    context: Context = ctx.obj
    found = context.settings.rules
    if json:
        context.output.json({"rules": [_document(rule) for rule in found]})
        return
    columns: list[str | Column] = [
        Column("Rule", keep=True),
        Column("On", keep=True),
        Column("Trigger", keep=True),
        "Match",
        "Types",
        "Actions",
    ]
    rows = [
        (
            rule.id,
            rule.enabled,
            rule.trigger.value,
            rule.match or None,
            ", ".join(rule.types) or "all",
            "; ".join(map(_action, rule.actions)),
        )
        for rule in found
    ]
    context.output.table(columns, rows, empty="No rules; add [[rules]] to the config.")


def _document(rule: RulePolicy) -> dict[str, Any]:
    return rule.model_dump(mode="json")


def _action(action: ActionPolicy) -> str:
    return one_line(f"{action.do} {action.value}".strip())


@app.command()
def test(
    ctx: typer.Context,
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", help="A customer's message.")
    ] = None,
    number: Annotated[
        int | None, typer.Option("--ticket", metavar="ID", help="A past ticket instead.")
    ] = None,
    type_id: Annotated[
        str | None, typer.Option("--type", metavar="ID", help="Of which type the ticket would be.")
    ] = None,
    restricted: Annotated[
        bool, typer.Option("--include-restricted", help="Also a ticket in lockdown.")
    ] = False,
    json: Json = False,
) -> None:
    """Show which rules a message, or all that happened in a ticket, would make fire.

    Nothing is done.
    """
    context: Context = ctx.obj
    if (text is None) == (number is None):
        raise UsageError("Give a text in quotes, or a ticket's number with --ticket.")
    if number is None:
        trials = [_text(context, text, type_id)]
    else:
        trials = _ticket(context, number, restricted)
    if json:
        context.output.json({"trials": [_trial(trial) for trial in trials]})
    else:
        _print(context.output, trials)


def _text(context: Context, text: str | None, type_id: str | None) -> Trial:
    types = context.settings.types
    chosen = type_id or types[0].id
    if context.settings.type_named(chosen) is None:
        known = ", ".join(kind.id for kind in types)
        raise NotFound(f"There is no ticket type {chosen}; the config has {known}.")
    return rules.try_text(context.settings, text or "", chosen)


def _ticket(context: Context, number: int, restricted: bool) -> list[Trial]:
    desk = visit(context.data, context.settings)
    return rules.try_ticket(desk, listing.seen(desk, number, restricted=restricted))


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "trigger": trial.occasion.trigger.value,
        "at": trial.at,
        "type": trial.occasion.type_id,
        "text": trial.occasion.text,
        "rules": [_document(rule) for rule in trial.rules],
    }


def _print(output: Output, trials: Sequence[Trial]) -> None:
    fired = [trial for trial in trials if trial.rules]
    if not fired:
        output.text("No rule would fire.")
    for trial in fired:
        when = f"{to_the_minute(trial.at)}  " if trial.at else ""
        output.text(f"{when}{trial.occasion.trigger}: {_shortened(trial.occasion.text)}", "bold")
        for rule in trial.rules:
            output.text(f"  {rule.shown}: {'; '.join(map(_action, rule.actions))}")


def _shortened(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= 50 else f"{line[:49].rstrip()}…"

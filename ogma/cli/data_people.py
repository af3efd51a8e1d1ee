"""`ogma data forget`, `export` and `purge`: what is kept of people, and how it goes (D1, D2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json, Yes
from ogma.cli.output import Column
from ogma.cli.when import age
from ogma.domain.clock import rfc3339
from ogma.errors import UsageError
from ogma.services import clock
from ogma.services.data import erasure, personal_export
from ogma.services.desk import Desk

if TYPE_CHECKING:
    from ogma.services.knowledge.knowledge import KnowledgeService

User = Annotated[str, typer.Argument(metavar="USER", help="A Discord id, or a member's name.")]


@contextmanager
def _opened(context: Context) -> Iterator[tuple[Desk, KnowledgeService]]:
    """The folder's desk and its knowledge base; no embedding model is needed to erase."""
    from ogma.services.knowledge.knowledge import KnowledgeService
    from ogma.store.opening import open_database

    settings = context.settings_or_defaults
    db = open_database(context.data)
    try:
        desk = Desk(db, lambda: settings, context.data)
        clock.load_offset(desk)
        yield desk, KnowledgeService(db, context.data, None, settings.knowledge.max_file_mb * 2**20)
    finally:
        db.close()


def forget(ctx: typer.Context, user: User, yes: Yes = False, json: Json = False) -> None:
    """Erase everything that is kept of a person: messages, files, transcripts, tips, log entries.

    Tickets stay as figures without content. It may run beside the bot, which deletes what was
    posted on Discord.
    """
    context: Context = ctx.obj
    with _opened(context) as (desk, knowledge):
        member = erasure.person(desk, user)
        question = f"Erase everything that is kept of {user}, for good?"
        if not yes and not context.output.confirm(question):
            context.output.text("Nothing was changed.")
            raise typer.Exit(1)
        done = erasure.forget(desk, knowledge, member)
    if json:
        context.output.json(_receipt(str(member), done))
        return
    _print_receipt(context, user, done)


def _receipt(user: str, done: erasure.Forgotten) -> dict[str, Any]:
    return {
        "user": user,
        "erased": {name.replace(" ", "_"): count for name, count in sorted(done.counts.items())},
        "discord": {"deleting": done.posted, "private_messages_left": done.private},
        "copies_left": [
            {"path": one.path, "changed_at": rfc3339(one.changed_at)} for one in done.copies
        ],
    }


def _print_receipt(context: Context, user: str, done: erasure.Forgotten) -> None:
    output = context.output
    counted = {name: count for name, count in sorted(done.counts.items()) if count}
    if not counted:
        output.text(f"Nothing more was kept of {user}.")
    else:
        columns = [Column("erased"), Column("count", right=True)]
        output.table(columns, [(name, str(count)) for name, count in counted.items()])
    if done.posted:
        output.text(
            f"Messages on Discord that the bot deletes: {done.posted};"
            " `ogma jobs list` names those that it cannot."
        )
    if done.private:
        output.text(f"Private messages that stay in the person's own hands: {done.private}.")
    for one in done.copies:
        how_old = age(one.changed_at, context.now())
        output.warning(f"{one.path} ({how_old} old) is a copy that was left as it is.")
    output.note("Files that `ogma tickets export` wrote elsewhere are not known here.")


def export(
    ctx: typer.Context,
    user: User,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The new folder to write to.")],
    json: Json = False,
) -> None:
    """Write what is kept of a person into a folder, as that person may have it."""
    context: Context = ctx.obj
    with _opened(context) as (desk, _):
        done = personal_export.export(desk, erasure.person(desk, user), out)
    if json:
        context.output.json(
            {
                "path": str(done.path),
                "tickets": done.tickets,
                "messages_in_other_tickets": done.messages,
                "files": done.files,
            }
        )
        return
    context.output.text(f"What is kept of {user} stands in {done.path}.")
    context.output.text(
        f"Tickets: {done.tickets}, messages in tickets of others: {done.messages},"
        f" files: {done.files}; {personal_export.SUMMARY} has it all for machines."
    )


def purge(
    ctx: typer.Context,
    older_than: Annotated[
        int | None,
        typer.Option(metavar="DAYS", min=1, help="Default: retention_days of the config."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would go, and change nothing.")
    ] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Drop the content of tickets that were closed long ago; the bot does so by itself too."""
    context: Context = ctx.obj
    days = older_than or context.settings_or_defaults.data.retention_days
    if not days:
        raise UsageError(
            "Everything is kept: retention_days in [data] is 0. Set it, or use --older-than DAYS."
        )
    with _opened(context) as (desk, _):
        due = erasure.purge(desk, days, dry_run=True)
        if not dry_run and (due.tickets or due.questions):
            what = _numbers(due.tickets) or "none"
            question = f"Drop the content of these tickets for good: {what}?"
            if due.questions:
                question += f" And {due.questions} questions of /ask?"
            if not yes and not context.output.confirm(question):
                context.output.text("Nothing was changed.")
                raise typer.Exit(1)
            due = erasure.purge(desk, days)
    if json:
        counts = {name.replace(" ", "_"): count for name, count in sorted(due.counts.items())}
        numbers = list(due.tickets)
        document = {"days": days, "dry_run": dry_run, "tickets": numbers, "dropped": counts}
        document["questions"] = due.questions
        context.output.json(document)
        return
    verb = "would go" if dry_run else "is gone"
    context.output.text(
        f"Tickets closed more than {days} days ago whose content {verb}: {len(due.tickets)}."
    )
    if dry_run and due.tickets:
        context.output.text(f"Tickets: {_numbers(due.tickets)}")
    if due.questions:
        context.output.text(f"Questions of /ask older than that, gone with them: {due.questions}.")


def _numbers(tickets: tuple[int, ...]) -> str:
    """At most twenty of them."""
    rest = len(tickets) - 20
    return ", ".join(map(str, tickets[:20])) + (f" and {rest} more" if rest > 0 else "")

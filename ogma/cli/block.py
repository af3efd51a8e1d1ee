"""`ogma block`: members who may open no tickets."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ogma.cli import shield
from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.output import Column
from ogma.cli.terminal_text import one_line
from ogma.cli.when import instant, minute
from ogma.domain.access import OWNER
from ogma.domain.clock import Millis, rfc3339
from ogma.errors import NotFound, UsageError
from ogma.services import blocks
from ogma.services.blocks import Block
from ogma.services.visit import visit


class UserFirst(TyperGroup):
    """`ogma block USER` is `ogma block add USER`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Whatever is neither a command nor an option is a member."""
        named = bool(args) and (args[0] in self.commands or args[0].startswith("-"))
        rest: list[str] = super().parse_args(ctx, args if named or not args else ["add", *args])
        return rest


app = typer.Typer(cls=UserFirst, help="Let members open no more tickets, or lift that.")

User = Annotated[
    str, typer.Argument(metavar="USER", help="A Discord id, or the name of a customer.")
]


@app.command()
def add(
    ctx: typer.Context,
    user: User,
    reason: Annotated[str, typer.Option(help="Why, for the team.")] = "",
    until: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="2026-01-31 (that day included), or 7d from now."),
    ] = None,
    json: Json = False,
) -> None:
    """Let a member open no more tickets; 'ogma block USER' is enough."""
    context: Context = ctx.obj
    if len(reason) > blocks.REASON_MAX:
        raise UsageError(f"The reason has {len(reason)} characters; {blocks.REASON_MAX} are most.")
    desk = visit(context.data, context.settings_or_defaults)
    end = _end(until, desk.now()) if until else None
    made = blocks.block(desk, OWNER, blocks.member_named(desk, user), reason, end)
    assert isinstance(made, Block), "the owner may block anybody"
    shield.tell(context.output, reason)
    if json:
        context.output.json(_document(made))
        return
    how_long = f"until {minute(made.until)} UTC" if made.until else "until you lift it"
    context.output.text(f"{made.name} ({made.user_id}) can open no more tickets, {how_long}.")


@app.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List the blocks in force, newest first."""
    context: Context = ctx.obj
    found = blocks.listed(visit(context.data, context.settings_or_defaults))
    if json:
        context.output.json({"blocks": [_document(one) for one in found]})
        return
    columns: list[str | Column] = [
        Column("ID", keep=True),
        "Member",
        Column("Since (UTC)", keep=True),
        Column("Until (UTC)", keep=True),
        "By",
        "Reason",
    ]
    rows = [
        (
            str(one.user_id),
            one_line(one.name),
            minute(one.at),
            minute(one.until) if one.until else None,
            one_line(one.by_name),
            one_line(one.reason) or None,
        )
        for one in found
    ]
    context.output.table(columns, rows, empty="Nobody is blocked.")


@app.command()
def remove(ctx: typer.Context, user: User, json: Json = False) -> None:
    """Let a member open tickets again."""
    context: Context = ctx.obj
    desk = visit(context.data, context.settings_or_defaults)
    member = blocks.member_named(desk, user)
    if not blocks.unblock(desk, OWNER, member.id):
        raise NotFound(f"{member.name} is not blocked; `ogma block list` shows who is.")
    if json:
        context.output.json({"removed": str(member.id)})
    else:
        context.output.text(f"{member.name} ({member.id}) can open tickets again.")


def _end(text: str, now: Millis) -> Millis:
    end = instant(text, "--until", now, whole_day=True, ahead=True)
    if end <= now:
        raise UsageError(f"--until {text} is past; name a time to come.")
    return end


def _document(block: Block) -> dict[str, Any]:
    return {
        "user": {"id": str(block.user_id), "name": block.name},
        "reason": block.reason,
        "by": block.by_name,
        "at": rfc3339(block.at),
        "until": rfc3339(block.until),
    }

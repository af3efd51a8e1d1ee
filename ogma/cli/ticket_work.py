"""`ogma tickets claim`, `release`, `assign`, `note`, `tag`, `priority`, `transfer`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ogma.cli import shield
from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.ticket_options import Number
from ogma.domain.access import OWNER, Actor, Denial
from ogma.domain.assignment import Teammate
from ogma.domain.marks import Priority
from ogma.errors import OgmaError
from ogma.services import listing, marks, notes, staff, team, transfer
from ogma.services.desk import Desk
from ogma.services.staff import NotEligible, TakenBy
from ogma.services.transfer import Unfit
from ogma.services.visit import visit

Whom = Annotated[
    str, typer.Option("--as", metavar="USER", help="Who of the team: name or Discord id.")
]
Maybe = Annotated[
    str | None, typer.Option("--as", metavar="USER", help="In the name of this teammate.")
]
_DENIED = {
    Denial.NOT_STAFF: "{who} is not staff of this ticket",
    Denial.NOT_OPEN: "it is {state}; only open tickets can be changed",
    Denial.NOT_YOURS: "it is claimed by {holder}; only they or management can give it away",
    Denial.LOCKED: "it is in lockdown, so only management may do that",
}


def claim(ctx: typer.Context, number: Number, as_: Whom, json: Json = False) -> None:
    """Let a teammate look after a ticket, as if they had claimed it."""
    desk, actor = _opened(ctx, as_)
    outcome = staff.claim(desk, actor, number)
    if isinstance(outcome, TakenBy):
        raise OgmaError(
            f"Ticket {number} is claimed by {outcome.name}; `ogma tickets release` frees it."
        )
    _refuse(desk, number, actor, outcome)
    _told(ctx, desk, number, json, f"{actor.name} looks after ticket {number} now.")


def release(ctx: typer.Context, number: Number, as_: Maybe = None, json: Json = False) -> None:
    """Give a ticket back to the queue."""
    desk, actor = _opened(ctx, as_)
    claimed = desk.ticket(number).claimed_by is not None
    _refuse(desk, number, actor, staff.unclaim(desk, actor, number))
    done = "is free again" if claimed else "was claimed by nobody"
    _told(ctx, desk, number, json, f"Ticket {number} {done}.")


def assign(
    ctx: typer.Context,
    number: Number,
    user: Annotated[str, typer.Argument(metavar="USER", help="Name or Discord id.")],
    json: Json = False,
) -> None:
    """Give a ticket to a teammate, also one that somebody else looks after."""
    desk, actor = _opened(ctx, None)
    whom = team.known(desk, user)
    outcome = staff.assign(desk, actor, number, whom)
    if isinstance(outcome, NotEligible):
        why = "is away" if outcome.away else "is not staff of this ticket"
        raise OgmaError(f"{outcome.name} {why}, so nothing was changed.")
    _refuse(desk, number, actor, outcome)
    _told(ctx, desk, number, json, f"{whom.name} looks after ticket {number} now.")


def note(
    ctx: typer.Context,
    number: Number,
    text: Annotated[str, typer.Argument(help="The note; - reads it from standard input.")],
    as_: Maybe = None,
    json: Json = False,
) -> None:
    """Note something about a ticket, for the team only."""
    desk, actor = _opened(ctx, as_)
    said = sys.stdin.read() if text == "-" else text
    _refuse(desk, number, actor, notes.add(desk, actor, number, said))
    shield.tell(ctx.obj.output, said)
    _told(ctx, desk, number, json, f"Noted on ticket {number}.")


def tag(
    ctx: typer.Context,
    number: Number,
    name: Annotated[str, typer.Argument(help="The tag.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take it off.")] = False,
    as_: Maybe = None,
    json: Json = False,
) -> None:
    """Hang a tag on a ticket, or take it off."""
    desk, actor = _opened(ctx, as_)
    outcome = (marks.untag if remove else marks.tag)(desk, actor, number, name)
    if isinstance(outcome, Denial):
        _refuse(desk, number, actor, outcome)
    done = "does not have" if remove else "has"
    already = "" if outcome else " already" if not remove else ""
    _told(ctx, desk, number, json, f"Ticket {number} {done} the tag {outcome or name}{already}.")


def priority(
    ctx: typer.Context,
    number: Number,
    level: Annotated[Priority, typer.Argument(help="How urgent.")],
    as_: Maybe = None,
    json: Json = False,
) -> None:
    """Say how urgent a ticket is."""
    desk, actor = _opened(ctx, as_)
    outcome = marks.prioritise(desk, actor, number, level)
    if isinstance(outcome, Denial):
        _refuse(desk, number, actor, outcome)
    _told(ctx, desk, number, json, f"The priority of ticket {number} is {level}.")


def move(
    ctx: typer.Context,
    number: Number,
    type_id: Annotated[str, typer.Argument(metavar="TYPE", help="The new type's id.")],
    as_: Maybe = None,
    json: Json = False,
) -> None:
    """Give a ticket to another type; the running bot moves its channel and changes its staff."""
    desk, actor = _opened(ctx, as_, strict=True)
    outcome = transfer.transfer(desk, actor, number, type_id)
    if isinstance(outcome, Unfit):
        known = ", ".join(kind.id for kind in desk.settings().types if kind.enabled)
        why = {
            Unfit.SAME: f"Ticket {number} is of the type '{type_id}' already.",
            Unfit.UNKNOWN: f"There is no enabled type '{type_id}'; there are: {known}.",
        }
        raise OgmaError(why[outcome])
    _refuse(desk, number, actor, outcome)
    _told(ctx, desk, number, json, f"Ticket {number} moves to {type_id}.")


def _opened(ctx: typer.Context, who: str | None, *, strict: bool = False) -> tuple[Desk, Actor]:
    """The desk, and who acts: a teammate with the roles that they had last, or the owner."""
    context: Context = ctx.obj
    settings = context.settings if strict else context.settings_or_defaults
    desk = visit(context.data, settings)
    return desk, _actor(team.known(desk, who)) if who else OWNER


def _actor(one: Teammate) -> Actor:
    return Actor(one.id, one.name, one.roles)


def _refuse(desk: Desk, number: int, actor: Actor, outcome: object) -> None:
    """Raise what the gate says."""
    if not isinstance(outcome, Denial):
        return
    ticket = desk.ticket(number)
    why = _DENIED.get(outcome, f"it is refused ({outcome})").format(
        who=actor.name, state=ticket.state, holder=ticket.claimed_by_name
    )
    raise OgmaError(f"Ticket {number} was not changed: {why}.")


def _told(ctx: typer.Context, desk: Desk, number: int, json: bool, sentence: str) -> None:
    context: Context = ctx.obj
    if json:
        context.output.json(listing.ticket_documents(desk, [desk.ticket(number)])[0])
    else:
        context.output.text(sentence)

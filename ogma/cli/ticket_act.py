"""`ogma tickets close`, `lock` and `unlock`: several at once, shown first, done by the bot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

import typer

from ogma.cli import shield, ticket_text
from ogma.cli.context import Context
from ogma.cli.options import Json, Yes
from ogma.cli.ticket_options import (
    As,
    Chosen,
    InQueue,
    Numbers,
    Restricted,
    Search,
    Since,
    Type,
    Until,
)
from ogma.domain.access import OWNER, Denial
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.tickets import State, Ticket
from ogma.errors import NotFound, OgmaError, UsageError
from ogma.services import closing, instance, listing, lockdown
from ogma.services.desk import Desk
from ogma.services.visit import visit

Outcome = Denial | Ticket | bool
"""What a use case says: refused, done, or (False) as it was already."""


@dataclass(frozen=True, slots=True)
class _Deed:
    """What is done to each ticket, and how it is spoken of."""

    act: Callable[[Desk, int], Outcome]
    ask: str
    """'Close {tickets} as spam?'"""
    doing: str
    undone: str
    key: str
    """Under which --json lists those it was done to."""


def close(
    ctx: typer.Context,
    reason: Annotated[CloseReason, typer.Option(help="Why.", show_default=False)],
    numbers: Numbers = None,
    note: Annotated[str, typer.Option(help="For the transcript, at most 500 characters.")] = "",
    queue: InQueue = None,
    as_: As = None,
    type_id: Type = None,
    since: Since = None,
    until: Until = None,
    search: Search = None,
    restricted: Restricted = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Close tickets; the running bot archives them and deletes their channels."""
    closure = closing.Closure(reason, CloseCause.CLI, note)
    chosen = Chosen(queue, as_, type_id, since, until, search, restricted)
    deed = _Deed(
        lambda desk, number: closing.close(desk, OWNER, number, closure),
        ask=f"Close {{tickets}} as '{reason}'?",
        doing="Closing",
        undone="closed",
        key="closing",
    )
    shield.tell(ctx.obj.output, note)
    _do(ctx.obj, deed, numbers, chosen, yes=yes, json=json)


def lock(
    ctx: typer.Context,
    numbers: Numbers = None,
    queue: InQueue = None,
    as_: As = None,
    type_id: Type = None,
    since: Since = None,
    until: Until = None,
    search: Search = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Lock tickets: only management and the customer see them until they are unlocked."""
    chosen = Chosen(queue, as_, type_id, since, until, search)
    deed = _Deed(
        lambda desk, number: lockdown.lock(desk, OWNER, number),
        ask="Lock {tickets} for management only?",
        doing="Locking",
        undone="locked",
        key="locking",
    )
    _do(ctx.obj, deed, numbers, chosen, yes=yes, json=json)


def unlock(
    ctx: typer.Context,
    numbers: Numbers = None,
    queue: InQueue = None,
    as_: As = None,
    type_id: Type = None,
    since: Since = None,
    until: Until = None,
    search: Search = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """End the lockdown of tickets: staff see them again as before."""
    chosen = Chosen(queue, as_, type_id, since, until, search, restricted=True)
    deed = _Deed(
        lambda desk, number: lockdown.unlock(desk, OWNER, number),
        ask="Unlock {tickets}?",
        doing="Unlocking",
        undone="unlocked",
        key="unlocking",
    )
    _do(ctx.obj, deed, numbers, chosen, yes=yes, json=json)


def _do(
    context: Context,
    deed: _Deed,
    numbers: list[int] | None,
    chosen: Chosen,
    *,
    yes: bool,
    json: bool,
) -> None:
    """Find them, show them, ask, do it to each, and say what came of it."""
    desk = visit(context.data, context.settings)
    found = _found(desk, deed, numbers, chosen, consented=yes or not json)
    if not (yes or json):
        ticket_text.print_list(context.output, None, found, desk.now())
        if not context.output.confirm(deed.ask.format(tickets=_tickets(found))):
            raise OgmaError(f"Nothing was {deed.undone}.")
    refused: dict[int, str] = {}
    for ticket in found:
        why = _why_not(deed.act(desk, ticket.id), ticket, deed)
        if why is not None:
            refused[ticket.id] = why
    done = [ticket for ticket in found if ticket.id not in refused]
    _report(context, deed, done, refused, json=json)
    if refused:
        raise typer.Exit(1)


def _found(
    desk: Desk, deed: _Deed, numbers: list[int] | None, chosen: Chosen, *, consented: bool
) -> list[Ticket]:
    """The tickets named, or those that the filters leave."""
    if bool(numbers) == chosen.narrows:
        raise UsageError(
            "Name the tickets by their numbers, or narrow them down by a filter "
            "(--queue all is every open one), and not both."
        )
    if numbers:
        return [desk.ticket(number) for number in dict.fromkeys(numbers)]
    if not consented:
        raise UsageError("--json asks nothing; together with a filter it needs --yes.")
    found = listing.listed(desk, chosen.filter(desk, [State.OPEN]))
    found = [ticket for ticket in found if deed.key != "unlocking" or ticket.locked]
    if not found:
        raise NotFound(f"No ticket fits; nothing was {deed.undone}.")
    return found[::-1]  # oldest first


def _why_not(outcome: Outcome, ticket: Ticket, deed: _Deed) -> str | None:
    match outcome:
        case Denial.NOT_OPEN:
            return f"it is {ticket.state}; only open tickets can be {deed.undone}"
        case Denial.NO_MANAGEMENT_ROLE:
            return "no management role is configured, so nobody could see it; set roles.management"
        case Denial():
            return f"it may not be {deed.undone} ({outcome})"
        case False:
            return f"it is {deed.undone} already"
    return None


def _report(
    context: Context,
    deed: _Deed,
    done: list[Ticket],
    refused: Mapping[int, str],
    *,
    json: bool,
) -> None:
    running = instance.running(context.data)
    if json:
        problems = [{"number": one, "reason": why} for one, why in refused.items()]
        numbers = [ticket.id for ticket in done]
        context.output.json({deed.key: numbers, "refused": problems, "bot_running": running})
        return
    if done:
        names = ", ".join(str(ticket.id) for ticket in done)
        context.output.text(f"{deed.doing} {_tickets(done)}: {names}.")
        if not running:
            context.output.note(
                "No bot runs on this data folder; it does the rest as soon as `ogma run` starts."
            )
    for number, reason in refused.items():
        context.output.error(f"Ticket {number} was not {deed.undone}: {reason}.")


def _tickets(found: list[Ticket]) -> str:
    return "1 ticket" if len(found) == 1 else f"{len(found)} tickets"

"""The block list: who may open no tickets, for how long, and who said so (O3)."""

from __future__ import annotations

from dataclasses import dataclass

from ogma.domain.access import Actor, Denial, management_denial
from ogma.domain.clock import Millis
from ogma.errors import NotFound, UsageError
from ogma.services import shield
from ogma.services.desk import Desk
from ogma.store import blocks

REASON_MAX = 500


@dataclass(frozen=True, slots=True)
class Block:
    """One entry; `until` is None where it lasts until it is lifted."""

    user_id: int
    name: str
    reason: str
    by_name: str
    at: Millis
    until: Millis | None


@dataclass(frozen=True, slots=True)
class Member:
    """Whom it is about."""

    id: int
    name: str


def block(
    desk: Desk, actor: Actor, member: Member, reason: str, until: Millis | None = None
) -> Denial | Block:
    """Let a member open no more tickets; those that are open go on."""
    with desk.db.write():
        refused = management_denial(actor, desk.settings().roles.management)
        if refused is not None:
            return refused
        why = shield.masked(reason)
        made = Block(member.id, member.name, why, actor.name, desk.now(), until)
        blocks.put(
            desk.db,
            {
                "user_id": made.user_id,
                "name": made.name,
                "reason": made.reason,
                "by_name": made.by_name,
                "at": made.at,
                "until": made.until,
            },
        )
        return made


def unblock(desk: Desk, actor: Actor, user_id: int) -> Denial | bool:
    """Lift a member's block; False when there was none in force."""
    with desk.db.write():
        refused = management_denial(actor, desk.settings().roles.management)
        if refused is not None:
            return refused
        in_force = blocks.active(desk.db, user_id, desk.now()) is not None
        blocks.remove(desk.db, user_id)
        return in_force


def active(desk: Desk, user_id: int) -> Block | None:
    """A member's block that is in force."""
    row = blocks.active(desk.db, user_id, desk.now())
    return Block(**row) if row else None


def listed(desk: Desk) -> list[Block]:
    """Blocks in force, newest first."""
    return [Block(**row) for row in blocks.listed(desk.db, desk.now())]


def member_named(desk: Desk, who: str) -> Member:
    """A member given by id, mention, or the name that a ticket was opened under.

    Raises NotFound for a name that no ticket has, UsageError for one that several members had.
    """
    digits = who.strip().removeprefix("<@").removesuffix(">").removeprefix("!")
    if digits.isdigit():
        return Member(int(digits), blocks.name_of(desk.db, int(digits)) or digits)
    found = blocks.named(desk.db, who.strip())
    if len(found) > 1:
        raise UsageError(f"Several members opened tickets as '{who}'; name one by the Discord id.")
    if not found:
        raise NotFound(f"Nobody opened a ticket as '{who}'; name the member by the Discord id.")
    [(user_id, name)] = found.items()
    return Member(user_id, name)

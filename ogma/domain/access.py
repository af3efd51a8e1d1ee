"""The one gate: may this actor do this to this ticket? Buttons, commands and the CLI ask here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ogma.domain.permissions import ADMINISTRATOR, MANAGE_CHANNELS, MANAGE_GUILD
from ogma.domain.tickets import State, Ticket


class Action(StrEnum):
    """What can be asked of a ticket."""

    SEE = "see"
    REQUEST_HUMAN = "request_human"
    JUDGE_ANSWER = "judge_answer"
    CLAIM = "claim"
    UNCLAIM = "unclaim"
    ASSIGN = "assign"
    TAG = "tag"
    PRIORITISE = "prioritise"
    NOTE = "note"
    MACRO = "macro"
    TRANSFER = "transfer"
    HAND_BACK = "hand_back"
    OUT_OF_SCOPE = "out_of_scope"
    SEND_DRAFT = "send_draft"
    JUDGE_DRAFT = "judge_draft"
    CLOSE = "close"
    REQUEST_CLOSE = "request_close"
    ANSWER_REQUEST = "answer_request"
    REOPEN = "reopen"
    FOLLOW_UP = "follow_up"
    ADD = "add"
    REMOVE = "remove"
    RENAME = "rename"
    LOCKDOWN = "lockdown"
    UNLOCK = "unlock"
    RATE = "rate"


class Denial(StrEnum):
    """Why not; each is a text in the catalogue below 'denied.'."""

    NOT_STAFF = "not_staff"
    NOT_TEAM = "not_team"
    NOT_CUSTOMER = "not_customer"
    NOT_MANAGE_CHANNELS = "not_manage_channels"
    NOT_OPEN = "not_open"
    NOT_CLOSED = "not_closed"
    NOT_YOURS = "not_yours"
    LOCKED = "locked"
    NOT_MANAGEMENT = "not_management"
    NO_MANAGEMENT_ROLE = "no_management_role"
    NOT_REOPENABLE = "not_reopenable"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, as known at this moment from Discord itself, never from ids inside a button."""

    id: int
    name: str
    roles: frozenset[int] = frozenset()
    permissions: int = 0
    """Effective permissions in the channel where it is asked."""
    owner: bool = False
    """The person at the shell: has the database anyway."""

    def has(self, permission: int) -> bool:
        """Administrators have every permission."""
        return bool(self.permissions & (permission | ADMINISTRATOR))


OWNER: Final = Actor(id=0, name="owner", owner=True)
"""The person who runs the `ogma` command."""


@dataclass(frozen=True, slots=True)
class Rank:
    """Roles that count as staff of the ticket's type and as management; members added to it."""

    staff: frozenset[int]
    management: frozenset[int]
    added: frozenset[int] = frozenset()

    def is_staff(self, actor: Actor, ticket: Ticket) -> bool:
        """Holders of a staff or management role, except the ticket's own customers."""
        if actor.owner:
            return True
        if actor.id == ticket.customer_id or actor.id in self.added:
            return False
        return bool(actor.roles & (self.staff | self.management))

    def is_management(self, actor: Actor) -> bool:
        """May use management's commands: management roles, Manage Server, and the owner."""
        return actor.owner or actor.has(MANAGE_GUILD) or bool(actor.roles & self.management)

    def sees_locked(self, actor: Actor) -> bool:
        """May know what is in lockdown: a management role, or Administrator (Q4)."""
        return actor.owner or actor.has(ADMINISTRATOR) or bool(actor.roles & self.management)


_CUSTOMERS: Final = frozenset(
    {
        Action.REQUEST_HUMAN,
        Action.JUDGE_ANSWER,
        Action.RATE,
        Action.ANSWER_REQUEST,
        Action.FOLLOW_UP,
    }
)
_MANAGEMENT: Final = frozenset({Action.LOCKDOWN, Action.UNLOCK})
_AFTERWARDS: Final = frozenset({Action.RATE, Action.FOLLOW_UP})
_AT_ANY_TIME: Final = frozenset({Action.SEE, Action.JUDGE_DRAFT, Action.REOPEN})
_WHILE_OPEN: Final = frozenset(Action) - _AFTERWARDS - _AT_ANY_TIME


def denial(actor: Actor, action: Action, ticket: Ticket, rank: Rank) -> Denial | None:
    """None when the actor may do it, else the reason why not."""
    early = _state_denial(action, ticket)
    if early is not None:
        return early
    if action is Action.SEE:
        return _see_denial(actor, ticket, rank)
    if action in _CUSTOMERS:
        return None if actor.id == ticket.customer_id else Denial.NOT_CUSTOMER
    if action in _MANAGEMENT:
        return _management_denial(actor, rank)
    if ticket.locked and not rank.is_management(actor):
        return Denial.LOCKED
    if action is Action.CLOSE:
        may_close = actor.owner or actor.has(MANAGE_CHANNELS)
        return None if may_close else Denial.NOT_MANAGE_CHANNELS
    if action is Action.REOPEN and actor.id == ticket.customer_id:
        return None
    if not rank.is_staff(actor, ticket):
        return Denial.NOT_STAFF
    return _claim_denial(actor, action, ticket, rank)


def _see_denial(actor: Actor, ticket: Ticket, rank: Rank) -> Denial | None:
    """Whoever works on it, and administrators, to whom Discord shows every channel anyway.

    Manage Server alone does not: it is enough for management's commands, not to read along.
    """
    if actor.id == ticket.customer_id or actor.id in rank.added:
        return Denial.NOT_STAFF
    if ticket.locked and not rank.sees_locked(actor):
        return Denial.LOCKED
    if actor.has(ADMINISTRATOR) or rank.is_staff(actor, ticket):
        return None
    return Denial.NOT_STAFF


def _state_denial(action: Action, ticket: Ticket) -> Denial | None:
    """What does not fit the state that the ticket is in, whoever asks."""
    if action in _WHILE_OPEN and ticket.state is not State.OPEN:
        return Denial.NOT_OPEN
    if action in _AFTERWARDS and ticket.state not in (State.CLOSING, State.CLOSED):
        return Denial.NOT_CLOSED
    reopenable = ticket.state is State.CLOSING and ticket.grace_until is not None
    if action is Action.REOPEN and not reopenable:
        return Denial.NOT_REOPENABLE
    return None


def management_denial(actor: Actor, management: Iterable[int]) -> Denial | None:
    """Whether the actor may do what is management's and about no ticket: the block list."""
    rank = Rank(frozenset(), frozenset(management))
    return None if rank.is_management(actor) else Denial.NOT_MANAGEMENT


def team_denial(actor: Actor, rank: Rank) -> Denial | None:
    """Whether the actor may do what is the team's and about no ticket: manage tips."""
    team = bool(actor.roles & (rank.staff | rank.management))
    return None if team or rank.is_management(actor) else Denial.NOT_TEAM


def _management_denial(actor: Actor, rank: Rank) -> Denial | None:
    if not rank.management:
        return Denial.NO_MANAGEMENT_ROLE
    return None if rank.is_management(actor) else Denial.NOT_MANAGEMENT


def _claim_denial(actor: Actor, action: Action, ticket: Ticket, rank: Rank) -> Denial | None:
    """A claim is given up by who holds it, or by management."""
    if action not in (Action.UNCLAIM, Action.ASSIGN) or ticket.claimed_by in (None, actor.id):
        return None
    return None if rank.is_management(actor) else Denial.NOT_YOURS

"""Handing a ticket to staff, and getting it back: one review item per escalation (E1, E2)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ogma.domain.access import Action, Actor, Denial, denial
from ogma.domain.clock import Millis
from ogma.domain.escalation import ENDED, Cause, Given, ReviewState, grown
from ogma.domain.flags import FlagKind
from ogma.domain.passages import Hit
from ogma.domain.tickets import State, Ticket
from ogma.errors import NotFound
from ogma.services import outbox as build
from ogma.services.desk import Desk
from ogma.store import flags, messages, outbox, records, tickets

_PASSAGES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class HandOver:
    """Why a ticket goes to staff, and what staff should see of it."""

    cause: Cause
    detail: str = ""
    question: str = ""
    hits: Sequence[Hit] = ()


def escalate(desk: Desk, ticket: Ticket, why: HandOver) -> None:
    """Start the ticket's review item, or let it grow. Part of the caller's transaction."""
    if ticket.state is not State.OPEN:
        return
    given = Given(desk.now(), why.cause, why.detail)
    item = records.open_escalation(desk.db, ticket.id)
    if item is None:
        _start(desk, ticket, why, given)
        return
    reasons = grown(given_of(item), given)
    records.update_escalation(desk.db, item["id"], reasons=records.reasons_to_json(reasons))
    outbox.put(desk.db, [build.sync_review(ticket.id, item["id"])], given.at)


def _start(desk: Desk, ticket: Ticket, why: HandOver, given: Given) -> None:
    number, now = ticket.id, given.at
    claimed = ticket.claimed_by is not None
    item = records.add_escalation(
        desk.db,
        {
            "ticket_id": number,
            "at": now,
            "state": ReviewState.CLAIMED if claimed else ReviewState.OPEN,
            "reasons": records.reasons_to_json((given,)),
            "question": why.question or _last_question(desk, ticket),
            "passages": json.dumps(_shown(why.hits), ensure_ascii=False),
        },
    )
    tickets.update(desk.db, number, stop_answers=True, escalated_at=now)
    waiting = [row["id"] for row in messages.pending(desk.db, number)]
    messages.decide(desk.db, waiting, "escalated")
    messages.end_pause(desk.db, number)
    detail = f"{why.cause}: {why.detail}" if why.detail else str(why.cause)
    tickets.add_event(desk.db, number, now, "escalated", (None, "Ogma"), detail)
    flags.add(desk.db, number, now, FlagKind.ESCALATED, detail)
    notice = build.say(number, build.Notice.ESCALATED, cause=why.cause)
    outbox.put(desk.db, [notice, build.sync_review(number, item)], now)


def look_again(desk: Desk, ticket: Ticket, why: HandOver) -> None:
    """A ticket that is closed is brought before staff: a flag, and an item of its own.

    Part of the caller's transaction.
    """
    now, number = desk.now(), ticket.id
    given = Given(now, why.cause, why.detail)
    flags.add(desk.db, number, now, FlagKind.ESCALATED, why.detail)
    item = records.add_escalation(
        desk.db,
        {
            "ticket_id": number,
            "at": now,
            "state": ReviewState.OPEN,
            "reasons": records.reasons_to_json((given,)),
            "question": why.question or _last_question(desk, ticket),
            "ended_at": now,
        },
    )
    outbox.put(desk.db, [build.sync_review(number, item)], now)


def _last_question(desk: Desk, ticket: Ticket) -> str:
    """What the customer wrote last, for the people who take over."""
    rows = [row for row in messages.recent(desk.db, ticket.id, 20) if row["side"] == "customer"]
    return rows[-1]["content"] if rows else ""


def _shown(hits: Sequence[Hit]) -> list[dict[str, Any]]:
    return [
        {
            "document": hit.passage.document,
            "title": hit.passage.title,
            "heading": hit.passage.heading,
            "url": hit.passage.url,
            "text": hit.passage.text[:300],
            "score": round(hit.score, 3),
        }
        for hit in hits[:_PASSAGES_SHOWN]
    ]


def given_of(item: dict[str, Any]) -> tuple[Given, ...]:
    """The reasons of a stored review item."""
    return tuple(
        Given(one["at"], Cause(one["cause"]), one["detail"]) for one in json.loads(item["reasons"])
    )


def request_human(desk: Desk, actor: Actor, number: int) -> Denial | bool:
    """The customer asks for a person: True, or False when staff know already."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.REQUEST_HUMAN, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        fresh = not ticket.escalated
        escalate(desk, ticket, HandOver(Cause.REQUEST))
        return fresh


def answered(desk: Desk, ticket: Ticket, by: str) -> None:
    """Staff have replied: the escalation is over. Part of the caller's transaction."""
    tickets.update(desk.db, ticket.id, escalated_at=None)
    move(desk, ticket, ReviewState.ANSWERED, by)


def move(desk: Desk, ticket: Ticket, state: ReviewState, by: str) -> None:
    """Bring the open review item, if there is one, to a state, and show it."""
    item = records.open_escalation(desk.db, ticket.id)
    if item is None:
        return
    now = desk.now()
    ended = now if state in ENDED else None
    records.update_escalation(
        desk.db, item["id"], state=state, ended_at=ended, changed_at=now, changed_by=by
    )
    outbox.put(desk.db, [build.sync_review(ticket.id, item["id"])], now)


def revive(desk: Desk, ticket: Ticket, state: ReviewState, by: str) -> None:
    """The close that has ended a hand-over is undone: its item goes on. In the caller's write."""
    ended = [
        item
        for item in records.escalations(desk.db, ticket.id)
        if item["state"] == ReviewState.CLOSED
    ]
    if ended and records.open_escalation(desk.db, ticket.id) is None:
        records.update_escalation(desk.db, ended[-1]["id"], ended_at=None)
        move(desk, ticket, state, by)


def show(desk: Desk, ticket: Ticket) -> None:
    """Bring every review item of the ticket up to date. Part of the caller's transaction."""
    items = records.escalations(desk.db, ticket.id)
    outbox.put(desk.db, [build.sync_review(ticket.id, item["id"]) for item in items], desk.now())


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A review item as the database has it; `passages` as `_shown` wrote them."""

    id: int
    ticket: Ticket
    state: ReviewState
    reasons: tuple[Given, ...]
    question: str
    passages: list[dict[str, Any]]
    out_of_scope: bool
    changed_by: str
    changed_at: Millis | None
    message_id: int | None


def review_item(desk: Desk, escalation_id: int) -> ReviewItem:
    """One review item; raises NotFound."""
    row = records.escalation(desk.db, escalation_id)
    if row is None:
        raise NotFound(f"There is no escalation {escalation_id}.")
    return ReviewItem(
        id=row["id"],
        ticket=desk.ticket(row["ticket_id"]),
        state=ReviewState(row["state"]),
        reasons=given_of(row),
        question=row["question"],
        passages=json.loads(row["passages"]),
        out_of_scope=bool(row["out_of_scope"]),
        changed_by=row["changed_by"],
        changed_at=row["changed_at"],
        message_id=row["message_id"],
    )


def hand_back(desk: Desk, actor: Actor, number: int) -> Denial | bool:
    """Staff give the ticket back to the AI; False when it was not escalated."""
    with desk.db.write():
        ticket = desk.ticket(number)
        refused = denial(actor, Action.HAND_BACK, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        if not ticket.escalated:
            return False
        tickets.update(desk.db, number, escalated_at=None)
        move(desk, ticket, ReviewState.HANDED_BACK, actor.name)
        tickets.add_event(desk.db, number, desk.now(), "handed_back", (actor.id, actor.name))
        return True


def out_of_scope(desk: Desk, actor: Actor, escalation_id: int) -> Denial | bool:
    """Mark the question as none of the knowledge base's business; closes nothing."""
    with desk.db.write():
        item = records.escalation(desk.db, escalation_id)
        if item is None:
            return False
        ticket = desk.ticket(item["ticket_id"])
        refused = denial(actor, Action.OUT_OF_SCOPE, ticket, desk.rank(ticket))
        if refused is not None:
            return refused
        records.update_escalation(desk.db, escalation_id, out_of_scope=1)
        tickets.add_event(desk.db, ticket.id, desk.now(), "out_of_scope", (actor.id, actor.name))
        outbox.put(desk.db, [build.sync_review(ticket.id, escalation_id)], desk.now())
        return True

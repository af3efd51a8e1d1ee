"""What happens in a ticket's channel, recorded as it happens; decisions come after (T1, A2, A3)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ogma.domain.archive import Side
from ogma.domain.assignment import Teammate
from ogma.domain.automation import looks_at_messages
from ogma.domain.clock import Millis
from ogma.domain.patterns import Private
from ogma.domain.replies import Silence, silence
from ogma.domain.tickets import State, Ticket
from ogma.services import attachments, close_request, escalation, hours, shield, team
from ogma.services.desk import Desk
from ogma.store import happenings, messages, outbox, people, tickets


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as Discord told of it. `embeds`, `components`, `files` are Discord's objects."""

    id: int
    channel_id: int
    author_id: int
    author_name: str
    at: Millis
    content: str
    roles: frozenset[int] = frozenset()
    ours: bool = False
    machine: bool = False
    """Another bot or a webhook: stored, but nobody's side."""
    system: int = 0
    """Discord's type of a message that it writes by itself, such as "pinned a message"; else 0."""
    reply_to: int | None = None
    pinned: bool = False
    embeds: Sequence[Mapping[str, Any]] = ()
    components: Sequence[Mapping[str, Any]] = ()
    files: Sequence[Mapping[str, Any]] = ()


def record(desk: Desk, incoming: Incoming) -> int | None:
    """Store a message of a ticket once; gives the ticket's number, None for other channels."""
    ticket = tickets.by_channel(desk.db, incoming.channel_id)
    if ticket is None:
        return None
    with desk.db.write():
        ticket = desk.ticket(ticket.id)
        side = side_of(desk, ticket, incoming)
        found: tuple[Private, ...] = ()
        row = _row(desk, ticket, incoming, side)
        if side is not Side.OGMA:
            row, found = shield.masked_columns(row)
        if not messages.add(desk.db, _stored(row)):
            return ticket.id
        if side in (Side.CUSTOMER, Side.STAFF):
            shield.tell(desk, ticket, (incoming.author_id, incoming.author_name), found)
        if incoming.files and side is not Side.OGMA:
            outbox.put(desk.db, [attachments.effect(ticket.id, incoming.id)], desk.now())
        if side is Side.STAFF:
            staff_spoke(desk, ticket, incoming.at, incoming.author_name)
            team.saw(desk, [Teammate(incoming.author_id, incoming.author_name, incoming.roles)])
        elif side is Side.CUSTOMER:
            _customer_spoke(desk, ticket, incoming)
        elif side is Side.OTHER and not incoming.machine:
            active = _activity(desk, ticket, incoming.at)
            tickets.update(desk.db, ticket.id, last_activity_at=active)
    return ticket.id


def side_of(desk: Desk, ticket: Ticket, incoming: Incoming) -> Side:
    """Whose message it is, from the ticket's point of view."""
    if incoming.ours:
        return Side.OGMA
    if incoming.machine:
        return Side.OTHER
    if incoming.author_id == ticket.customer_id:
        return Side.CUSTOMER
    if incoming.author_id in people.added(desk.db, ticket.id):
        return Side.CUSTOMER
    staff = desk.settings().staff_roles(ticket.type_id)
    return Side.STAFF if incoming.roles & staff else Side.OTHER


def _row(desk: Desk, ticket: Ticket, incoming: Incoming, side: Side) -> dict[str, Any]:
    ai = _first_decision(desk, ticket, incoming) if side is Side.CUSTOMER else None
    return {
        "id": incoming.id,
        "ticket_id": ticket.id,
        "origin": "channel",
        "author_id": incoming.author_id,
        "author_name": incoming.author_name,
        "side": side,
        "content": incoming.content,
        "at": incoming.at,
        "received_at": desk.clock.real(),
        "reply_to": incoming.reply_to,
        "pinned": int(incoming.pinned),
        "system": incoming.system,
        "embeds": list(incoming.embeds),
        "components": list(incoming.components),
        "files": list(incoming.files),
        "ai": ai,
        "paused": int(ai == messages.PAUSED),
    }


def _stored(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns as the database takes them: lists as JSON."""
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
        for name, value in columns.items()
    }


def _first_decision(desk: Desk, ticket: Ticket, incoming: Incoming) -> str:
    """What is written during a silence is never answered later, so it is decided at once."""
    if not incoming.content.strip():
        return f"silent:{Silence.NOTHING_TO_ANSWER}"
    answers = desk.settings().ai_mode(ticket.type_id) != "off"
    paused = hours.ai_paused(desk, incoming.at)
    why = silence(ticket, desk.settings().ai, answers, incoming.at, paused=paused)
    return f"silent:{why}" if why else messages.PENDING


def staff_spoke(desk: Desk, ticket: Ticket, at: Millis, name: str) -> None:
    """Staff are there: every answer under way is outdated, and the hand-over has been met.

    Part of the caller's transaction.
    """
    tickets.update(
        desk.db,
        ticket.id,
        stop_answers=True,
        last_staff_at=max(at, ticket.last_staff_at or 0),
        first_response_at=ticket.first_response_at or at,
        last_activity_at=_activity(desk, ticket, at),
    )
    waiting = [row["id"] for row in messages.pending(desk.db, ticket.id)]
    messages.decide(desk.db, waiting, f"silent:{Silence.STAFF_REPLIED}")
    messages.end_pause(desk.db, ticket.id)
    if ticket.escalated_at is not None and at >= ticket.escalated_at:
        escalation.answered(desk, ticket, name)


def _activity(desk: Desk, ticket: Ticket, at: Millis) -> Millis:
    """When somebody was active last, after a message of anybody but the customer (C5)."""
    counts = desk.settings().inactivity.mode == "any"
    return max(at, ticket.last_activity_at) if counts else ticket.last_activity_at


def _customer_spoke(desk: Desk, ticket: Ticket, incoming: Incoming) -> None:
    tickets.update(
        desk.db,
        ticket.id,
        last_customer_at=max(incoming.at, ticket.last_customer_at or 0),
        last_activity_at=max(incoming.at, ticket.last_activity_at),
    )
    if looks_at_messages(desk.settings().rules):
        happenings.note_message(desk.db, ticket.id, incoming.id)
    if ticket.close_request_at is not None and incoming.at >= ticket.close_request_at:
        close_request.withdraw(desk, ticket)
    if ticket.state is State.OPEN:
        outbox.put(desk.db, hours.away(desk, ticket, incoming.at), desk.now())


def record_edit(desk: Desk, message_id: int, changes: Mapping[str, Any], at: Millis) -> None:
    """Store an edit; an edited question makes the answer that is under way outdated (A3)."""
    with desk.db.write():
        old = messages.get(desk.db, message_id)
        if old is None:
            return
        if "files" in changes:
            changes = {**changes, "files": attachments.merged(old["files"], changes["files"])}
        found: tuple[Private, ...] = ()
        if old["side"] != Side.OGMA:
            changes, found = shield.masked_columns(changes)
        stored = _stored(changes)
        messages.edit(desk.db, old, at, stored)
        if old["side"] == Side.CUSTOMER and stored.get("content", old["content"]) != old["content"]:
            tickets.update(desk.db, old["ticket_id"], stop_answers=True)
        if old["side"] in (Side.CUSTOMER, Side.STAFF):
            who = (old["author_id"], old["author_name"])
            shield.tell(desk, desk.ticket(old["ticket_id"]), who, found)


def record_deletion(desk: Desk, message_id: int, at: Millis) -> None:
    """Mark a message as deleted; nobody answers a question that was taken back."""
    with desk.db.write():
        old = messages.get(desk.db, message_id)
        if old is None or old["deleted_at"] is not None:
            return
        messages.delete(desk.db, message_id, at)
        if old["side"] == Side.CUSTOMER:
            if old["ai"] == messages.PENDING:
                messages.decide(desk.db, [message_id], f"silent:{Silence.DELETED}")
            tickets.update(desk.db, old["ticket_id"], stop_answers=True)

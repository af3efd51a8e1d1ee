"""Opening a ticket: the limit is taken in the database before any channel exists (O2 to O7)."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from ogma.domain import opening as rules
from ogma.domain.automation import looks_at_messages
from ogma.domain.clock import HOUR, Millis, snowflake_at
from ogma.domain.effects import Effect, Kind, ticket_lane
from ogma.domain.intake import FieldAnswer
from ogma.domain.intake import question as own_question
from ogma.domain.opening import Circumstances, Intention, Refusal
from ogma.domain.replies import Silence
from ogma.domain.tickets import Move, State, Ticket, after
from ogma.services import assignment, blocks, hours, shield
from ogma.services import outbox as build
from ogma.services.desk import Desk
from ogma.store import happenings, intake, messages, outbox, tickets


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was changed; `ticket` is the open one where the limit is the reason.

    `until`: when it will be possible, where that is known.
    """

    why: Refusal
    ticket: Ticket | None = None
    until: Millis | None = None


def refused(desk: Desk, wish: Intention) -> Refused | None:
    """Would this be refused now? A read; the write below checks again."""
    settings = desk.settings()
    held = tickets.holding_slots(desk.db, settings.discord.guild, wish.customer_id, wish.type_id)
    why = rules.refusal(settings.type_named(wish.type_id), wish.roles, len(held))
    if why is not None:
        return Refused(why, held[-1] if why is Refusal.LIMIT and held else None)
    obstacle = rules.obstacle(wish, settings.limits, _circumstances(desk, wish))
    return Refused(obstacle.why, until=obstacle.until) if obstacle else None


def _circumstances(desk: Desk, wish: Intention) -> Circumstances:
    settings, now = desk.settings(), desk.now()
    since = now - settings.limits.openings_hours * HOUR
    block = blocks.active(desk, wish.customer_id)
    there = None if settings.hours.opening_outside else hours.there(desk)
    return Circumstances(
        at=now,
        openings=tickets.opened_by(desk.db, wish.customer_id, since),
        blocked=block is not None,
        blocked_until=block.until if block else None,
        closed=there is not None and not there.open,
        opens_at=there.until if there else None,
    )


def open_ticket(desk: Desk, wish: Intention, interaction_id: int) -> Ticket | Refused:
    """Take a slot and plan the channel, in one transaction; the same interaction opens once."""
    with desk.db.write():
        known = tickets.by_interaction(desk.db, interaction_id)
        if known is not None:
            return known
        why = refused(desk, wish)
        if why is not None:
            return why
        now = desk.now()
        wish, found = shield.masked_wish(wish)
        number = tickets.insert(desk.db, _new_ticket(desk, wish, interaction_id, now))
        actor = (wish.customer_id, wish.customer_name)
        intake.add(desk.db, number, wish.answers)
        tickets.add_event(desk.db, number, now, "opened", actor, wish.type_id)
        outbox.put(desk.db, plan_open(number), now)
        shield.tell(desk, desk.ticket(number), actor, found)
        return desk.ticket(number)


def _new_ticket(desk: Desk, wish: Intention, interaction_id: int, now: Millis) -> dict[str, object]:
    settings = desk.settings()
    kind = settings.type_named(wish.type_id)
    guild = settings.discord.guild
    held = tickets.holding_slots(desk.db, guild, wish.customer_id, wish.type_id)
    taken = {ticket.slot for ticket in held if ticket.slot is not None}
    return {
        "key": secrets.token_hex(8),
        "guild_id": guild,
        "type_id": wish.type_id,
        "customer_id": wish.customer_id,
        "customer_name": wish.customer_name,
        "slot": rules.free_slot(kind.max_open if kind else 1, taken),
        "state": State.OPENING,
        "interaction_id": interaction_id,
        "subject": wish.subject,
        "description": wish.description,
        "refers_to": wish.refers_to,
        "opened_at": now,
        "last_activity_at": now,
    }


def plan_open(number: int) -> list[Effect]:
    """A private channel, the greeting in it, the greeting pinned."""
    lane = ticket_lane(number)
    channel = Effect(Kind.OPEN_CHANNEL, f"open:{number}", lane, number)
    greet = Effect(Kind.GREET, f"greet:{number}", lane, number, requires=channel.key)
    pin = Effect(Kind.PIN_GREETING, f"pin:{number}", lane, number, requires=greet.key)
    return [channel, greet, pin]


def channel_created(desk: Desk, number: int, channel_id: int, name: str) -> None:
    """The channel stands: the ticket is open, and its intake is the first question (O4)."""
    ticket = desk.ticket(number)
    if ticket.state is not State.OPENING:
        return
    now = desk.now()
    tickets.update(
        desk.db,
        number,
        state=after(ticket.state, Move.CHANNEL_CREATED),
        channel_id=channel_id,
        channel_name=name,
    )
    assignment.begin(desk, desk.ticket(number))
    answers = intake.of_ticket(desk.db, number)
    files = [dict(file) for answer in answers for file in answer.files]
    asked = (ticket.subject, ticket.description, own_question(answers))
    question = "\n".join(part for part in asked if part)
    if question or files:
        _ask(desk, ticket, question, files, now)


def intake_message(ticket: Ticket) -> int:
    """The id under which a ticket's intake stands among its messages."""
    return ticket.interaction_id or snowflake_at(ticket.opened_at)


def intake_answers(desk: Desk, number: int) -> tuple[FieldAnswer, ...]:
    """The answers to the type's own intake fields, in their order."""
    return intake.of_ticket(desk.db, number)


def _ask(
    desk: Desk, ticket: Ticket, question: str, files: list[dict[str, Any]], now: Millis
) -> None:
    nothing = f"silent:{Silence.NOTHING_TO_ANSWER}"
    messages.add(
        desk.db,
        {
            "id": intake_message(ticket),
            "ticket_id": ticket.id,
            "origin": "intake",
            "author_id": ticket.customer_id,
            "author_name": ticket.customer_name,
            "side": "customer",
            "content": question,
            "at": ticket.opened_at,
            "received_at": desk.clock.real(),
            "files": json.dumps(files, ensure_ascii=False),
            "ai": messages.PENDING if question else nothing,
        },
    )
    if looks_at_messages(desk.settings().rules):
        happenings.note_message(desk.db, ticket.id, intake_message(ticket))
    tickets.update(desk.db, ticket.id, last_customer_at=ticket.opened_at, last_activity_at=now)
    outbox.put(desk.db, hours.away(desk, ticket, ticket.opened_at), now)


def opening_failed(desk: Desk, number: int, reason: str) -> None:
    """The channel could not be made for good: the slot is free again, and staff are told."""
    ticket = desk.ticket(number)
    if ticket.state is not State.OPENING:
        return
    now = desk.now()
    tickets.update(desk.db, number, state=after(ticket.state, Move.OPENING_FAILED), failure=reason)
    tickets.add_event(desk.db, number, now, "opening_failed", (None, "Ogma"), reason)
    senseless = [Kind.GREET, Kind.PIN_GREETING]
    outbox.drop_lane(desk.db, ticket_lane(number), senseless, "opening failed", now)
    notice = build.staff_notice(
        f"opening:{number}",
        "staff.opening_failed",
        customer=ticket.customer_name,
        type=ticket.type_id,
        problem=reason,
    )
    outbox.put(desk.db, [notice], now)

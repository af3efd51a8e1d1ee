"""What a burst needs before it counts as a question: manners, a person, or a limit (A1, A2, E1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ogma.domain.escalation import Cause
from ogma.domain.frustration import Said, mood
from ogma.domain.replies import STALE_AFTER, Silence
from ogma.domain.small_talk import SmallTalk, asks, small_talk
from ogma.domain.tickets import Ticket
from ogma.services import outbox as build
from ogma.services import rates
from ogma.services.desk import Desk
from ogma.services.escalation import HandOver, escalate
from ogma.store import flags, messages, outbox, tickets
from ogma.store.database import Row

_EVENT: Final = "frustrated"
FLAG: Final = "frustration"
_LOOKED_AT: Final = 30
"""Earlier messages that a mood is judged by."""


def settled(desk: Desk, ticket: Ticket, rows: Sequence[Row], text: str) -> bool:
    """Whether a burst is dealt with, and nothing is to be searched. In the caller's transaction."""
    if _was_small_talk(desk, ticket, rows, text):
        return True
    since = rows[-1]["resumed_at"] or rows[-1]["at"]
    if desk.now() - since > STALE_AFTER:
        escalate(desk, ticket, HandOver(Cause.STALE, question=text))
        return True
    if _gave_up_on_us(desk, ticket, rows, text):
        return True
    allowed = rates.allow(desk, rows[-1]["author_id"], ticket.id, desk.now())
    if not allowed:
        escalate(desk, ticket, HandOver(Cause.RATE_LIMIT, str(allowed.used_up), text))
    return not allowed


def _was_small_talk(desk: Desk, ticket: Ticket, rows: Sequence[Row], text: str) -> bool:
    """Answer a greeting or thanks with a friendly word, once for each kind and ticket."""
    kind = small_talk(text)
    if kind is None:
        return False
    done = f"silent:{Silence.SMALL_TALK}"
    said = {
        small_talk(row["content"])
        for row in messages.of_ticket(desk.db, ticket.id)
        if row["ai"] == done
    }
    if kind in said and asks(text):
        return False  # whoever asks "hello?" again waits for something
    messages.decide(desk.db, [row["id"] for row in rows], done)
    if kind is not SmallTalk.NOD and kind not in said and _is_live(desk, ticket):
        word = build.aside(ticket, build.Notice.SMALL_TALK, kind=kind)
        outbox.put(desk.db, [word], desk.now())
    return True


def _is_live(desk: Desk, ticket: Ticket) -> bool:
    """Whether customers of this ticket see the AI at all."""
    return desk.settings().ai_mode(ticket.type_id) == "live"


def _gave_up_on_us(desk: Desk, ticket: Ticket, rows: Sequence[Row], text: str) -> bool:
    """Judge the customer's mood; whether that alone hands the ticket over."""
    mode = desk.settings().escalation.frustration
    if mode == "off":
        return False
    now = [Said(row["at"], row["content"]) for row in rows]
    earlier = messages.recent(desk.db, ticket.id, _LOOKED_AT + len(rows))
    first = rows[0]["id"]
    before = [
        Said(row["at"], row["content"])
        for row in earlier
        if row["side"] == "customer" and row["id"] < first
    ]
    found = mood(now, before)
    if not found.frustrated:
        return False
    offered = any(event["kind"] == _EVENT for event in tickets.events(desk.db, ticket.id))
    who = (rows[-1]["author_id"], rows[-1]["author_name"])
    tickets.add_event(desk.db, ticket.id, desk.now(), _EVENT, who, str(found), staff_only=True)
    flags.add(desk.db, ticket.id, desk.now(), FLAG, str(found))
    if mode == "auto":
        escalate(desk, ticket, HandOver(Cause.FRUSTRATION, str(found), text))
        return True
    if not offered and _is_live(desk, ticket):
        outbox.put(desk.db, [build.aside(ticket, build.Notice.OFFER_HUMAN)], desk.now())
    return False

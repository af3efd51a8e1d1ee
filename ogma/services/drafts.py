"""Drafts as facts: an answer is kept back for staff, and its item in #staff-review follows (A7)."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass

from ogma.domain.answers import Citation
from ogma.domain.effects import Effect, Kind, draft_lane
from ogma.domain.shadow import SENDABLE, Draft
from ogma.domain.tickets import Ticket
from ogma.errors import NotFound
from ogma.services.desk import Desk
from ogma.store import drafts, outbox, records


def keep_back(desk: Desk, ticket: Ticket, answer_id: int) -> None:
    """Show an answer to staff instead of the customer. Part of the caller's transaction."""
    now = desk.now()
    made = drafts.add(desk.db, answer_id, ticket.id, ticket.type_id, ticket.revision, now)
    outbox.put(desk.db, [_sync(ticket.id, made)], now)


def may_be_sent(desk: Desk, ticket: Ticket, answer_id: int) -> bool:
    """Whether an answer may reach the customer at all: live, or staff have sent its draft."""
    draft = drafts.of_answer(desk.db, answer_id)
    if draft is None:
        return desk.settings().ai_mode(ticket.type_id) == "live"
    return draft.state in SENDABLE


def words(desk: Desk, answer_id: int) -> str | None:
    """What staff sent in place of a draft's own words; None for anything else."""
    draft = drafts.of_answer(desk.db, answer_id)
    return draft.text if draft else None


@dataclass(frozen=True, slots=True)
class DraftItem:
    """A draft as staff see it. `text` is what was sent, or would be."""

    draft: Draft
    ticket: Ticket
    question: str
    text: str
    citations: tuple[Citation, ...]
    withdrawn: str | None
    """Why a draft that staff have sent did not reach the customer, or was taken back."""


def found(desk: Desk, draft_id: int) -> Draft:
    """One draft; raises NotFound."""
    draft = drafts.get(desk.db, draft_id)
    if draft is None:
        raise NotFound(f"There is no draft {draft_id}.")
    return draft


def item(desk: Desk, draft_id: int) -> DraftItem:
    """A draft with all that is shown of it; raises NotFound."""
    draft = found(desk, draft_id)
    row = records.answer(desk.db, draft.answer_id)
    assert row is not None  # the schema sees to it
    record = json.loads(row["record"])
    return DraftItem(
        draft=draft,
        ticket=desk.ticket(draft.ticket_id),
        question=row["question"],
        text=draft.text or record["text"] or "",
        citations=tuple(Citation(**one) for one in record["citations"]),
        withdrawn=row["withdrawn"],
    )


def show(desk: Desk, ticket: Ticket) -> None:
    """Bring the items of all drafts of a ticket up to date. Part of the caller's transaction."""
    shown = [_sync(ticket.id, draft.id) for draft in drafts.of_ticket(desk.db, ticket.id)]
    outbox.put(desk.db, shown, desk.now())


def show_one(desk: Desk, draft: Draft) -> None:
    """Bring a draft's item up to date. Part of the caller's transaction."""
    outbox.put(desk.db, [_sync(draft.ticket_id, draft.id)], desk.now())


def show_of_answer(desk: Desk, answer_id: int) -> None:
    """Something became of an answer: if it was a draft, its item says so."""
    draft = drafts.of_answer(desk.db, answer_id)
    if draft is not None:
        show_one(desk, draft)


def posted(desk: Desk, draft_id: int, message_id: int) -> None:
    """The draft's item is there. Part of the caller's transaction."""
    drafts.update(desk.db, draft_id, message_id=message_id)


def _sync(number: int, draft_id: int) -> Effect:
    key = f"draft:{draft_id}:{secrets.token_hex(4)}"
    return Effect(Kind.SYNC_DRAFT, key, draft_lane(draft_id), number, {"draft": draft_id})

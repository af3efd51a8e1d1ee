"""Tickets as the command line prints them: plain values, ids as strings, times as RFC 3339."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ogma.domain.clock import Millis, rfc3339
from ogma.domain.passages import Search
from ogma.domain.tickets import Ticket
from ogma.errors import NotFound, UsageError
from ogma.services.automation import rules, sla
from ogma.services.desk import Desk
from ogma.store import drafts, flags, listing, marks, messages, outbox, queue, records, tickets
from ogma.store.database import Row
from ogma.store.queue import Filter as Filter

Document = dict[str, Any]
EVERYTHING = 1_000_000
"""A limit that no data folder reaches."""


def ticket_documents(desk: Desk, found: Sequence[Ticket]) -> list[Document]:
    """Tickets as in every listing. `assignee` is the name of whoever has claimed it."""
    numbers = [ticket.id for ticket in found]
    tags, flagged = marks.of_tickets(desk.db, numbers), flags.open_kinds(desk.db, numbers)
    return [_document(ticket, tags[ticket.id], flagged[ticket.id]) for ticket in found]


def _document(ticket: Ticket, tags: Sequence[str], flagged: Sequence[str]) -> Document:
    return {
        "number": ticket.id,
        "type": ticket.type_id,
        "state": ticket.state.value,
        "customer": {"id": str(ticket.customer_id), "name": ticket.customer_name},
        "assignee": ticket.claimed_by_name,
        "waiting_on": ticket.waiting_on,
        "escalated": ticket.escalated,
        "locked": ticket.locked,
        "priority": ticket.priority,
        "tags": list(tags),
        "flags": list(flagged),
        "subject": ticket.subject,
        "opened_at": rfc3339(ticket.opened_at),
        "last_activity_at": rfc3339(ticket.last_activity_at),
        "closed_at": rfc3339(ticket.closed_at),
        "close_reason": ticket.close_reason,
        "close_cause": ticket.close_cause,
        "csat": ticket.csat,
    }


def with_due(desk: Desk, documents: Sequence[Document]) -> list[Document]:
    """The documents with what is due next in each ticket, None where nothing is."""
    due = sla.due_next(desk, [one["number"] for one in documents])
    return [{**one, "due": due.get(one["number"])} for one in documents]


def listed(desk: Desk, wanted: Filter) -> list[Ticket]:
    """The tickets that fit, newest first."""
    return queue.listed(desk.db, wanted)


def counters(desk: Desk, *, restricted: bool = True) -> dict[str, int]:
    """The counts above every listing; `restricted`: with the tickets in lockdown."""
    return queue.counters(desk.db, Filter(restricted=restricted))


def claimant(desk: Desk, who: str) -> int:
    """The id of a member of staff, given as an id or as the name that claims are held under."""
    if who.isdigit():
        return int(who)
    found = listing.claimants(desk.db, who)
    if len(found) > 1:
        raise UsageError(f"Several people claimed tickets as '{who}'; name one by the Discord id.")
    return found[0] if found else 0


def seen(desk: Desk, number: int, *, restricted: bool) -> Ticket:
    """A ticket that may be shown; raises NotFound where it may not."""
    ticket = desk.ticket(number)
    if ticket.locked and not restricted:
        raise NotFound(
            f"Ticket {number} is in lockdown, so it is left out; --include-restricted shows it."
        )
    return ticket


def ticket_whole(desk: Desk, ticket: Ticket) -> Document:
    """Everything about one ticket: its conversation, its history, its effects."""
    return {
        **ticket_documents(desk, [ticket])[0],
        "key": ticket.key,
        "description": ticket.description,
        "channel": {
            "id": None if ticket.channel_id is None else str(ticket.channel_id),
            "name": ticket.channel_name,
        },
        "claimed_at": rfc3339(ticket.claimed_at),
        "escalated_at": rfc3339(ticket.escalated_at),
        "first_response_at": rfc3339(ticket.first_response_at),
        "closing_at": rfc3339(ticket.closing_at),
        "closed_by": ticket.closed_by_name,
        "close_note": ticket.close_note,
        "archive": ticket.archive_path,
        "failure": ticket.failure,
        "messages": [_message(row) for row in messages.of_ticket(desk.db, ticket.id)],
        "events": [_event(row) for row in tickets.events(desk.db, ticket.id)],
        "rules": rules.fired(desk, ticket.id),
        "jobs": [job_document(row) for row in outbox.of_ticket(desk.db, ticket.id)],
    }


def _message(row: Row) -> Document:
    return {
        "id": str(row["id"]),
        "origin": row["origin"],
        "author": {"id": str(row["author_id"]), "name": row["author_name"]},
        "side": row["side"],
        "content": row["content"],
        "embeds": json.loads(row["embeds"]),
        "at": rfc3339(row["at"]),
        "edited_at": rfc3339(row["edited_at"]),
        "deleted_at": rfc3339(row["deleted_at"]),
    }


def _event(row: Row) -> Document:
    return {
        "at": rfc3339(row["at"]),
        "kind": row["kind"],
        "actor": row["actor"],
        "detail": row["detail"],
    }


def jobs(desk: Desk, states: Sequence[str], limit: int = EVERYTHING) -> list[Document]:
    """Effects of the outbox in these states, newest first."""
    return [job_document(row) for row in outbox.listed(desk.db, list(states), limit)]


def job(desk: Desk, job_id: int) -> Document:
    """One effect of the outbox; raises NotFound."""
    row = listing.job(desk.db, job_id)
    if row is None:
        raise NotFound(f"There is no job {job_id}; `ogma jobs list` shows which there are.")
    return job_document(row)


def job_counters(desk: Desk) -> dict[str, int]:
    """How many effects stand in which state; a state without any is left out."""
    return outbox.states(desk.db)


def job_document(row: Row) -> Document:
    """One effect of the outbox."""
    return {
        "id": str(row["id"]),
        "kind": row["kind"],
        "state": row["state"],
        "ticket": row["ticket_id"],
        "lane": row["lane"],
        "key": row["key"],
        "requires": None if row["requires"] is None else str(row["requires"]),
        "attempts": row["attempts"],
        "created_at": rfc3339(row["created_at"]),
        "run_at": rfc3339(row["run_at"]),
        "done_at": rfc3339(row["done_at"]),
        "last_error": row["last_error"],
        "receipt": json.loads(row["receipt"]) if row["receipt"] else None,
    }


def why(desk: Desk, ticket: Ticket) -> Document:
    """Every decision that was made about a ticket's questions (A8), oldest first."""
    answers = [
        {**decision(row), "draft": _draft(desk, row["id"])}
        for row in records.answers(desk.db, ticket.id)
    ]
    decided = [_met(row) for row in messages.of_ticket(desk.db, ticket.id) if row["ai"]]
    handed = [_escalation(row) for row in records.escalations(desk.db, ticket.id)]
    return {
        "ticket": ticket.id,
        "answers": answers,
        "messages": decided,
        "escalations": handed,
    }


_KEPT = (
    *("outcome", "reason", "confidence", "threshold"),
    *("engine", "model", "model_digest", "model_error", "reworded_by"),
)


def _draft(desk: Desk, answer_id: int) -> Document | None:
    """What staff made of an answer that only they saw (A7)."""
    found = drafts.of_answer(desk.db, answer_id)
    if found is None:
        return None
    return {
        "state": found.state.value,
        "by": found.judged_by_name or None,
        "at": rfc3339(found.judged_at),
        "text": found.text,
    }


def decision(row: Row) -> Document:
    """One decision as it was recorded, with what became of it."""
    return {
        "id": str(row["id"]),
        **_decided(row["question"], row["at"], row["searched"], json.loads(row["record"])),
        "message": None if row["message_id"] is None else str(row["message_id"]),
        "withdrawn": row["withdrawn"],
        "feedback": row["feedback"],
    }


def decision_now(question: str, at: Millis, search: Search, record: Mapping[str, Any]) -> Document:
    """A decision that is made at this moment and not recorded."""
    return _decided(question, at, search.query, record)


def _decided(question: str, at: Millis, searched: str, record: Mapping[str, Any]) -> Document:
    return {
        "at": rfc3339(at),
        "question": question,
        "searched": searched,
        "mode": record["mode"],
        **{name: record.get(name) for name in _KEPT},
        "prompt_tokens": {
            "estimated": record.get("prompt_tokens_estimated"),
            "counted": record.get("prompt_tokens_counted"),
        },
        "candidates": record["candidates"],
        "tools": record.get("tools", []),
        "checks": record["checks"],
        "citations": record["citations"],
        "answer": record.get("text"),
        "timings_ms": record["timings_ms"],
    }


def _met(row: Row) -> Document:
    """A customer's message, and what it was met with."""
    decision, _, silence = str(row["ai"]).partition(":")
    return {
        "id": str(row["id"]),
        "at": rfc3339(row["at"]),
        "content": row["content"],
        "decision": decision,
        "silence": silence or None,
        "answer": None if row["answer_id"] is None else str(row["answer_id"]),
    }


def _escalation(row: Row) -> Document:
    reasons = json.loads(row["reasons"])
    return {
        "id": str(row["id"]),
        "at": rfc3339(row["at"]),
        "state": row["state"],
        "reasons": [{**one, "at": rfc3339(one["at"])} for one in reasons],
        "ended_at": rfc3339(row["ended_at"]),
    }

"""What every transcript tells in words of its own: the facts at its head, events, sizes."""

from __future__ import annotations

from ogma.domain.archive import ArchivedEvent, ArchivedTicket
from ogma.domain.clock import Millis
from ogma.transcripts.labels import Words


def header_rows(ticket: ArchivedTicket, words: Words) -> list[tuple[str, str | Millis]]:
    """(label, text or instant) of what is known; what is not is left out."""
    rows: list[tuple[str, str | Millis | None]] = [
        ("server", ticket.server),
        ("type", ticket.type_label),
        ("customer", ticket.customer.name),
        ("assignee", ticket.assignee),
        ("handled_by", words.of("handled", ticket.handled_by)),
        ("opened_at", ticket.opened_at),
        ("first_response_at", ticket.first_response_at),
        ("claimed_at", ticket.claimed_at),
        ("escalated_at", ticket.escalated_at),
        ("closed_at", ticket.closed_at),
        ("closed_by", ticket.closed_by),
        ("close_reason", words.of("reason", ticket.close_reason)),
        ("close_cause", words.of("cause", ticket.close_cause)),
        ("rating", words.of("rating", ticket.rating)),
    ]
    return [(words(key), value) for key, value in rows if value not in (None, "")]


def event_detail(event: ArchivedEvent, words: Words) -> str:
    """What stands below an event as Markdown; stored codes become words."""
    detail = event.detail
    match event.kind:
        case "opened":
            return ""
        case "closed" | "close_requested":
            return words.of("reason", detail) or ""
        case "followed_up":
            return words.of("answered", detail) or ""
        case "rated" | "judged":
            return words.of("rating", detail) or ""
        case "escalated":
            cause, _, measured = detail.partition(":")
            beside = words.measured(cause, measured.strip())
            return " ".join(filter(None, (words.of("escalation", cause), beside)))
    return words.beside(event.kind, detail)


def size_text(size: int) -> str:
    """Bytes for people."""
    if size < 1024:
        return f"{size} B"
    amount = size / 1024
    for unit in ("KB", "MB"):
        if amount < 1024:
            return f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"

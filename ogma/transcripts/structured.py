"""The JSON transcript: the same facts as the page, for programs."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from ogma.domain.archive import (
    ArchivedEvent,
    ArchivedFile,
    ArchivedMessage,
    ArchivedTicket,
    Person,
    View,
)
from ogma.domain.clock import rfc3339
from ogma.transcripts.views import people, visible

SCHEMA: Final = "ogma.ticket/1"
_RISKY = re.compile("[<>&\u007f-\u009f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
"""Harmless in JSON, not in a page or a terminal that shows it; written as \\u escapes."""


def render_json(ticket: ArchivedTicket, view: View) -> str:
    """The document as text, two spaces deep."""
    document = json.dumps(_ticket(visible(ticket, view), view), ensure_ascii=False, indent=2)
    return _RISKY.sub(lambda found: f"\\u{ord(found.group()):04x}", document) + "\n"


def _ticket(ticket: ArchivedTicket, view: View) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "view": view.value,
        "number": ticket.number,
        "key": ticket.key,
        "type": {"id": ticket.type_id, "label": ticket.type_label},
        "server": ticket.server,
        "channel": ticket.channel,
        "subject": ticket.subject,
        "intake": [{"label": label, "answer": answer} for label, answer in ticket.intake],
        "customer": _person(ticket.customer),
        "people": [{**_person(person), "messages": count} for person, count in people(ticket)],
        "opened_at": rfc3339(ticket.opened_at),
        "first_response_at": rfc3339(ticket.first_response_at),
        "claimed_at": rfc3339(ticket.claimed_at),
        "escalated_at": rfc3339(ticket.escalated_at),
        "closed_at": rfc3339(ticket.closed_at),
        "assignee": ticket.assignee,
        "closed_by": ticket.closed_by,
        "close_reason": ticket.close_reason,
        "close_cause": ticket.close_cause,
        "close_note": ticket.close_note,
        "rating": ticket.rating,
        "tags": list(ticket.tags),
        "handled_by": ticket.handled_by,
        "locked": ticket.locked,
        "messages": [_message(message) for message in ticket.messages],
        "events": [_event(event) for event in ticket.events],
        "names": dict(sorted(ticket.names.items())),
    }


def _person(person: Person) -> dict[str, Any]:
    return {"id": str(person.id), "name": person.name, "side": person.side.value}


def _message(message: ArchivedMessage) -> dict[str, Any]:
    return {
        "id": str(message.id),
        "author": _person(message.author),
        "content": message.content,
        "at": rfc3339(message.at),
        "edited_at": rfc3339(message.edited_at),
        "deleted_at": rfc3339(message.deleted_at),
        "reply_to": None if message.reply_to is None else str(message.reply_to),
        "pinned": message.pinned,
        "ai": message.ai,
        "trace": message.trace,
        "files": [_file(file) for file in message.files],
        "embeds": _plain(message.embeds),
        "components": _plain(message.components),
        "reactions": _plain(message.reactions),
        "earlier": [{"until": rfc3339(until), "content": text} for until, text in message.earlier],
    }


def _file(file: ArchivedFile) -> dict[str, Any]:
    """Without the path: where the owner keeps files is nobody's business."""
    return {
        "id": str(file.id),
        "name": file.name,
        "size": file.size,
        "content_type": file.content_type,
        "sha256": file.sha256,
        "kept": file.path is not None,
        "missing": file.missing,
    }


def _event(event: ArchivedEvent) -> dict[str, Any]:
    return {
        "at": rfc3339(event.at),
        "kind": event.kind,
        "actor": event.actor,
        "detail": event.detail,
        "staff_only": event.staff_only,
    }


def _plain(objects: tuple[Any, ...]) -> list[Any]:
    """Discord's own objects as they came, in plain dicts."""
    return [dict(one) for one in objects]

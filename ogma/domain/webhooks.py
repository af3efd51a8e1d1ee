"""What a webhook sends, and how it is signed (Q8). The form is described in the README.

Version 1 keeps its keys for ever; new ones may come.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from ogma.domain.automation_policies import WebhookPolicy
from ogma.domain.clock import Millis, rfc3339
from ogma.domain.events import EVENT_KINDS, EventKind
from ogma.domain.tickets import Ticket

VERSION: Final = 1
SIGNATURE: Final = "X-Ogma-Signature"
EVENT_ID: Final = "X-Ogma-Event-Id"
RULE_FIRED: Final = "rule.webhook"
PING: Final = "ping"

_SILENT: Final = frozenset({"note", "noted"})
"""Events whose detail is for the team's eyes only."""


def wants(hook: WebhookPolicy, event: str) -> bool:
    """Whether this webhook is told of such events."""
    return hook.enabled and (not hook.events or event in hook.events)


def event_name(kind: EventKind) -> str:
    """The event of a ticket's history as webhooks name it."""
    return f"ticket.{kind}"


EVENTS: Final = (*map(event_name, EVENT_KINDS), RULE_FIRED, PING)
"""All that a webhook may be told; the README describes each."""


def document(
    event_id: str, kind: str, at: Millis, ticket: Ticket | None, **more: Any
) -> dict[str, Any]:
    """The body: what happened, and the ticket as it is then."""
    return {
        "version": VERSION,
        "id": event_id,
        "event": kind,
        "at": rfc3339(at),
        "ticket": None if ticket is None else ticket_document(ticket),
        **more,
    }


def ticket_document(ticket: Ticket) -> dict[str, Any]:
    """The ticket; of one in lockdown nothing that only management may know."""
    shown = {
        "number": ticket.id,
        "type": ticket.type_id,
        "state": ticket.state.value,
        "locked": ticket.locked,
    }
    if ticket.locked:
        return shown
    return {
        **shown,
        "customer": {"id": str(ticket.customer_id), "name": ticket.customer_name},
        "subject": ticket.subject,
        "assignee": _person(ticket.claimed_by, ticket.claimed_by_name),
        "priority": ticket.priority,
        "escalated": ticket.escalated,
        "waiting_on": ticket.waiting_on,
        "opened_at": rfc3339(ticket.opened_at),
        "first_response_at": rfc3339(ticket.first_response_at),
        "closing_at": rfc3339(ticket.closing_at),
        "close_reason": ticket.close_reason,
        "close_cause": ticket.close_cause,
        "csat": ticket.csat,
    }


def _person(number: int | None, name: str | None) -> dict[str, Any] | None:
    return None if number is None else {"id": str(number), "name": name}


def happened(ticket: Ticket, event: Mapping[str, Any]) -> dict[str, Any]:
    """Who did it, and what else is known; of a locked ticket or a note nothing."""
    if ticket.locked:
        return {"actor": None, "detail": ""}
    return {
        "actor": {"id": str(event["actor_id"] or ""), "name": event["actor"]},
        "detail": "" if event["kind"] in _SILENT else event["detail"],
    }


def encoded(body: Mapping[str, Any]) -> bytes:
    """The bytes that are sent and signed."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def signature(secret: str, body: bytes, unix: int) -> str:
    """The header by which the receiver knows that it was us, and when: 't=UNIX,v1=HEX'.

    The key signs the time, a full stop and the body, so that none can be exchanged.
    """
    signed = f"{unix}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={unix},v1={digest}"

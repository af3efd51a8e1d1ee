"""Q8: what a webhook sends, and how a receiver knows who sent it."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace

from ogma.domain import webhooks
from ogma.domain.automation_policies import WebhookPolicy
from ogma.domain.tickets import State, Ticket

TICKET = Ticket(
    id=7,
    key="k",
    guild_id=1,
    type_id="general",
    customer_id=2,
    customer_name="alice",
    state=State.OPEN,
    opened_at=1_800_000_000_000,
    last_activity_at=1_800_000_000_000,
    subject="My secret subject",
)


def test_q8_the_signature_is_an_hmac_over_time_and_body() -> None:
    """As a receiver computes it, from the header's own words."""
    body = webhooks.encoded({"text": "grüß"})
    header = webhooks.signature("s3cret", body, 1_800_000_000)
    stamp, mac = (part.split("=")[1] for part in header.split(","))
    expected = hmac.new(b"s3cret", stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert header == f"t=1800000000,v1={expected}"
    assert mac != webhooks.signature("other", body, 1_800_000_000).rpartition("=")[2]


def test_q8_the_form_of_version_1() -> None:
    event = {"kind": "claimed", "actor_id": 3, "actor": "sam", "detail": ""}
    more = webhooks.happened(TICKET, event)
    document = webhooks.document("1-7-9", "ticket.claimed", 1_800_000_060_000, TICKET, **more)
    assert json.loads(webhooks.encoded(document)) == {
        "version": 1,
        "id": "1-7-9",
        "event": "ticket.claimed",
        "at": "2027-01-15T08:01:00.000Z",
        "ticket": {
            "number": 7,
            "type": "general",
            "state": "open",
            "locked": False,
            "customer": {"id": "2", "name": "alice"},
            "subject": "My secret subject",
            "assignee": None,
            "priority": "normal",
            "escalated": False,
            "waiting_on": "staff",
            "opened_at": "2027-01-15T08:00:00.000Z",
            "first_response_at": None,
            "closing_at": None,
            "close_reason": None,
            "close_cause": None,
            "csat": None,
        },
        "actor": {"id": "3", "name": "sam"},
        "detail": "",
    }


def test_q4_q8_of_a_locked_ticket_nothing_leaves() -> None:
    locked = replace(TICKET, locked_at=5)
    event = {"kind": "commented", "actor_id": 2, "actor": "alice", "detail": "so bad"}
    document = webhooks.document("i", "e", 1, locked, **webhooks.happened(locked, event))
    text = webhooks.encoded(document).decode()
    assert not any(word in text for word in ("secret", "alice", "so bad"))
    assert document["ticket"]["locked"] is True


def test_q8_only_the_events_that_are_asked_for() -> None:
    hook = WebhookPolicy(id="crm", url="https://example.com/x")
    assert webhooks.wants(hook, "ticket.closed")
    some = WebhookPolicy(id="crm", url="https://example.com/x", events=("ticket.closed",))
    assert webhooks.wants(some, "ticket.closed")
    assert not webhooks.wants(some, "ticket.opened")
    assert not webhooks.wants(hook.model_copy(update={"enabled": False}), "ticket.closed")

"""T2: the JSON transcript, for programs: stable keys, RFC 3339 times, ids as strings."""

from __future__ import annotations

import json

from ogma.domain.archive import ArchivedTicket, View
from ogma.transcripts.render import render_json

from .samples import bare_ticket


def test_the_document_has_everything(ticket: ArchivedTicket) -> None:
    document = json.loads(render_json(ticket, View.STAFF))
    assert document["schema"] == "ogma.ticket/1"
    assert document["view"] == "staff"
    assert document["type"] == {"id": "billing", "label": "Billing"}
    assert document["opened_at"] == "2026-03-12T14:02:00.000Z"
    assert document["intake"][0] == {"label": "Subject", "answer": "Exports stop at 90 %"}
    assert document["people"][0] == {
        "id": "101", "name": "alice", "side": "customer", "messages": 4,
    }  # fmt: skip
    fifth = document["messages"][4]
    assert fifth["edited_at"] == "2026-03-12T14:14:00.000Z"
    assert fifth["earlier"] == [
        {"until": "2026-03-12T14:14:00.000Z", "content": "Still stops. EARLIER-CANARY"}
    ]
    assert fifth["files"][0] == {
        "id": "1",
        "name": "screenshot.png",
        "size": ticket.messages[4].files[0].size,
        "content_type": None,
        "sha256": "ab" * 32,
        "kept": True,
        "missing": None,
    }
    assert document["messages"][3]["reply_to"] == "3"
    assert document["messages"][0]["embeds"][0]["title"] == "Ticket #42"
    assert document["events"][3]["staff_only"] is True


def test_the_same_ticket_gives_the_same_bytes(ticket: ArchivedTicket) -> None:
    assert render_json(ticket, View.STAFF) == render_json(ticket, View.STAFF)


def test_the_keys_do_not_depend_on_what_is_known(ticket: ArchivedTicket) -> None:
    full = json.loads(render_json(ticket, View.STAFF))
    empty = json.loads(render_json(bare_ticket(), View.CUSTOMER))
    assert list(full) == list(empty)
    assert empty["closed_at"] is None

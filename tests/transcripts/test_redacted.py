"""T2: `--redact`: nobody in the transcript is named, in any format and either view."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ogma.domain.archive import ArchivedEvent, ArchivedTicket, Person, Side, View
from ogma.transcripts.redacted import redacted
from ogma.transcripts.render import render_html, render_json, render_markdown, render_text

from .dom import faults
from .samples import message

PRIVATE = "Write to zoe.quill@example.org or +49 171 2345678, <@4711>; I am Zoë Quillfeather."
SECRETS = ("zoe.quill", "2345678", "4711", "Quillfeather", "Zoë", "nobody-yet", "private.example")


def private_ticket(ticket: ArchivedTicket) -> ArchivedTicket:
    """The rich ticket, of a customer with a name that stands nowhere else."""
    zoe = Person(4711, "Zoë Quillfeather", Side.CUSTOMER)
    embed = {"title": PRIVATE, "url": "https://private.example", "fields": [{"value": PRIVATE}]}
    said = message(1, text=PRIVATE)
    said = replace(said, author=zoe, embeds=(embed,), earlier=((1, PRIVATE),), trace=PRIVATE)
    added = ArchivedEvent(ticket.opened_at, "member_added", "Zoë Quillfeather", "nobody-yet")
    return replace(
        ticket,
        customer=zoe,
        subject=PRIVATE,
        intake=(("Subject", PRIVATE),),
        channel="zoë-quillfeather",
        closed_by="Zoë Quillfeather",
        close_note=PRIVATE,
        messages=(said, *ticket.messages),
        events=(*ticket.events, added),
        names={**ticket.names, "@4711": "Zoë Quillfeather"},
    )


@pytest.mark.parametrize("view", View)
@pytest.mark.parametrize(
    "render", [render_html, render_json, render_markdown, render_text], ids=lambda one: one.__name__
)
def test_t2_nobody_is_named(ticket: ArchivedTicket, view: View, render: object) -> None:
    shown = render(redacted(private_ticket(ticket)), view)  # type: ignore[operator]
    assert [secret for secret in SECRETS if secret.casefold() in shown.casefold()] == []
    assert "Customer" in shown
    assert "[email]" in shown.replace("\\", "")


def test_t2_the_same_person_is_the_same_all_through(ticket: ArchivedTicket) -> None:
    """T2: who said what to whom stays to be read."""
    document = json.loads(render_json(redacted(private_ticket(ticket)), View.STAFF))
    before = json.loads(render_json(private_ticket(ticket), View.STAFF))
    pairs = {
        (old["author"]["id"], new["author"]["name"])
        for old, new in zip(before["messages"], document["messages"], strict=True)
    }
    assert len({person for person, _ in pairs}) == len(pairs)
    assert document["customer"]["name"] == "Customer"
    assert document["closed_by"] == "Customer"


def test_t2_no_picture_and_no_file_is_carried(ticket: ArchivedTicket) -> None:
    """T2: nobody can mask what a picture shows."""
    page = render_html(redacted(ticket), View.STAFF)
    assert "data:image" not in page
    assert faults(page) == []

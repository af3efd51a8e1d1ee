"""O4: answers to own fields are stored, searched, asked, and stand in the archive."""

from __future__ import annotations

import json
from dataclasses import replace

from ogma.domain.clock import SECOND
from ogma.domain.intake import FieldAnswer
from ogma.domain.opening import Intention
from ogma.domain.tickets import Ticket
from ogma.services import archive, listing, opening, replies
from ogma.services.listing import Filter
from ogma.store import messages

from .conftest import ALICE, Office

FILE = {"id": "5", "filename": "shot.png", "size": 3, "url": "http://x/shot.png"}
ANSWERS = (
    FieldAnswer("order", "Order number", "short", "4711"),
    FieldAnswer("story", "What happened?", "paragraph", "It broke."),
    FieldAnswer("shot", "Screenshot", "file", "shot.png", (FILE,)),
)
WISH = Intention(ALICE, "alice", frozenset(), "general", answers=ANSWERS)


def opened(office: Office, wish: Intention, interaction: int) -> Ticket:
    ticket = opening.open_ticket(office.desk, wish, interaction)
    assert isinstance(ticket, Ticket)
    office.deliver()
    return office.ticket(ticket.id)


def test_o4_answers_are_stored_and_are_the_first_question(office: Office) -> None:
    """O4: in their order, and with the ticket in one transaction."""
    ticket = opened(office, WISH, 77)
    assert opening.intake_answers(office.desk, ticket.id) == ANSWERS
    [row] = messages.pending(office.desk.db, ticket.id)
    assert row["content"] == "It broke."
    assert json.loads(row["files"]) == [FILE]
    assert row["id"] == opening.intake_message(ticket)


def test_o4_the_question_is_asked_with_the_facts(office: Office) -> None:
    """O4, A1: an order number or a choice is context, also of what is asked later."""
    opened(office, WISH, 77)
    office.clock.at += 4 * SECOND
    first = replies.begin(office.desk, 1)
    assert first is not None
    assert (first.text, first.context) == ("It broke.", ("customer: Order number: 4711",))


def test_o4_answers_are_found(office: Office) -> None:
    """O4: `tickets list --search` looks into them."""
    ticket = opened(office, WISH, 77)
    opened(office, replace(WISH, type_id="quiet", answers=()), 78)
    for text in ("4711", "BROKE", "shot.png"):
        assert [one.id for one in listing.listed(office.desk, Filter(text=text))] == [ticket.id]
    assert listing.listed(office.desk, Filter(text="4712")) == []


def test_o4_answers_stand_in_the_transcript(office: Office) -> None:
    """O4, T2: with their labels, in the header."""
    ticket = opened(office, WISH, 77)
    built = archive.build(office.desk, ticket.id)
    assert built.intake == (
        ("Order number", "4711"),
        ("What happened?", "It broke."),
        ("Screenshot", "shot.png"),
    )


def test_a_file_alone_is_kept_and_no_question(office: Office) -> None:
    ticket = opened(office, replace(WISH, answers=ANSWERS[2:]), 77)
    assert messages.pending(office.desk.db, ticket.id) == []
    row = messages.get(office.desk.db, opening.intake_message(ticket))
    assert row is not None
    assert (row["ai"], json.loads(row["files"])) == ("silent:nothing_to_answer", [FILE])

"""Secrets that people paste: masked before storage wherever they come in, told of once (D4)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ogma.domain.access import Actor
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.effects import Kind
from ogma.domain.intake import FieldAnswer
from ogma.domain.opening import Intention
from ogma.domain.tickets import Ticket
from ogma.services import attachments, blocks, closing, conversation, opening, people, replies
from ogma.services.closing import Closure
from ogma.services.conversation import Incoming
from ogma.store import messages, outbox, tickets

from .conftest import ALICE, CLOSER, CUSTOMER, SAM, STAFF, Office

CARD = "4111 1111 1111 1111"
TOKEN = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
PASSWORD = "password: hunter2canary"
WEBHOOK = Actor(77, "hook")


def notices(office: Office) -> list[list[str]]:
    rows = outbox.of_ticket(office.desk.db, 1)
    said = [json.loads(row["payload"]) for row in rows if row["kind"] == Kind.SAY]
    return [one["values"]["kinds"] for one in said if one["notice"] == "secret_masked"]


def bytes_of(folder: Path) -> bytes:
    """Every byte of every file, as somebody who steals the disk would read it."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_d4_a_message_is_masked_before_storage_and_prompt(office: Office) -> None:
    """D4: "masked before storage, prompt, index, log and transcript"."""
    office.open(subject=None)
    message = office.say(CUSTOMER, f"how do I pay with {CARD}?")
    row = messages.get(office.desk.db, message)
    assert row is not None and row["content"] == "how do I pay with [card]?"
    question = replies.begin(office.desk, 1)
    assert question is not None and question.text == "how do I pay with [card]?"


def test_d4_the_person_is_told_once_and_staff_see_each(office: Office) -> None:
    """D4: "and the person is told": one notice, an event for each time."""
    office.open(subject=None)
    office.say(CUSTOMER, f"{CARD} and {TOKEN}")
    office.say(CUSTOMER, PASSWORD)
    office.say(STAFF, f"is it {TOKEN}?")
    assert notices(office) == [["card", "key"]]
    events = [e for e in tickets.events(office.desk.db, 1) if e["kind"] == "secret_masked"]
    assert [(e["actor"], e["detail"]) for e in events] == [
        ("alice", "card, key"),
        ("alice", "password"),
        ("sam", "key"),
    ]


def test_d4_an_ordinary_message_is_stored_as_it_is(office: Office) -> None:
    office.open(subject=None)
    text = "Order 302-1234567-1234567, commit 9f8c2b1d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b, <@123>"
    row = messages.get(office.desk.db, office.say(CUSTOMER, text))
    assert row is not None and row["content"] == text
    assert notices(office) == []


def test_d4_edits_embeds_files_and_machines_are_masked(office: Office) -> None:
    """Also a link's preview, a file's name and the address that ends in it, another bot's words."""
    office.open(subject=None)
    message = office.say(
        CUSTOMER,
        "look",
        embeds=[{"title": PASSWORD, "fields": [{"name": "a", "value": TOKEN}]}],
        files=[file(f"{TOKEN}.txt")],
    )
    machine = office.say(WEBHOOK, f"deployed with {TOKEN}", machine=True)
    conversation.record_edit(
        office.desk, message, {"content": f"it is {TOKEN}", "embeds": [{"url": TOKEN}]}, 1
    )
    for one in (message, machine):
        row = messages.get(office.desk.db, one)
        assert row is not None
        assert TOKEN not in json.dumps(row) and "hunter2" not in json.dumps(row)
    assert len(notices(office)) == 1


def file(name: str, title: str | None = None, number: int = 5) -> dict[str, object]:
    """An attachment as Discord tells of it: its addresses end in its name."""
    url = f"attachments/1/{number}/{name}?ex=6a&is=6b&hm=abcdef"
    told = {"id": str(number), "filename": name, "size": 3, "url": f"https://cdn.example/{url}"}
    titled = {} if title is None else {"title": title}
    return {**told, **titled, "proxy_url": f"https://media.example/{url}"}


@pytest.mark.parametrize(
    ("name", "title", "stored"),
    [
        (f"{TOKEN}.txt", None, "[key].txt"),
        ("my_card_4111_1111_1111_1111.png", None, "my_card_[card].png"),
        ("IBAN_DE89_3704_0044_0532_0130_00.pdf", None, "IBAN_[bank].pdf"),
        ("pin_4111.png", None, "pin [password].png"),
        ("password_hunter2canary.png", PASSWORD, "password: [password].png"),
    ],
)
def test_d4_a_files_name_is_masked_with_its_address(
    office: Office, name: str, title: str | None, stored: str
) -> None:
    """D4: Discord writes spaces as underscores and leaves colons out; an edit is told of anew."""
    office.open(subject=None)
    message = office.say(CUSTOMER, "", files=[file(name, title)])
    conversation.record_edit(office.desk, message, {"files": [file(name, title)]}, 1)
    row = messages.get(office.desk.db, message)
    assert row is not None
    [one] = json.loads(row["files"])
    assert one["filename"] == stored
    assert not any(part in row["files"] for part in (TOKEN, "hunter2", "4111", "3704"))
    assert [one.url for one in attachments.wanted(office.desk, office.ticket())] == [""]
    assert len(notices(office)) == 1


@pytest.mark.parametrize(
    "name", ["password_reset_guide.pdf", "IMG_20240101_123456.png", "hs_err_pid1234.log"]
)
def test_d4_an_ordinary_file_keeps_name_and_address(office: Office, name: str) -> None:
    office.open(subject=None)
    given = file(name, name.partition(".")[0].replace("_", " "))
    row = messages.get(office.desk.db, office.say(CUSTOMER, "", files=[given]))
    assert row is not None and json.loads(row["files"]) == [given]
    assert notices(office) == []


def test_d4_a_file_of_the_form_is_named_in_its_answer_without_the_secret(office: Office) -> None:
    given = file("my_card_4111_1111_1111_1111.png")
    answers = (FieldAnswer("proof", "Proof", "file", str(given["filename"]), (given,)),)
    wish = Intention(ALICE, "alice", frozenset(), "general", subject="Pay", answers=answers)
    assert isinstance(opening.open_ticket(office.desk, wish, 9), Ticket)
    [answer] = opening.intake_answers(office.desk, 1)
    assert answer.text == "my_card_[card].png"
    assert b"4111_1111" not in bytes_of(office.desk.data)


def test_d4_an_edit_that_hides_a_secret_leaves_no_earlier_version_of_it(office: Office) -> None:
    office.open(subject=None)
    message = office.say(CUSTOMER, f"token {TOKEN}")
    conversation.record_edit(office.desk, message, {"content": "never mind"}, 1)
    versions = messages.versions(office.desk.db, 1)
    assert [text for _, text in versions[message]] == ["token [key]"]


def test_d4_intake_is_masked_and_told_of_after_the_greeting(office: Office) -> None:
    wish = Intention(
        ALICE,
        "alice",
        frozenset(),
        "general",
        subject=f"Card {CARD}",
        description=PASSWORD,
        answers=(FieldAnswer("key", "Key", "short", TOKEN),),
    )
    ticket = opening.open_ticket(office.desk, wish, 9)
    assert isinstance(ticket, Ticket)
    assert (ticket.subject, ticket.description) == ("Card [card]", "password: [password]")
    assert opening.intake_answers(office.desk, ticket.id)[0].text == "[key]"
    assert office.deliver()[:4] == [Kind.OPEN_CHANNEL, Kind.GREET, Kind.PIN_GREETING, Kind.SAY]
    assert notices(office) == [["card", "key", "password"]]


def test_d4_no_byte_of_a_secret_reaches_the_data_folder(office: Office) -> None:
    """D4: every way in, then a scan of the database, its log and its full-text tables."""
    office.open(subject=f"pay {CARD}")
    desk = office.desk
    message = office.say(CUSTOMER, f"use {TOKEN}, {PASSWORD}")
    conversation.record_edit(desk, message, {"content": f"IBAN DE89370400440532013000 {TOKEN}"}, 1)
    missed = Incoming(office.serial(), 1001, SAM, "sam", 1, f"try {TOKEN}", STAFF.roles)
    conversation.record(desk, missed)
    people.rename(desk, STAFF, 1, TOKEN)
    blocks.block(desk, CLOSER, blocks.Member(8, "eve"), f"posted {PASSWORD}")
    done = Closure(CloseReason.RESOLVED, CloseCause.COMMAND, f"told them {PASSWORD}")
    assert isinstance(closing.close(desk, CLOSER, 1, done), Ticket)
    office.deliver()
    assert closing.rate(desk, CUSTOMER, 1, "unhelpful") == "unhelpful"
    closing.comment(desk, CUSTOMER, 1, f"my card {CARD}")
    stored = bytes_of(office.desk.data)
    assert b"told them password: [password]" in stored
    for canary in (CARD, CARD.replace(" ", ""), TOKEN, "hunter2canary", "DE89370400440532013000"):
        assert canary.encode() not in stored, canary

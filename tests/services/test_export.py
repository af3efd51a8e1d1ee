"""T2, Q2, Q4: who may read which transcript; in the owner's language and on the owner's clock."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ogma.domain.access import Actor
from ogma.domain.archive import View
from ogma.domain.permissions import ADMINISTRATOR, MANAGE_GUILD
from ogma.domain.policies import HoursPolicy
from ogma.services import archive, lockdown
from ogma.services.data import export
from tests.domain.test_matrix import SEE

from .conftest import ALICE, CLOSER, CUSTOMER, MANAGEMENT, SETTINGS, STAFF, Office

OGMA = Actor(9, "Ogma")
ACTORS = {
    "customer": CUSTOMER,
    "stranger": Actor(50, "stan"),
    "staff": STAFF,
    "other_staff": Actor(51, "bill", frozenset({77})),
    "management": CLOSER,
    "manage_server": Actor(52, "max", permissions=MANAGE_GUILD),
    "administrator": Actor(53, "omar", permissions=ADMINISTRATOR),
}


@pytest.mark.parametrize("situation", ["open", "escalated", "locked", "closed", "closed_locked"])
def test_q4_who_reads_a_transcript(office: Office, situation: str) -> None:
    """Q2, Q4: as the matrix says; nobody learns whether a ticket that is not theirs exists."""
    office.open()
    if "locked" in situation:
        assert lockdown.lock(office.desk, CLOSER, 1) is True
    office.desk.db.execute(
        "UPDATE ticket SET state = ?, escalated_at = ?",
        ("closed" if "closed" in situation else "open", 1 if situation == "escalated" else None),
    )
    for name, actor in ACTORS.items():
        text = export.for_actor(office.desk, actor, 1, "txt", View.STAFF)
        assert (text is not None) == (name in SEE[situation].split()), name
    assert export.for_actor(office.desk, CLOSER, 99, "txt", View.STAFF) is None


@pytest.mark.parametrize("form", ["html", "md", "txt"])
def test_t2_a_transcript_speaks_the_owners_language(office: Office, form: str) -> None:
    """T2: its own words are in German, its times on Berlin's clock; what people wrote stays."""
    german = SETTINGS.model_copy(
        update={"language": "de", "hours": HoursPolicy(time_zone="Europe/Berlin")}
    )
    office.open("A subject")
    office.say(CUSTOMER, "I need help.")
    desk = replace(office.desk, settings=lambda: german)
    text = export.export(desk, 1, form, View.STAFF).text.replace("\\", "")
    assert "Betreff" in text and "Kunde" in text and "hat das Ticket geöffnet" in text
    assert "15.01.2027" in text and "Europe/Berlin" in text
    assert "I need help." in text
    english = ("Subject", "Opened", "Customer", "opened the ticket", "Times are")
    assert [word for word in english if word in text] == []
    assert "Archivierte Tickets" in export.index(desk, [])


def test_t2_the_customers_view_never_has_a_note(office: Office) -> None:
    """T2: neither notes nor what staff alone may know, in any format."""
    office.open()
    office.say(STAFF, "Hello")
    office.desk.db.execute(
        "INSERT INTO event (ticket_id, at, kind, actor, detail, staff_only)"
        " VALUES (1, 1, 'note', 'sam', 'NOTE-CANARY', 0)"
    )
    for form in ("html", "md", "txt", "json"):
        assert "NOTE-CANARY" in export.export(office.desk, 1, form, View.STAFF).text
        assert "NOTE-CANARY" not in export.export(office.desk, 1, form, View.CUSTOMER).text
    document = json.loads(
        archive.rendered(office.desk, archive.build(office.desk, 1), "json", View.CUSTOMER)
    )
    assert document["customer"]["id"] == str(ALICE)
    assert MANAGEMENT not in document["names"]


@pytest.mark.parametrize("form", ["html", "md", "txt", "json"])
def test_t2_what_discord_writes_by_itself_is_no_message(office: Office, form: str) -> None:
    """T2: a pin is a line between the messages, as in Discord, and counts for nobody."""
    office.open("A subject")
    office.say(CUSTOMER, "I need help.")
    office.say(OGMA, "", system=6, machine=True)
    office.say(OGMA, "Ogma started a thread.", system=18, machine=True)
    archived = archive.build(office.desk, 1)
    assert [message.content for message in archived.messages] == ["I need help."]
    text = archive.rendered(office.desk, archived, form, View.CUSTOMER).replace("\\", "")
    pinned = '"kind": "pinned"' if form == "json" else "pinned a message to this channel"
    assert pinned in text
    assert "Ogma started a thread." in text

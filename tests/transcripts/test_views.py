"""T2: the customer's view holds nothing that is for staff, in any format; the staff's holds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ogma.domain.archive import ArchivedEvent, ArchivedTicket, View
from ogma.transcripts.render import render_html, render_json, render_markdown, render_text
from ogma.transcripts.views import people, visible

from .samples import ALICE, OGMA, SAM, START, bare_ticket, message

Render = Callable[[ArchivedTicket, View], str]
FORMATS: list[Render] = [render_html, render_json, render_markdown, render_text]
SECRETS = ["NOTE-CANARY", "TRACE-CANARY", "EARLIER-CANARY", "DELETED-CANARY", "CLOSE-NOTE-CANARY",
           "MEASURED-CANARY"]  # fmt: skip


def without_shields(text: str) -> str:
    return text.replace("\\", "")


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("render", FORMATS)
def test_a_customer_never_sees_what_is_for_staff(
    ticket: ArchivedTicket, render: Render, secret: str
) -> None:
    assert secret in without_shields(render(ticket, View.STAFF))
    assert secret not in without_shields(render(ticket, View.CUSTOMER))


@pytest.mark.parametrize("render", FORMATS)
def test_lockdown_and_staff_events_are_not_told(render: Render) -> None:
    ticket = bare_ticket(
        locked=True,
        events=(
            ArchivedEvent(START, "locked", "mia", "LOCK-CANARY", staff_only=True),
            ArchivedEvent(START, "note", "sam", "FORGOTTEN-FLAG", staff_only=False),
        ),
    )
    shown = render(ticket, View.CUSTOMER)
    for secret in ("LOCK-CANARY", "FORGOTTEN-FLAG", "lockdown", '"locked": true', "mia", "sam"):
        assert secret not in shown


def test_a_deleted_message_leaves_its_place_but_not_its_content() -> None:
    gone = message(1, SAM, "wrong channel", reply_to=7, deleted_at=START + 1, pinned=True)
    seen = visible(bare_ticket(messages=(gone,)), View.CUSTOMER).messages[0]
    assert (seen.id, seen.author, seen.at, seen.deleted_at) == (1, SAM, START, START + 1)
    assert (seen.content, seen.files, seen.embeds, seen.components) == ("", (), (), ())
    reply = message(2, ALICE, "what?", at=9, reply_to=1)
    page = render_html(bare_ticket(messages=(gone, reply)), View.CUSTOMER)
    assert "wrong channel" not in page
    assert "This message was deleted." in page


def test_names_that_only_a_note_mentions_stay_with_staff() -> None:
    ticket = bare_ticket(
        messages=(message(1, text="ask <@!5> in <#7>", embeds=({"title": "<@&8>"},)),),
        events=(ArchivedEvent(START, "note", "sam", "<@6> is watching", staff_only=True),),
        names={"@5": "bob", "#7": "general", "&8": "Support", "@6": "SECRET", "&9": "SECRET"},
    )
    assert dict(visible(ticket, View.CUSTOMER).names) == {
        "@5": "bob",
        "#7": "general",
        "&8": "Support",
    }
    assert visible(ticket, View.STAFF) is ticket


def test_the_place_of_files_is_told_to_nobody(ticket: ArchivedTicket) -> None:
    path = ticket.messages[4].files[0].path
    assert path
    for view in View:
        for render in FORMATS:
            assert path not in render(ticket, view)


def test_people_are_counted_with_the_customer_first() -> None:
    ticket = bare_ticket(messages=(message(1, SAM), message(2, SAM, at=1), message(3, OGMA, at=2)))
    assert people(ticket) == [(ALICE, 0), (SAM, 2), (OGMA, 1)]


def test_a_renamed_customer_is_one_person() -> None:
    renamed = replace(ALICE, name="alice in chains")
    ticket = bare_ticket(messages=(message(1, renamed), message(2, ALICE, at=1)))
    assert people(ticket) == [(ALICE, 2)]

"""A draft as staff see it (A7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ogma.bot.render.limits import Colour
from ogma.bot.render.message import Marker
from ogma.bot.render.shadow import draft_item, edit_form
from ogma.domain.answers import Citation
from ogma.domain.shadow import Draft, DraftState
from ogma.services.drafts import DraftItem
from ogma.texts import load
from tests.bot.rendered import (
    TICKET,
    assert_form_within_limits,
    assert_within_limits,
    buttons,
    embed,
    payload,
)

EN = load("en")
DRAFT = Draft(5, 9, 42, "billing", 0, DraftState.OPEN, None, 0, None, None, "", None)
CITED = Citation(1, "a.md", "Invoices", "Missing", None, "See https://docs.example.com/bills .")
ITEM = DraftItem(DRAFT, TICKET, "Where is it, @everyone?", "Open the portal.", (CITED,), None)


def test_an_open_draft_has_three_buttons_and_pings_nobody() -> None:
    message = draft_item(EN, ITEM, type_label="Billing")
    shown = embed(message)
    assert shown["title"] == "📝 Draft for ticket 42"
    assert shown["description"] == "> Where is it, \\@everyone?\n\nOpen the portal."
    assert shown["color"] == Colour.WAITING
    assert buttons(message)[:3] == [
        ("Send", "ogma:send_draft:5", "success"),
        ("Edit", "ogma:edit_draft:5", ""),
        ("Wrong", "ogma:wrong_draft:5", "danger"),
    ]
    assert message.marker() == Marker("custom_id", "ogma:send_draft:5")
    assert payload(message)["allowed_mentions"] == {"parse": []}


@pytest.mark.parametrize(
    ("state", "left"),
    [
        (DraftState.SENT, []),
        (DraftState.EDITED, []),
        (DraftState.WRONG, []),
        (DraftState.OUTDATED, ["Wrong"]),
    ],
)
def test_what_is_over_cannot_be_sent_again(state: DraftState, left: list[str]) -> None:
    judged = replace(DRAFT, state=state, judged_at=1_786_017_600_000, judged_by_name="sam")
    message = draft_item(EN, replace(ITEM, draft=judged), type_label="Billing")
    ours = [one for one in buttons(message) if one[1].startswith("ogma:")]
    assert [label for label, _, special in ours if special != "disabled"] == left


def test_one_that_did_not_arrive_says_so() -> None:
    sent = replace(ITEM, draft=replace(DRAFT, state=DraftState.SENT), withdrawn="outdated")
    assert "did not reach" in str(embed(draft_item(EN, sent, type_label="Billing")))


def test_q4_a_locked_ticket_shows_nothing_of_it() -> None:
    locked = replace(ITEM, ticket=replace(TICKET, locked_at=1))
    message = draft_item(EN, locked, type_label="Billing")
    assert "portal" not in str(payload(message)) and "Where" not in str(payload(message))
    assert {special for _, _, special in buttons(message)} == {"disabled"}


@pytest.mark.parametrize("text", ["x" * 9_000, "@everyone <@1> https://evil.example/x " * 90])
def test_whatever_was_written_fits_and_nothing_in_it_is_live(text: str) -> None:
    hostile = replace(ITEM, question=text, text=text, draft=replace(DRAFT, text=text))
    message = draft_item(EN, hostile, type_label="x" * 80)
    assert_within_limits(message)
    said = embed(message)["description"].split("\n\n")[-1]
    assert "@everyone" not in said and "evil.example" not in said
    assert_form_within_limits(edit_form(EN, 5, text))


def test_the_form_holds_the_words_as_they_are() -> None:
    """A7: an address that the draft may link is still there after an edit, and no other change
    than that of staff makes a draft an edited one."""
    text = "See [the portal](https://docs.example.com/bills), or `pay --now`."
    assert edit_form(EN, 5, text).components[0].component.value == text  # type: ignore[union-attr]

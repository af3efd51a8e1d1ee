"""Tips as staff see them in Discord (L1)."""

from __future__ import annotations

from dataclasses import replace

from ogma.bot.render.limits import Colour
from ogma.bot.render.message import Marker
from ogma.bot.render.tips import PAGE, tip_post, tips_list
from ogma.domain.tips import Tip, TipOrigin, TipState
from ogma.texts import load
from tests.bot.rendered import buttons, embed, payload
from tests.contract.limits import limit_violations

EN = load("en")
DE = load("de")
TIP = Tip(
    id=12,
    state=TipState.LIVE,
    origin=TipOrigin.LEARNED,
    title="Hold the *reset* button",
    question="Router frozen, @everyone?",
    text="Hold the *reset* button.\n\n- ten seconds\n- [not](http://x.example) longer",
    types=frozenset(),
    like_tip=None,
    merged_into=None,
    created_at=1_786_017_600_000,
    changed_at=1_786_017_600_000,
    changed_by="Ogma",
    channel_id=None,
    message_id=None,
    tickets=(4, 9),
)


def test_a_live_tip_can_be_removed() -> None:
    message = tip_post(EN, TIP)
    assert embed(message) == {
        "title": "💡 Tip 12: Hold the \\*reset\\* button",
        "description": (
            "> Hold the \\*reset\\* button.\n> \n> \\- ten seconds\n"
            "> \\- \\[not\\]\\(http\\://x.example\\) longer"
        ),
        "fields": [
            ("Asked", "Router frozen, \\@everyone?"),
            ("Learned from", "Ticket 4, Ticket 9"),
            ("Last changed", "Ogma <t:1786017600:R>"),
        ],
        "footer": "Tip 12",
        "color": Colour.GOOD,
    }
    assert buttons(message) == [("Remove", "ogma:remove_tip:12", "danger")]
    assert message.marker() == Marker("custom_id", "ogma:remove_tip:12")
    assert payload(message)["allowed_mentions"] == {"parse": []}


def test_a_tip_that_waits_is_approved_or_removed() -> None:
    message = tip_post(EN, replace(TIP, state=TipState.REVIEW, like_tip=3))
    shown = embed(message)
    assert shown["title"].startswith("💡 New tip 12, not in use yet: ")
    assert shown["description"].endswith(
        "It differs from tip 3 in a figure or a “not”. Which one is right?"
    )
    assert [name for name, *_ in buttons(message)] == ["Approve", "Remove"]


def test_a_removed_tip_shows_nothing_of_what_it_said() -> None:
    """L1: whoever removes it because of what is in it removes it from the channel too."""
    message = tip_post(EN, replace(TIP, state=TipState.REMOVED, changed_by="sam"))
    shown = embed(message)
    assert "reset" not in str(payload(message)) and "frozen" not in str(payload(message))
    assert shown["title"] == "Tip 12 is removed"
    assert ("Last changed", "sam <t:1786017600:R>") in shown["fields"]
    assert buttons(message) == [("Put back", "ogma:approve_tip:12", "")]
    merged = embed(tip_post(EN, replace(TIP, state=TipState.REMOVED, merged_into=3)))
    assert merged["description"] == "Tip 3 stands for it now."


def test_the_longest_tip_of_the_most_tickets_fits() -> None:
    longest = replace(
        TIP, text="*" * 4000, question="_" * 300, title="*" * 80, tickets=tuple(range(500))
    )
    for texts in (EN, DE):
        for state in TipState:
            message = tip_post(texts, replace(longest, state=state, like_tip=1))
            assert limit_violations("POST", "/channels/1/messages", payload(message), 0) == []


def test_the_list_has_pages() -> None:
    found = [replace(TIP, id=number) for number in range(30, 0, -1)]
    shown = embed(tips_list(EN, found, "", 2))
    assert (shown["title"], shown["footer"]) == ("Tips", "Page 2 of 4 · 30 tips")
    assert len(shown["fields"]) == PAGE and shown["fields"][0][0] == "Tip 22 · in use"
    assert embed(tips_list(EN, found, "", 99))["footer"] == "Page 4 of 4 · 30 tips"
    assert embed(tips_list(DE, found, "a_b", 1))["title"] == "Tipps zu „a_b“"
    assert tips_list(EN, [], "", 1).content == "There are no tips yet."
    assert tips_list(EN, [], "x", 1).content == "No tip has all of these words."

"""What staff see, whole: review items, transcript cards, notices."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ogma.bot.render import notices, review, transcript
from ogma.bot.render.limits import Colour
from ogma.bot.render.message import Marker, Message, Upload, words
from ogma.bot.render.review import Candidate, Item
from ogma.domain.escalation import Cause, Given, ReviewState
from ogma.texts import load
from tests.bot.rendered import TICKET, buttons, embed, payload

EN = load("en")
OPENED = TICKET.opened_at

# The review item (E2)

ITEM = Item(
    id=7,
    state=ReviewState.OPEN,
    reasons=[Given(OPENED, Cause.FAILED_CHECK, "numbers")],
    question="Where is my [invoice](http://x.example)?\n@everyone",
    passages=[Candidate("Refunds", "How long", "https://ex.org/r", "Refunds take\n**5 days**.")],
)


def test_review_item() -> None:
    message = review.review(EN, TICKET, ITEM, type_label="Billing", ping_roles=[5, 6])
    assert message.content == "<@&5> <@&6>"
    assert payload(message)["allowed_mentions"] == {"parse": [], "roles": [5, 6]}
    assert embed(message) == {
        "title": "Ticket 42 needs a person",
        "url": "https://discord.com/channels/100/55",
        "description": "> Where is my \\[invoice\\]\\(http\\://x.example\\)?\n> \\@everyone",
        "fields": [
            ("Ticket", "<#55>"),
            ("Customer", "<@7> (alice)"),
            ("Type", "Billing"),
            ("Reason", "• An answer failed its checks (numbers) <t:1786017600:R>"),
            (
                "Best passages",
                "1. [Refunds › How long](https://ex.org/r)\n> Refunds take \\*\\*5 days\\*\\*.",
            ),
            ("State", "**Waiting for a person**"),
        ],
        "footer": "Ticket 42",
        "color": Colour.WAITING,
    }
    assert buttons(message) == [
        ("Claim", "ogma:claim:7", "primary"),
        ("Hand back to AI", "ogma:hand_back:7", ""),
        ("Out of scope", "ogma:out_of_scope:7", ""),
        ("Go to ticket", "https://discord.com/channels/100/55", "link"),
    ]


def test_review_item_without_roles_pings_nobody() -> None:
    message = review.review(EN, TICKET, ITEM, type_label="Billing")
    assert message.content == ""
    assert payload(message)["allowed_mentions"] == {"parse": []}


def test_review_item_grows() -> None:
    """Later reasons are added to the same item, in order; of very many the newest stay."""
    reasons = [Given(OPENED + 1000 * n, Cause.HUMAN_ONLY, f"no {n}") for n in range(20)]
    grown = replace(ITEM, reasons=reasons, passages=[])
    fields = dict(embed(review.review(EN, TICKET, grown, type_label="Billing"))["fields"])
    assert fields["Reason"].splitlines()[-1] == (
        "• A topic that is for people only (no 19) <t:1786017619:R>"
    )
    assert len(fields["Reason"].splitlines()) == 8
    assert fields["Best passages"] == "Nothing in the knowledge base comes close."


@pytest.mark.parametrize(
    ("state", "title", "colour", "line", "enabled"),
    [
        (
            ReviewState.CLAIMED,
            "Ticket 42 is in good hands",
            Colour.ACTIVE,
            "**Claimed** · s\\_am · <t:1786017601:R>",
            ["hand_back", "out_of_scope"],
        ),
        (
            ReviewState.ANSWERED,
            "Ticket 42 has been answered",
            Colour.GOOD,
            "**Answered** · s\\_am · <t:1786017601:R>",
            [],
        ),
        (
            ReviewState.HANDED_BACK,
            "Ticket 42 is back with the AI",
            Colour.AI,
            "**Handed back to the AI** · s\\_am · <t:1786017601:R>",
            [],
        ),
        (
            ReviewState.OUT_OF_SCOPE,
            "Ticket 42 is out of scope",
            Colour.OVER,
            "**Out of scope** · s\\_am · <t:1786017601:R>",
            ["claim", "hand_back"],
        ),
        (
            ReviewState.CLOSED,
            "Ticket 42 is closed",
            Colour.OVER,
            "**Closed** · s\\_am · <t:1786017601:R>",
            [],
        ),
    ],
)
def test_review_item_in_its_other_states(
    state: ReviewState, title: str, colour: Colour, line: str, enabled: list[str]
) -> None:
    """Its buttons stay, so that it is found by them, but only what is possible can be pressed."""
    item = replace(ITEM, state=state, by="s_am", at=OPENED + 1000)
    message = review.review(EN, TICKET, item, type_label="Billing")
    shown = embed(message)
    assert (shown["title"], shown["color"]) == (title, colour)
    assert dict(shown["fields"])["State"] == line
    pressable = [one for one in buttons(message) if one[2] not in ("disabled", "link")]
    assert [custom_id for _, custom_id, _ in pressable] == [f"ogma:{name}:7" for name in enabled]
    assert message.marker() == Marker("custom_id", "ogma:claim:7")


def test_review_item_marked_out_of_scope_goes_on() -> None:
    item = replace(ITEM, out_of_scope=True)
    message = review.review(EN, TICKET, item, type_label="Billing")
    assert dict(embed(message)["fields"])["State"] == "**Waiting for a person** · Out of scope"
    assert buttons(message)[2] == ("Out of scope", "ogma:out_of_scope:7", "disabled")


def test_review_item_of_a_closed_ticket_leads_nowhere() -> None:
    """Its channel is deleted; the name says which it was."""
    message = review.review(
        EN, TICKET, replace(ITEM, state=ReviewState.CLOSED), type_label="Billing"
    )
    shown = embed(message)
    assert "url" not in shown
    assert dict(shown["fields"])["Ticket"] == "alice"
    assert all(style == "disabled" for _, _, style in buttons(message))


# The transcript (C2)

CLOSED = replace(
    TICKET,
    closing_at=OPENED + 60_000,
    close_reason="resolved",
    close_cause="command",
    close_note="All *good*",
    closed_by_name="sam",
    claimed_by_name="sue",
)


def test_transcript_card() -> None:
    file = Upload("ticket-42.html", "/dev/null")
    message = transcript.transcript_card(
        EN, CLOSED, type_label="Billing", messages=12, handled_by="both", files=[file]
    )
    assert embed(message) == {
        "title": "Ticket 42 · Billing",
        "description": "**Invoice missing**",
        "fields": [
            ("Customer", "<@7> (alice)"),
            ("Opened", "<t:1786017600:f>"),
            ("Closed", "<t:1786017660:f>"),
            ("Reason", "Resolved"),
            ("Closed by", "sam"),
            ("Claimed by", "sue"),
            ("Answered by", "AI and people"),
            ("Messages", "12"),
            ("Note", "> All \\*good\\*"),
        ],
        "footer": "Ticket 42",
        "color": Colour.GOOD,
    }
    assert message.marker() == Marker("file", "ticket-42.html")
    (sent,) = message.send()["files"]
    assert sent.filename == "ticket-42.html"
    assert "files" not in message.edit()


def test_transcript_card_of_a_file_too_large_and_a_close_without_command() -> None:
    """The machine's paths are none of Discord's business."""
    bare = replace(
        TICKET, subject=None, close_reason="other", close_cause="channel_deleted", closed_at=OPENED
    )
    message = transcript.transcript_card(
        EN, bare, type_label="Billing", messages=0, handled_by="nobody"
    )
    shown = embed(message)
    assert shown["description"] == (
        "The transcript is too large for Discord. `ogma tickets export 42 --out .` writes it to a "
        "file."
    )
    assert dict(shown["fields"])["Reason"] == "Other (channel deleted by hand)"
    assert {"Note", "Closed by", "Claimed by"}.isdisjoint(dict(shown["fields"]))
    assert message.marker() == Marker("title", "Ticket 42 · Billing")


def test_the_customers_own_transcript() -> None:
    file = Upload("ticket-42.html", "/dev/null")
    message = transcript.customer_transcript(EN, 42, "Acme", file)
    assert message.content == (
        "Here is the conversation of your ticket 42 at **Acme**. Open the file in a browser."
    )
    assert message.marker() == Marker("file", "ticket-42.html")


# Notices to staff (P3)


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        ("server_full", "the server has its 500 channels; delete some."),
        (
            "no_permission: 403 Forbidden",
            "I lack a permission there; `ogma doctor` says which one.",
        ),
        ("it took [too](long)", "it took \\[too\\]\\(long\\)"),
    ],
)
def test_staff_are_told_what_failed(problem: str, sentence: str) -> None:
    message = notices.staff_notice(
        EN,
        "staff.job_failed",
        {"number": 42, "task": "post_transcript", "problem": problem, "job": 3},
    )
    assert message == words(
        f"⚠️ Ticket 42: “post the transcript” did not work: {sentence} "
        "Try again with `ogma jobs retry 3`."
    )


def test_a_message_without_anything_of_its_own_cannot_be_found_again() -> None:
    with pytest.raises(ValueError, match="cannot be found again"):
        Message().marker()

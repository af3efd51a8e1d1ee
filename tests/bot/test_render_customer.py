"""What customers see, whole: each message with its texts, colours, buttons and pings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ogma.bot.render import csat, forms, hours, opening, panel, ticket
from ogma.bot.render.limits import Colour
from ogma.bot.render.message import Marker, words
from ogma.domain.answers import Citation
from ogma.domain.business_hours import Presence
from ogma.domain.closing import CloseReason
from ogma.domain.escalation import Cause
from ogma.domain.opening import Refusal
from ogma.domain.policies import Intake, PanelPolicy, TypePolicy
from ogma.texts import load
from tests.bot.rendered import TICKET, buttons, embed, form_payload, payload

EN = load("en")
DE = load("de")
OPEN = Presence(open=True, since=None, until=1_800_000_000_000)
CLOSED = Presence(open=False, since=None, until=1_800_000_000_000)
BILLING = TypePolicy(id="billing", label="Billing", category=4, emoji="🧾", style="success")


# The panel (O1)


def test_up_to_four_types_are_buttons() -> None:
    kinds = [
        BILLING,
        TypePolicy(id="off", label="Off", category=4, enabled=False),
        TypePolicy(id="abuse", label="Report", category=4, emoji="<:shield:123456789012345678>"),
    ]
    message = panel.panel(EN, PanelPolicy(title="Help", text="Choose."), kinds)
    assert embed(message) == {"title": "Help", "description": "Choose.", "color": Colour.PANEL}
    assert buttons(message) == [
        ("Billing", "ogma:open:billing", "success"),
        ("Report", "ogma:open:abuse", "primary"),
    ]
    (row,) = payload(message)["components"]
    assert [item["emoji"]["name"] for item in row["components"]] == ["🧾", "shield"]


@pytest.mark.parametrize(("count", "components"), [(4, 4), (5, 1), (25, 1)])
def test_five_to_25_types_are_one_dropdown(count: int, components: int) -> None:
    kinds = [
        TypePolicy(id=f"t{n}", label=f"Type {n}", category=4, description="d") for n in range(count)
    ]
    (row,) = payload(panel.panel(EN, PanelPolicy(), kinds))["components"]
    assert len(row["components"]) == components
    if components == 1:
        select = row["components"][0]
        assert (select["custom_id"], select["placeholder"]) == (
            "ogma:choose:panel",
            "Choose a topic",
        )
        assert [option["value"] for option in select["options"]] == [kind.id for kind in kinds]
        assert select["options"][3]["label"] == "Type 3"
        assert select["options"][3]["description"] == "d"


def test_more_than_25_types_are_a_fault_of_the_settings() -> None:
    kinds = [TypePolicy(id=f"t{n}", label="x", category=4) for n in range(26)]
    with pytest.raises(ValueError, match="at most 25 types, not 26"):
        panel.panel(EN, PanelPolicy(), kinds)


def test_a_panel_without_types_says_so() -> None:
    message = panel.panel(EN, PanelPolicy(text="Hello."), [])
    assert embed(message)["description"] == "Hello.\n\nNo tickets can be opened at the moment."
    assert message.rows == ()


def test_o1_a_panel_without_words_of_its_own_speaks_the_configured_language() -> None:
    kinds = [TypePolicy(id="general", label="Allgemein", category=1)]
    shown = embed(panel.panel(DE, PanelPolicy(), kinds))
    assert shown["title"] == "Wie können wir helfen?"
    assert shown["description"].startswith("Wähle unten ein Thema.")


@pytest.mark.parametrize("text", ["🧾", "1️⃣", "👨‍👩‍👧", "⚠️", "<a:wave:123456789012345678>", " ❓ "])
def test_an_emoji_is_shown(text: str) -> None:
    assert panel.emoji(text) == text.strip()


@pytest.mark.parametrize("text", ["", "  ", "x", "smile", ":smile:", "<:x:1>", "🧾 bill", "<@1>"])
def test_what_is_no_emoji_is_left_out(text: str) -> None:
    """Discord would refuse the whole panel for it."""
    assert panel.emoji(text) is None


# The intake (O4)


def test_the_intake_asks_for_what_the_type_wants() -> None:
    form = forms.intake(EN, BILLING)
    assert form is not None
    shown = form_payload(form)
    assert (shown["title"], shown["custom_id"]) == ("Billing", "ogma:intake:billing")
    inputs = [(one["label"], one["component"]) for one in shown["components"]]
    assert [
        (label, one["custom_id"], one["style"], one["required"], one["max_length"])
        for label, one in inputs
    ] == [
        ("Subject", "subject", 1, True, 100),
        ("Description", "description", 2, True, 2000),
    ]


@pytest.mark.parametrize(
    ("intake", "asked"),
    [
        (Intake.NONE, None),
        (Intake.SUBJECT, ["subject"]),
        (Intake.DESCRIPTION, ["description"]),
        (Intake.BOTH, ["subject", "description"]),
    ],
)
def test_each_kind_of_intake(intake: Intake, asked: list[str] | None) -> None:
    form = forms.intake(DE, BILLING.model_copy(update={"intake": intake}))
    names = form and [one["component"]["custom_id"] for one in form_payload(form)["components"]]
    assert names == asked


def test_a_long_title_is_cut() -> None:
    form = forms.intake(EN, BILLING.model_copy(update={"label": "Questions about " + "x" * 60}))
    assert form is not None
    assert form.title == "Questions about " + "x" * 28 + "…"


def test_the_comment_after_a_rating() -> None:
    shown = form_payload(forms.csat_comment(EN, 42))
    assert (shown["title"], shown["custom_id"]) == ("Your feedback", "ogma:csat_comment_form:42")
    assert [one["component"]["custom_id"] for one in shown["components"]] == ["comment"]


# Opening (O3, O7)


@pytest.mark.parametrize(
    ("why", "label", "channel", "sentence"),
    [
        (Refusal.DISABLED, "Bill*ing", None, "“Bill\\*ing” is not available at the moment."),
        (Refusal.DISABLED, None, None, "This topic is no longer offered."),
        (Refusal.ROLE, "VIP", None, "“VIP” is only for members with certain roles."),
        (Refusal.LIMIT, "x", 55, "You already have an open ticket of this kind: <#55>."),
        (Refusal.LIMIT, "x", None, "Your ticket of this kind is just being opened."),
        (Refusal.EMPTY_INTAKE, "x", None, "Please fill in the form"),
    ],
)
def test_a_refusal_is_a_sentence_with_the_way_out(
    why: Refusal, label: str | None, channel: int | None, sentence: str
) -> None:
    message = opening.refused(EN, why, type_label=label, channel_id=channel)
    assert message.content.startswith(sentence)


def test_the_way_into_a_new_ticket() -> None:
    assert opening.opened(EN, 55).content == "Your ticket is ready: <#55>"
    assert opening.opened(EN, None).content.startswith("Your ticket is being opened.")


# The ticket's channel (O8, A4, E2)


def test_greeting() -> None:
    message = ticket.greeting(
        EN, TICKET, type_label="Billing", ai=True, there=OPEN, privacy="Kept."
    )
    assert embed(message) == {
        "title": "Ticket 42: Billing",
        "description": (
            "Hello <@7>! I will look for an answer in our knowledge base right away. Only you and "
            "the team can see this channel. If you would rather talk to a person, press the button "
            "below.\n\n"
            "**Invoice missing**\n> I paid on Monday.\n> Where is \\*my\\* invoice?"
        ),
        "fields": [("When the team is here", "Now, until <t:1800000000:F>."), ("Privacy", "Kept.")],
        "footer": "Ticket 42",
        "color": Colour.PANEL,
    }
    assert buttons(message) == [("Request human", "ogma:human:42", "")]
    assert message.marker() == Marker("custom_id", "ogma:human:42")
    assert payload(message)["allowed_mentions"] == {"parse": []}


def test_greeting_without_intake_and_without_ai() -> None:
    bare = replace(TICKET, subject=None, description=None)
    shown = embed(ticket.greeting(DE, bare, type_label="Rechnung", ai=False))
    assert shown["description"] == (
        "Hallo <@7>! Das Team weiß Bescheid und antwortet dir hier. Nur du und das Team sehen "
        "diesen Kanal.\n\nWas können wir für dich tun? Beschreib es bitte in einer Nachricht."
    )
    assert "fields" not in shown


def cited(title: str, heading: str = "", url: str | None = None) -> Citation:
    return Citation(1, "file.md", title, heading, url, "quote")


def test_answer() -> None:
    """Marked as AI, with its sources once each, and links only where the passages link."""
    message = ticket.answer(
        EN,
        ticket=42,
        answer_id=9,
        text="Refunds take **5 days**: https://ex.org/r, not https://evil.example @everyone",
        citations=[
            cited("Refunds", "How long > In the EU", "https://ex.org/r_(1)"),
            cited("", "Start"),
            cited("Refunds", "How long > In the EU", "https://ex.org/r_(1)"),
            cited("Evil", url="javascript:alert(1)"),
        ],
        links={"https://ex.org/r"},
    )
    assert message.content == "Refunds take **5 days**: <https://ex.org/r>, not … everyone"
    assert embed(message) == {
        "title": "Sources",
        "description": (
            "1. [Refunds › How long \\> In the EU](https://ex.org/r_%281%29)\n"
            "2. file.md › Start\n"
            "3. Evil"
        ),
        "footer": "AI answer from our knowledge base. Not quite right? Press “Request human”.",
        "color": Colour.AI,
    }
    assert buttons(message) == [
        ("Helpful", "ogma:helpful:9", ""),
        ("Not helpful", "ogma:unhelpful:9", ""),
        ("Request human", "ogma:human:42", ""),
    ]
    assert message.marker() == Marker("custom_id", "ogma:helpful:9")


def test_long_addresses_of_sources_cut_no_answer() -> None:
    """A4, A6: a code block stays whole; the links of the sources give way to it."""
    code = "```sh\n" + "shop start --quietly\n" * 64 + "```"
    places = [cited(f"Page {n}", url=f"https://ex.org/{'x' * 250}/{n}") for n in range(4)]
    message = ticket.answer(EN, ticket=42, answer_id=9, text=code, citations=places)
    assert message.content == code
    shown = embed(message)
    assert shown["description"] == "1. Page 0\n2. Page 1\n3. Page 2\n4. Page 3"
    whole = sum(map(len, (message.content, *map(str, (shown["title"], shown["footer"])))))
    assert whole + len(shown["description"]) <= 2000
    brief = embed(ticket.answer(EN, ticket=42, answer_id=9, text="Yes.", citations=places))
    assert brief["description"].count("https://ex.org/") == 4


def test_a_title_cannot_fake_a_link() -> None:
    assert ticket.source("](https://evil.example) [x", "", "https://ok.example") == (
        "[\\]\\(https\\://evil.example\\) \\[x](https://ok.example)"
    )
    assert ticket.source("Docs", "", "https://ok.example/" + "x" * 400) == "Docs"
    assert ticket.source("Docs", "", "https://ok.example/ and more") == "Docs"


def test_hand_over_notices_say_what_happens_next() -> None:
    message = ticket.escalated(EN, Cause.NO_ANSWER, expected="within two hours", there=CLOSED)
    assert message == words(
        "🙋 **I have asked the team.** I found no answer that I am sure of, so a person will "
        "answer you here.\nExpected response: within two hours.\nWhen the team is here: Again from "
        "<t:1800000000:F>."
    )
    assert message.marker() == Marker("content", message.content)
    assert ticket.escalated(EN, Cause.REQUEST).content == (
        "🙋 **The team has been told.** A person will answer you here."
    )


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (None, ""),
        (OPEN, "Now, until <t:1800000000:F>."),
        (CLOSED, "Again from <t:1800000000:F>."),
        (Presence(open=True, since=None, until=None), "Around the clock."),
        (Presence(open=False, since=None, until=None), "Not at the moment."),
    ],
)
def test_h2_when_staff_are_there(there: Presence | None, said: str) -> None:
    """H2, O8: the next change as a Discord timestamp, which reads in everybody's own time."""
    assert hours.standing(EN, there) == said


def test_h2_the_away_message() -> None:
    """H2: expected response and next opening, as far as they are known; pings nobody."""
    message = hours.away(EN, 1_800_000_000_000, "by *noon* @everyone")
    assert message == words(
        "🌙 **The team is not here at the moment.**\nThey are back <t:1800000000:F>.\n"
        "Expected response: by \\*noon\\* \\@everyone."
    )
    assert message.pings == ()
    assert hours.away(EN, None, "").content == "🌙 **The team is not here at the moment.**"


def test_notices_of_staff() -> None:
    assert ticket.claimed(EN, "sam").content == "👋 **sam** is looking after this ticket now."
    assert ticket.released(EN, "[x](y)").content == (
        "**\\[x\\]\\(y\\)** has released this ticket. The team will look after it."
    )
    assert ticket.closing(EN, "sam", CloseReason.UNRESPONSIVE).content == (
        "🔒 **sam** is closing this ticket. The conversation is being saved; then this channel is "
        "deleted.\nReason: User unresponsive"
    )


def test_topic() -> None:
    assert ticket.topic(EN, TICKET, "Billing", "ogma:a1b2") == "Ticket 42 · Billing · ogma:a1b2"


def test_an_override_that_leaves_the_marker_out_does_not_lose_the_channel() -> None:
    own = load("en", {"topic.channel": "Private"})
    assert ticket.topic(own, TICKET, "Billing", "ogma:a1b2") == "ogma:a1b2"


# The rating (C3)


def test_rating() -> None:
    message = csat.csat(EN, 42, "Acme *Inc*")
    assert embed(message) == {
        "title": "How was the help?",
        "description": ("Your ticket 42 at **Acme \\*Inc\\*** has been closed. Did we help you?"),
        "footer": "Acme *Inc* · Ticket 42",
        "color": Colour.PANEL,
    }
    assert buttons(message) == [
        ("Helpful", "ogma:csat_helpful:42", ""),
        ("Not helpful", "ogma:csat_unhelpful:42", ""),
        ("Skip", "ogma:csat_skip:42", ""),
    ]


@pytest.mark.parametrize(
    ("rating", "said", "colour", "more"),
    [
        ("helpful", "You said: 👍 Helpful. Glad to hear it!", Colour.GOOD, []),
        (
            "unhelpful",
            "You said: 👎 Not helpful. Sorry to hear it; the team will look into it.",
            Colour.BAD,
            [("Tell us more", "ogma:csat_comment:42", "")],
        ),
        ("skipped", "No rating given. Take care!", Colour.OVER, []),
    ],
)
def test_rating_answered(
    rating: csat.Rating, said: str, colour: Colour, more: list[tuple[str, str, str]]
) -> None:
    message = csat.csat_answered(EN, 42, "Acme", rating)
    assert embed(message) == {
        "title": "Thank you!",
        "description": said,
        "footer": "Acme · Ticket 42",
        "color": colour,
    }
    assert buttons(message) == more
    assert message.edit()["components"] == [] or more


def test_a_comment_is_asked_for_once() -> None:
    message = csat.csat_answered(EN, 42, "Acme", "unhelpful", commented=True)
    assert embed(message)["description"].endswith("Thank you, your comment has reached the team.")
    assert message.rows == ()

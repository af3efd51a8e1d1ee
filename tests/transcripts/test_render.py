"""T2: the HTML transcript looks like the conversation, with everything in its place."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from ogma.domain.archive import ArchivedEvent, ArchivedTicket, View
from ogma.domain.clock import MINUTE
from ogma.transcripts.render import render_html

from .dom import Element, parse
from .samples import ALICE, OGMA, SAM, START, bare_ticket, message


def page(ticket: ArchivedTicket, view: View = View.STAFF) -> Element:
    return parse(render_html(ticket, view))


def texts(elements: list[Element]) -> list[str]:
    return [" ".join(one.text.split()) for one in elements]


def shown(text: str, **names: str) -> Element:
    """The text of the only message of a ticket."""
    ticket = bare_ticket(messages=(message(1, text=text),), names=names)
    return page(ticket).one("article").one("div", "text")


def test_the_file_stands_alone(ticket: ArchivedTicket) -> None:
    source = render_html(ticket, View.STAFF)
    assert source.startswith("<!doctype html>")
    head = parse(source).one("head")
    policy = [m for m in head.all("meta") if m.attributes.get("http-equiv")]
    assert (
        policy[0]
        .attributes["content"]
        .startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")
    )
    assert head.all("script") == head.all("link") == []
    assert "prefers-color-scheme: dark" in source
    assert "@media print" in source


def test_the_header_tells_the_whole_ticket(ticket: ArchivedTicket) -> None:
    header = page(ticket).one("header")
    facts = dict(
        zip(texts(header.one("dl", "facts").all("dt")), texts(header.all("dd")), strict=False)
    )
    assert facts == {
        "Server": "Lanternfish Games",
        "Type": "Billing",
        "Customer": "alice",
        "Assigned to": "Sam Weaver",
        "Answered by": "AI and people",
        "Opened": "2026-03-12 14:02",
        "First response": "2026-03-12 14:35",
        "Claimed": "2026-03-12 14:33",
        "Escalated": "2026-03-12 14:14",
        "Closed": "2026-03-13 14:06",
        "Closed by": "Sam Weaver",
        "Reason": "Resolved",
        "Closed through": "Command",
        "Rating": "Helpful 👍",
    }
    assert header.one("h1").text == "Exports stop at 90 %"
    assert "#42" in header.one("p", "over").text
    assert texts(header.all("span", "tag")) == ["export", "v2"]
    assert texts(header.one("dl", "intake").all("dt")) == ["Subject", "Description"]
    assert header.one("dl", "intake").one("strong").text == "yesterday"
    assert texts(header.one("ul", "people").all("small")) == [
        "Customer · 4 messages",
        "Staff · 3 messages",
        "Ogma · 2 messages",
    ]


def test_what_is_not_known_is_left_out() -> None:
    header = page(bare_ticket()).one("header")
    assert texts(header.all("dt")) == ["Server", "Type", "Customer", "Answered by", "Opened"]
    assert header.one("h1").text == "General"
    assert "No message was written" in page(bare_ticket()).one("p", "empty").text


def test_groups_carry_name_badge_and_initials_once(ticket: ArchivedTicket) -> None:
    groups = page(ticket).all("section", "group")
    assert texts([g.one("bdi", "name") for g in groups]) == [
        "Ogma", "alice", "Ogma", "alice", "Sam Weaver", "Sam Weaver", "alice",
    ]  # fmt: skip
    assert [texts(g.all("span", "badge")) for g in groups] == [
        ["APP"], [], ["AI answer"], [], ["STAFF"], ["STAFF"], [],
    ]  # fmt: skip
    assert [len(g.all("article")) for g in groups] == [1, 2, 1, 1, 2, 1, 1]
    assert texts([g.one("span", "avatar") for g in groups])[:5] == ["O", "A", "O", "A", "SW"]


def test_days_and_events_stand_between_the_messages(ticket: ArchivedTicket) -> None:
    log = page(ticket).one("div", "log")
    assert texts(log.all("div", "day")) == ["Thursday, March 12, 2026", "Friday, March 13, 2026"]
    assert texts(log.all("div", "event")) == [
        "alice opened the ticket 14:02",
        "The ticket was handed to staff 14:14 "
        "The knowledge base has no answer. MEASURED-CANARY 0.31 of 0.45",
        "Sam Weaver claimed the ticket 14:33",
        "Sam Weaver left a note for staff 14:34 NOTE-CANARY knows @Sam Weaver",
        "Sam Weaver closed the ticket 14:06 Resolved",
    ]
    assert len(log.all("div", "private")) == 1


def test_an_event_of_an_unknown_kind_is_still_told() -> None:
    event = ArchivedEvent(START, "moved_desk", "Sam {kind}", "to **Berlin**")
    row = page(bare_ticket(events=(event,))).one("div", "event")
    assert row.one("span", "what").text == "Sam {kind}: moved_desk"
    assert row.one("strong").text == "Berlin"


def test_a_reply_shows_what_it_replies_to_and_jumps_there(ticket: ArchivedTicket) -> None:
    document = page(ticket)
    first = document.all("a", "reply")[0]
    assert first.text == "aliceI am on the Team plan, see #announcements"
    target = first.attributes["href"].removeprefix("#")
    (article,) = [a for a in document.all("article") if a.attributes["id"] == target]
    assert "I am on the" in article.text


def test_the_preview_of_a_reply_keeps_spoilers_hidden_and_is_one_short_line() -> None:
    said = (
        message(1, text="```py\nlong()\n```\n||secret|| <@101>" + " word" * 60),
        message(2, SAM, reply_to=1, at=1),
        message(3, SAM, reply_to=99, at=2),
        message(4, text="", at=3),
        message(5, SAM, reply_to=4, at=4),
    )
    replies = page(bare_ticket(messages=said, names={"@101": "alice"})).all("", "reply")
    preview = replies[0].one("span").text
    assert preview.startswith("long() ▇▇▇ @alice word")
    assert "secret" not in preview
    assert len(preview) <= 121
    assert "not in this ticket" in replies[1].text
    assert replies[2].one("span").text == "Attachment or embed"


def test_the_preview_of_an_embed_is_its_title() -> None:
    said = (message(1, text="", embeds=({"title": "A **title**"},)), message(2, SAM, reply_to=1))
    assert page(bare_ticket(messages=said)).one("", "reply").one("span").text == "A title"


def test_edits_deletions_and_pins_are_marked(ticket: ArchivedTicket) -> None:
    document = page(ticket)
    edited = document.one("span", "edited")
    assert (edited.text, edited.attributes["title"]) == ("(edited)", "Edited 2026-03-12 14:14")
    assert document.one("span", "gone").text == "Deleted 2026-03-12 14:37"
    assert "deleted" in document.all("article")[6].classes
    versions = document.one("div", "version")
    assert "until 2026-03-12 14:14" in versions.text
    assert "Pinned" in document.all("span", "mark")[0].text


def test_an_ai_answer_shows_its_source_and_for_staff_how_it_came_about(
    ticket: ArchivedTicket,
) -> None:
    answer = page(ticket).one("section", "ai")
    (source,) = answer.all("div", "text")[0].all("a")
    assert source.attributes == {
        "href": "https://docs.example.org/exports#limits",
        "rel": "noopener noreferrer nofollow",
    }
    assert "confidence 0.81" in answer.one("details", "trace").text
    assert page(ticket, View.CUSTOMER).all("details") == []


def test_files_are_pictures_or_cards(ticket: ArchivedTicket) -> None:
    document = page(ticket)
    assert document.one("img").attributes["alt"] == "screenshot.png"
    kept, missing = document.all("div", "file")
    assert "export.log3 B · kept in the archive" in kept.text
    assert "SHA-256 abab" in kept.text
    assert "SHA-256" not in page(ticket, View.CUSTOMER).all("div", "file")[0].text
    assert "video.mp430.0 MB · not kept: larger than 25 MB" in missing.text


def test_embeds_have_their_parts(ticket: ArchivedTicket) -> None:
    embed = page(ticket).one("div", "embed")
    assert embed.attributes["style"] == "border-left-color:#5865f2"
    assert embed.one("div", "by").one("a").text == "Ogma desk"
    assert embed.one("div", "title").text == "Ticket #42"
    assert texts([f.one("b") for f in embed.all("div", "field")]) == [
        "Type", "Opened", "Plan", "Privacy",
    ]  # fmt: skip
    assert len(embed.all("div", "inline")) == 3
    assert embed.one("time").text == "2026-03-12 14:02"
    assert embed.one("div", "picture").text.strip() == "Picture (not kept: cdn.example.org)"
    assert embed.one("div", "foot").text == "Press Request human at any time"


def test_buttons_dropdowns_and_reactions_are_shown_but_do_nothing(ticket: ArchivedTicket) -> None:
    select = {"type": 3, "placeholder": "Pick one", "options": [{"label": "A", "value": "a"}]}
    chosen = {**select, "options": [{"label": "B", "value": "b", "default": True}]}
    rows = tuple({"type": 1, "components": [one]} for one in (select, chosen, {"type": 5}))
    document = page(bare_ticket(messages=(message(1, components=rows),)))
    assert texts(document.all("span", "select")) == ["Pick one", "B", "Choose"]
    first = page(ticket).all("div", "row")[0]
    assert texts(first.all("span", "button")) == ["🙋 Request human", "👍 Helpful", "Not helpful"]
    assert first.one("a", "link").attributes["href"] == "https://example.org/handbook"
    assert "off" in first.all("span", "button")[2].classes
    assert texts(page(ticket).all("span", "reaction")) == ["👀 1", ":sad: 2"]
    assert page(ticket).all("button") == []


def test_the_newer_components_are_shown_too() -> None:
    container = {
        "type": 17,
        "accent_color": 255,
        "components": [
            {"type": 10, "content": "# Hi **you**"},
            {"type": 14},
            {
                "type": 9,
                "components": [{"type": 10, "content": "a section"}],
                "accessory": {"type": 2, "style": 3, "label": "Go", "custom_id": "x"},
            },
            {"type": 12, "items": [{"media": {"url": "https://cdn.example.org/a.png"}}]},
            {"type": 13, "file": {"url": "attachment://log.txt"}},
        ],
    }
    box = page(bare_ticket(messages=(message(1, components=(container,)),))).one("div", "embed")
    assert box.attributes["style"] == "border-left-color:#0000ff"
    assert box.one("strong").text == "you"
    assert len(box.all("hr")) == 1
    assert box.one("span", "success").text == "Go"
    assert "cdn.example.org" in box.text
    assert "log.txt" in box.text


@pytest.mark.parametrize(
    "broken",
    [
        {"type": 1},
        {"type": 1, "components": "x"},
        {"type": 1, "components": [None, 7, {"type": 2, "label": {"a": 1}, "url": 5}]},
        {"type": "1"},
        {"type": 9, "accessory": 3},
        {"type": 17, "components": {"a": 1}},
        {},
    ],
)
def test_components_of_any_shape_do_no_harm(broken: dict[str, object]) -> None:
    document = page(bare_ticket(messages=(message(1, text="still here", components=(broken,)),)))
    assert "still here" in document.one("article").text


def test_components_nested_without_end_are_cut() -> None:
    nested: dict[str, object] = {"type": 10, "content": "deep"}
    for _ in range(50):
        nested = {"type": 17, "components": [nested]}
    document = page(bare_ticket(messages=(message(1, components=(nested,)),)))
    assert 0 < len(document.all("div", "embed")) < 10


@pytest.mark.parametrize(
    "broken",
    [
        {"title": 7, "color": "red", "fields": "x", "author": [], "footer": 1, "image": "y"},
        {"color": -1, "fields": [None, {"name": None}], "image": {"url": "http://[::1"}},
        {"color": True, "timestamp": {}},
    ],
)
def test_embeds_of_any_shape_do_no_harm(broken: dict[str, object]) -> None:
    document = page(bare_ticket(messages=(message(1, text="still here", embeds=(broken,)),)))
    assert "still here" in document.one("article").text
    assert "style" not in document.one("div", "embed").attributes


def test_mentions_read_as_names() -> None:
    ticket = bare_ticket(
        messages=(message(1, text="<@101> <@!102> <@&9> <#7> <@5> <@&6> <#8> @everyone"),),
        names={"@101": "alice", "@102": "bob", "&9": "Support", "#7": "general"},
    )
    assert texts(page(ticket).all("span", "pill")) == [
        "@alice", "@bob", "@Support", "#general",
        "@unknown member", "@unknown role", "#unknown channel", "@everyone",
    ]  # fmt: skip


def test_spoilers_open_without_a_script() -> None:
    spoiler = shown("||a **b** https://example.org||").one("label", "spoiler")
    box = spoiler.one("input")
    assert (box.attributes["type"], box.attributes["aria-label"]) == ("checkbox", "Spoiler")
    assert spoiler.one("strong").text == "b"
    assert len(spoiler.all("a")) == 1


def test_blocks_are_marked_up() -> None:
    text = shown("# One\n## Two\n-# small\n> quoted\n- a\n  - b\n7. c\n```py\nx < 1\n```")
    assert [h.attributes["aria-level"] for h in text.all("div") if "role" in h.attributes] == [
        "3",
        "4",
    ]
    assert text.one("small").text == "small"
    assert text.one("blockquote").text == "quoted"
    assert [li.classes for li in text.all("li")] == [
        ["bullet", "in0"], ["bullet", "in1"], ["number", "in0"],
    ]  # fmt: skip
    assert text.all("li")[2].attributes["value"] == "7"
    assert text.one("pre").text == "x < 1"
    assert text.one("pre").attributes["data-language"] == "py"


@pytest.mark.parametrize(
    ("stamp", "read"),
    [
        ("<t:1773324120>", "2026-03-12 15:02"),
        ("<t:1773324120:R>", "2026-03-12 15:02"),
        ("<t:1773324120:t>", "15:02"),
        ("<t:1773324120:D>", "Thursday, March 12, 2026"),
        ("<t:9999999999999>", "<t:9999999999999>"),
    ],
)
def test_timestamps_are_read_in_the_zone(stamp: str, read: str) -> None:
    ticket = bare_ticket(messages=(message(1, text=stamp),))
    source = render_html(ticket, View.STAFF, zone=ZoneInfo("Europe/Berlin"))
    assert parse(source).one("time", "stamp").text == read
    assert "Times are Europe/Berlin" in source


def test_a_catalogue_replaces_the_words() -> None:
    german = {
        "language": "de",
        "months": "Januar Februar März April Mai Juni Juli August "
        "September Oktober November Dezember",
        "weekdays": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        "date": "{weekday}, {day}. {month} {year}",
        "event.claimed": "Übernommen von {actor}",
        "opened_at": "Geöffnet",
    }
    event = ArchivedEvent(START, "claimed", "Sam")
    ticket = bare_ticket(events=(event,), messages=(message(1, at=MINUTE),))
    document = parse(render_html(ticket, View.STAFF, german))
    assert document.one("html").attributes["lang"] == "de"
    assert document.one("div", "day").text == "Donnerstag, 12. März 2026"
    assert document.one("div", "event").one("span", "what").text == "Übernommen von Sam"
    assert "Geöffnet" in texts(document.all("dt"))
    assert "Messages" not in texts(document.all("dt"))


def test_names_cannot_turn_the_line_around() -> None:
    author = replace(ALICE, name="\u202eecila\u202c \n bob")
    document = page(bare_ticket(messages=(message(1, author),)))
    name = document.one("bdi", "name")
    assert name.text == "ecila bob"
    assert document.one("bdi", "name").tag == "bdi"


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("alice", "A"),
        ("Sam Weaver Jr", "SW"),
        ("⚡⚡", "?"),
        ("", "?"),
        ("李 雷", "李雷"),
        ("ß", "SS"),
    ],
)
def test_initials(name: str, initials: str) -> None:
    document = page(bare_ticket(messages=(message(1, replace(OGMA, name=name)),)))
    assert document.one("section", "group").one("span", "avatar").text == initials

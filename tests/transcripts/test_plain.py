"""T2: the Markdown and the text transcript tell the same as the page."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from ogma.domain.archive import ArchivedEvent, ArchivedTicket, View
from ogma.transcripts.render import render_markdown, render_text

from .dom import Element, parse
from .samples import SAM, START, bare_ticket, message


def body(text: str) -> list[str]:
    """The lines of the only message, in the text transcript."""
    lines = render_text(bare_ticket(messages=(message(1, text=text),)), View.STAFF).splitlines()
    start = lines.index("alice (14:02)") + 2
    return [line.removeprefix("    ") for line in lines[start:-2]]


def test_a_small_ticket_as_text() -> None:
    ticket = bare_ticket(
        subject="Help",
        messages=(message(1, text="hi **there** <@101>"), message(2, SAM, "a\nb", 60_000)),
        events=(ArchivedEvent(START, "opened", "alice"),),
        names={"@101": "alice"},
    )
    assert render_text(ticket, View.CUSTOMER) == (
        "Ticket #1: Help\n"
        "===============\n"
        "\n"
        "Customer's copy\n"
        "\n"
        "Server: Server\n"
        "Type: General\n"
        "Customer: alice\n"
        "Answered by: People\n"
        "Opened: 2026-03-12 14:02\n"
        "\n"
        "People\n"
        "\n"
        "alice: Customer, 1 message\n"
        "Sam Weaver: Staff, 1 message\n"
        "\n"
        "Thursday, March 12, 2026\n"
        "------------------------\n"
        "\n"
        "• alice opened the ticket, 14:02\n"
        "\n"
        "alice (14:02)\n"
        "\n"
        "    hi there @alice\n"
        "\n"
        "Sam Weaver (14:03, Staff)\n"
        "\n"
        "    a\n"
        "    b\n"
        "\n"
        "Times are UTC. Made by Ogma; this file works without a network.\n"
    )


def test_a_small_ticket_as_markdown() -> None:
    ticket = bare_ticket(
        messages=(message(1, text="hi **there** <b>\n```py\nx*y*z\n```\nsee https://a.example!"),)
    )
    assert render_markdown(ticket, View.CUSTOMER) == (
        "# Ticket #1: General\n"
        "\n"
        "Customer's copy\n"
        "\n"
        "- **Server:** Server\n"
        "- **Type:** General\n"
        "- **Customer:** alice\n"
        "- **Answered by:** People\n"
        "- **Opened:** 2026-03-12 14:02\n"
        "\n"
        "### People\n"
        "\n"
        "- **alice:** Customer, 1 message\n"
        "\n"
        "## Thursday, March 12, 2026\n"
        "\n"
        "**alice** (14:02)\n"
        "\n"
        "> hi **there** \\<b\\>  \n"
        "> ```py\n"
        "> x*y*z\n"
        "> ```\n"
        "> see [https://a.example](<https://a.example>)!  \n"
        "\n"
        "Times are UTC. Made by Ogma; this file works without a network.\n"
    )


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("||boo|| __u__ ~~s~~ `c`", ["||boo|| u s c"]),
        ("[label](https://a.example)", ["label (https://a.example)"]),
        ("a\n```\nx\n  y\n```\nb", ["a", "x", "  y", "b"]),
        ("- a\n  - b\n3. c\n> q", ["- a", "    - b", "3. c", "> q"]),
        ("# Head\n-# small", ["Head", "small"]),
        ("<:wave:5> <t:1773324120:t>", [":wave: 14:02"]),
    ],
)
def test_markup_becomes_plain_text(typed: str, read: list[str]) -> None:
    assert body(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("+ plus\n+ plus", "+ plus+ plus"),
        ("1) one", "1) one"),
        ("1\\. one", "1. one"),
        ("\\- dash\n\\# hash", "- dash# hash"),
        ("rule\n===\n---", "rule===---"),
        ("    four spaces", "four spaces"),
        ("wow!\\[x](y)", "wow![x](y)"),
        ("a | b\n--|--", "a | b--|--"),
        ("&amp; <b> *", "&amp; <b> *"),
        ("``a`b``", "a`b"),
    ],
)
def test_markdown_reads_as_it_was_meant(typed: str, read: str) -> None:
    source = render_markdown(bare_ticket(messages=(message(1, text=typed),)), View.STAFF)
    viewer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    quote = parse(viewer.render(source)).one("blockquote")
    (paragraph,) = [child for child in quote.children if isinstance(child, Element)]
    assert paragraph.tag == "p"
    assert paragraph.text.replace("\n", "") == read


@pytest.mark.parametrize("render", [render_text, render_markdown])
def test_everything_of_the_rich_ticket_is_there(ticket: ArchivedTicket, render: object) -> None:
    assert callable(render)
    shown = render(ticket, View.STAFF).replace("\\", "")
    for part in (
        "Closing note",
        "Staff copy",
        "v2.4.1",
        "↪ alice, 14:04",
        "📎 screenshot.png (",
        "📎 video.mp4 (30.0 MB, not kept: larger than 25 MB)",
        "Picture (not kept: cdn.example.org)",
        "[ 🙋 Request human ] [ 👍 Helpful ]",
        "👀 1 :sad: 2",
        "Earlier versions, until 2026-03-12 14:14:",
        "How this answer came about:",
        "AI answer",
        "Deleted 2026-03-12 14:37",
        "• Sam Weaver left a note for staff, 14:34",
        "The knowledge base has no answer.",
        "Type: Billing",
    ):
        assert part in shown


@pytest.mark.parametrize("render", [render_text, render_markdown])
def test_there_are_no_runs_of_empty_lines(ticket: ArchivedTicket, render: object) -> None:
    assert callable(render)
    assert "\n\n\n" not in render(ticket, View.STAFF)

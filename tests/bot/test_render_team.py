"""Queue, flags, search, notes and prepared replies as the team sees them (Q2, Q3, E3, T3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ogma.bot.render.findings import flags_page, search_page
from ogma.bot.render.message import Message, words
from ogma.bot.render.notes import macro_preview, note_list
from ogma.bot.render.queue import queue_page
from ogma.domain.queue import Queue
from ogma.domain.search import END, START
from ogma.services import flags, queue, search
from ogma.services.notes import Note
from ogma.texts import Texts, load
from tests.bot.rendered import TICKET, embed, payload
from tests.contract.limits import limit_violations

EN = load("en")
LANGUAGES = [EN, load("de")]
COUNTERS = {
    "open": 9,
    "unclaimed": 8,
    "escalated": 1,
    "awaiting_staff": 7,
    "awaiting_customer": 2,
}
WORST = "*_`@everyone` [x](http://evil.example) <@1> " * 50


def custom_ids(message: Message) -> list[str]:
    rows = payload(message)["components"]
    return [str(part["custom_id"]) for row in rows for part in row["components"]]


def page(tickets: int, *, number: int = 2, more: bool = True) -> queue.Page:
    nasty = replace(TICKET, customer_name=WORST, subject=WORST)
    shown = [TICKET, *[replace(nasty, id=10**17 + n) for n in range(tickets - 1)]]
    return queue.Page(Queue.AWAITING_CUSTOMER, number, COUNTERS, shown[:tickets], more)


def test_q2_the_queue_shows_counters_links_and_whose_turn_it_is() -> None:
    """Q2: counters on top, one line a ticket, filters as buttons, Claim from the list."""
    waiting = replace(TICKET, priority="urgent", escalated_at=1, last_customer_at=1)
    taken = replace(TICKET, id=43, claimed_by=3, claimed_by_name="sam", last_staff_at=1)
    message = queue_page(
        EN, queue.Page(Queue.ALL, 1, COUNTERS, [waiting, taken], False), {"billing": "Billing"}
    )
    lines = embed(message)["description"].split("\n")
    assert lines[0].startswith("**9** open · **8** unclaimed")
    assert lines[2].startswith("**42** 🚨🙋 · <#55> · Billing · alice · staff's turn <t:")
    assert "customer's turn" in lines[3] and "claimed by sam" in lines[3]
    assert custom_ids(message)[:6] == [f"ogma:queue:{one}" for one in Queue]
    (claim,) = payload(message)["components"][3]["components"]
    assert [one["value"] for one in claim["options"]] == ["42"]
    turning = payload(message)["components"][2]["components"]
    assert [one.get("disabled", False) for one in turning] == [True, True, False]


def found(**changes: object) -> search.Found:
    whole = search.Found(
        id=1,
        ticket_id=42,
        at=1_786_017_600_000,
        side="customer",
        author_id=7,
        author_name="alice",
        origin="channel",
        deleted_at=None,
        type_id="billing",
        state="open",
        channel_id=55,
        customer_name="alice",
        locked_at=None,
        excerpt=f"The {START}dragon{END} is\n*loose*",
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def test_t3_what_was_found_is_bold_and_nothing_else_is() -> None:
    """T3: on one line, with the place while there is one."""
    [(name, said)] = embed(search_page(EN, search.Page(1, [found()], False), "dragon"))["fields"]
    assert name == "Ticket 42 · alice"
    assert said.endswith("> The **dragon** is \\*loose\\*") and "<#55>" in said
    closed = search.Page(1, [found(state="closed")], False)
    [(_, said)] = embed(search_page(EN, closed, "dragon"))["fields"]
    assert "<#55>" not in said


def test_q3_notes_are_shown_in_order_as_far_as_they_fit() -> None:
    """Q3: the newest are shown when not all fit."""
    assert note_list(EN, []) == "There are no notes on this ticket yet."
    two = [Note(1000, "sam", "first"), Note(2000, "sue", "*second*")]
    assert note_list(EN, two) == "**sam** <t:1:R>\n> first\n**sue** <t:2:R>\n> \\*second\\*"
    many = [Note(n * 1000, "sam", f"{n} " + "x" * 300) for n in range(20)]
    shown = note_list(EN, many)
    assert "> 19 x" in shown and "> 0 x" not in shown and len(shown) <= 2000


def everything(texts: Texts) -> list[Message]:
    """The worst that these can be made to show."""
    ids = range(10**17, 10**17 + flags.PAGE)
    flagged = [flags.Flag(one, 10**17, 1, "escalated", WORST, None, None) for one in ids]
    hits = [found(author_name=WORST, customer_name=WORST, excerpt=WORST)] * search.PAGE
    return [
        queue_page(texts, page(queue.PAGE), {"billing": WORST}),
        queue_page(texts, page(0, number=1, more=False), {}),
        flags_page(texts, flags.Page(2, flagged, True)),
        flags_page(texts, flags.Page(1, [], False)),
        search_page(texts, search.Page(1, hits, True), WORST),
        search_page(texts, search.Page(1, [], False), "x"),
        macro_preview(texts, "a" * 32, WORST),
        words(note_list(texts, [Note(1, WORST, WORST)])),
    ]


@pytest.mark.parametrize("texts", LANGUAGES, ids=["en", "de"])
def test_discord_takes_all_of_it(texts: Texts) -> None:
    """Whatever names, subjects and texts contain, in each language."""
    for message in everything(texts):
        names = custom_ids(message)
        assert len(names) == len(set(names))
        body = payload(message)
        assert limit_violations("POST", "/channels/1/messages", body, 0) == []

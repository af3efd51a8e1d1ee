"""K7: the questions that a knowledge base is asked without anybody having asked them."""

from __future__ import annotations

from ogma.knowledge.own_questions import misspelt, said, shortened, spread

TITLE = "How can I cancel a pending order before it ships?"


def test_sentences_and_lines_are_asked_and_the_title_is_not() -> None:
    text = (
        "Refunds\n\nA refund takes five days. It goes to the card.\nSecond line\n\n---\n\n"
        + "x " * 41
    )
    assert said(text, "refunds") == [
        "A refund takes five days.",
        "It goes to the card.",
        "Second line",
    ]


def test_a_title_is_shortened_and_misspelt_the_same_way_every_time() -> None:
    short, wrong = shortened(TITLE), misspelt(TITLE)
    assert set(short.split()) < set(TITLE.split()) and short
    assert wrong != TITLE and len(wrong.split()) == len(TITLE.split())
    assert (short, wrong) == (shortened(TITLE), misspelt(TITLE))
    assert shortened("Refunds") == "Refunds" and misspelt("") == ""


def test_items_are_spread_evenly() -> None:
    assert spread(range(10), 5) == [0, 2, 4, 6, 8]
    assert spread("abc", 5) == ["a", "b", "c"]

"""A6: the engine without a model quotes word for word what speaks to the question, or refuses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.answering.extractive import SPEAKS, extract
from ogma.domain.passages import Hit, Passage

from .conftest import MakeHit

REFUNDS = (
    "Our shop is run by two friends. Refunds are paid within 14 days to the card that you used. "
    "They need the order number. Vouchers are not refundable."
)


def test_quotes_the_sentence_that_answers_with_its_source(make_hit: MakeHit) -> None:
    found = extract("When are refunds paid?", [make_hit(REFUNDS, heading="Refunds")])
    assert found.text is not None
    assert "Refunds are paid within 14 days to the card that you used." in found.text
    assert "two friends" not in found.text
    assert found.check.name == SPEAKS and found.check.passed
    assert {citation.heading for citation in found.citations} == {"Refunds"}


def test_near_is_not_enough(make_hit: MakeHit) -> None:
    """A passage on the subject that does not speak to the question is not quoted."""
    found = extract(
        "Do you ship refrigerated parcels to Antarctica?", [make_hit(REFUNDS, heading="Shipping")]
    )
    assert found.text is None and found.citations == () and not found.check.passed


def test_asked_for_a_number_where_none_is_given(make_hit: MakeHit) -> None:
    text = "Premium seats are sold to members."
    assert extract("How many premium seats are sold?", [make_hit(text)]).text is None
    assert extract("How many premium seats are sold?", [make_hit("We sold 40 premium seats.")]).text


def test_a_list_comes_whole_with_its_introduction(make_hit: MakeHit) -> None:
    text = "Some words first.\n\nTo cancel your subscription:\n- Open Settings\n- Press Stop"
    found = extract("How do I cancel my subscription?", [make_hit(text)])
    assert found.text == "To cancel your subscription:\n- Open Settings\n- Press Stop"


def test_a_code_block_comes_whole(make_hit: MakeHit) -> None:
    text = "Reset the cache like this:\n\n```\nshop cache reset\n\nshop start\n```\n\nHave fun."
    found = extract("How can I reset the cache?", [make_hit(text)])
    assert found.text is not None
    assert "```\nshop cache reset\n\nshop start\n```" in found.text


def test_the_same_sentence_twice_is_said_once(make_hit: MakeHit) -> None:
    hits = [
        make_hit("Refunds are paid within 14 days.", chunk_id=1),
        make_hit("Refunds are paid within 14 days!", chunk_id=2, document="other.md"),
    ]
    found = extract("When are refunds paid?", hits)
    assert found.text == "Refunds are paid within 14 days."


def test_each_place_is_named_once_above_what_comes_from_it(make_hit: MakeHit) -> None:
    """A6: what stands in which document; Markdown in a title is no Markdown of ours."""
    hits = [
        make_hit("Refunds need the order number. They are paid in May.", heading="`Refunds`"),
        make_hit("Refunds of a paid order take 14 days.", document="late.md", title="**Late**"),
    ]
    found = extract("refunds order paid number days", hits, lead=lambda place: f"From {place}:")
    assert found.text == (
        "From Billing, Refunds:\nRefunds need the order number.\n\n"
        "From Late:\nRefunds of a paid order take 14 days."
    )


def test_pieces_come_in_reading_order(make_hit: MakeHit) -> None:
    text = "Refunds need the order number. Some thing else here. Refunds are paid within 14 days."
    found = extract("refunds order paid", [make_hit(text)])
    assert found.text is not None
    assert found.text.index("order number") < found.text.index("14 days")


def test_a_sentence_that_leans_on_another_brings_it_along(make_hit: MakeHit) -> None:
    text = "The starter plan is for one person. It costs 5 EUR a month for every seat you buy."
    found = extract("How much does every seat cost a month?", [make_hit(text)])
    assert found.text is not None and found.text.startswith("The starter plan")


def test_what_it_leans_on_comes_along_however_many_pieces_there_are(make_hit: MakeHit) -> None:
    def alike(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return np.ones((len(texts), 1), dtype=np.float32)

    seats = " ".join(f"Every seat in row {row} costs money each month." for row in range(20))
    plan = "The starter plan is for one person. It costs 5 EUR a month for every seat you buy."
    text = f"{plan} {seats}"
    found = extract("How much does every seat you buy cost a month?", [make_hit(text)], embed=alike)
    assert found.text is not None and found.text.startswith("The starter plan")


def test_no_further_piece_is_left_hanging(make_hit: MakeHit) -> None:
    text = "Refunds are paid within 14 days. Our shop has a cat. It sees refunds paid on paper."
    found = extract("Tell me about refunds paid", [make_hit(text)])
    assert found.text == "Refunds are paid within 14 days."


def test_a_question_in_the_text_is_no_answer(make_hit: MakeHit) -> None:
    found = extract("When are refunds paid?", [make_hit("When are refunds paid?")])
    assert found.text is None


@pytest.mark.parametrize("question", ["", "???", "hello", "\u200b"])
def test_what_asks_nothing_gets_nothing(question: str, make_hit: MakeHit) -> None:
    assert extract(question, [make_hit(REFUNDS)]).text is None


def test_likeness_of_meaning_counts_beside_the_words(make_hit: MakeHit) -> None:
    """With vectors that call a sentence unrelated, the same words are not enough."""

    question = "refunds paid desk staff visit dog"

    def orthogonal(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        asked = [float(text == question) for text in texts]
        return np.array([[one, 1 - one] for one in asked], dtype=np.float32)

    hits = [make_hit("Staff paid a visit to the refunds desk.")]
    assert extract(question, hits).text
    assert extract(question, hits, embed=orthogonal).text is None


@given(
    st.text(max_size=80),
    st.lists(st.text(alphabet="refund paid 14 days.\n-`|?:#", max_size=200), max_size=4),
)
def test_every_answer_is_verbatim_and_cited(question: str, texts: list[str]) -> None:
    """A5, A6: whatever is asked, each quote is in its passage, and the text is made of quotes,
    whose wrapped lines may be joined in it."""
    hits = [
        Hit(Passage(n, f"{n}.md", "Refund", "Paid", None, text), 0.5, None, 0.5)
        for n, text in enumerate(texts)
    ]
    found = extract(question, hits)
    assert (found.text is not None) == bool(found.citations) == found.check.passed
    rest = _on_one_line(found.text or "")
    for citation in found.citations:
        assert citation.quote in texts[citation.chunk_id]
        quote = _on_one_line(citation.quote)
        assert quote in rest
        rest = rest.replace(quote, "", 1)
    assert not rest.strip()


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("question", "lacks", "gives"),
    [
        ("Who approves refunds?", "Refunds are approved quickly.", "Refunds are approved by Mia."),
        ("Who approves refunds?", "Refunds are approved quickly.", "Our staff approve refunds."),
        ("What does a refund cost?", "A refund needs a form.", "A refund is free."),
        ("What is the price of seats?", "Seats are sold in May.", "Seats are sold for 5 EUR."),
        (
            "Why are refunds refused?",
            "Refunds are refused.",
            "Refunds are refused because of fraud.",
        ),
        ("Which port do refunds use?", "Refunds use a port.", "Refunds use port 2022."),
        ("What colour is the refund form?", "The refund form is new.", "The refund form is green."),
        ("How many refunds are paid?", "Refunds are paid.", "Eleven refunds are paid."),
    ],
)
def test_what_is_asked_for_must_be_given(
    question: str, lacks: str, gives: str, make_hit: MakeHit
) -> None:
    """A1: that the sentence is about it is not enough; it must have the person, price or reason."""
    assert extract(question, [make_hit(lacks)]).text is None
    assert extract(question, [make_hit(gives)]).text == gives


@pytest.mark.parametrize(
    "question",
    [
        "How many backups can I make with the Starter plan?",
        "How many backups could I make with the Pro plan in 2019?",
    ],
)
def test_a_name_or_number_that_the_page_does_not_know_is_not_answered(
    question: str, make_hit: MakeHit
) -> None:
    """A1: the right page for the Pro plan says nothing about the Starter plan."""
    hits = [make_hit("You can make three backups with the Pro plan.", title="Backups")]
    assert extract("How many backups can I make with the Pro plan?", hits).text
    assert extract(question, hits).text is None


def test_a_further_sentence_must_help(make_hit: MakeHit) -> None:
    """Nothing is added that has no word of the question beyond what was quoted already."""
    text = (
        "Refunds of yearly plans are paid within 30 days. Refunds can be talked about at length. "
        "Vouchers are given with yearly refunds."
    )
    found = extract("When are refunds of yearly plans paid?", [make_hit(text)])
    assert found.text == "Refunds of yearly plans are paid within 30 days."

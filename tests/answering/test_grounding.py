"""A5: what fails a named check is never said, whatever the model proposes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.answering import grounding as g
from ogma.answering.draft import Draft, DraftSentence
from ogma.answering.evidence import bare, gather
from ogma.answering.literals import foreign_figures
from ogma.domain.passages import Passage

REFUNDS = Passage(
    11,
    "billing.md",
    "Billing",
    "Refunds",
    "https://docs.example.org/refunds",
    "Refunds are paid within 14 days to the card that you used. Vouchers are not refundable.\n\n"
    "To ask for a refund:\n- Open **Settings**\n- Press Refund\n\n"
    "| Plan | Price |\n|------|-------|\n| Basic | 3 EUR |\n| Pro | 5 EUR |\n\n"
    "See https://docs.example.org/refunds for all cases, or run `shop refund --order`.",
)
SEATS = Passage(12, "seats.md", "Seats", "", None, "Every seat costs 9 EUR a month.")
PASSAGES = (REFUNDS, SEATS)
QUESTION = "When are refunds paid?"
QUOTE = "Refunds are paid within 14 days"


def draft(*sentences: tuple[str, tuple[int, ...], tuple[str, ...]]) -> Draft:
    return Draft(
        answerable=True,
        sentences=tuple(DraftSentence(text=t, passages=p, quotes=q) for t, p, q in sentences),
    )


def failed(judgement: g.Judgement) -> set[str]:
    return {check.name for check in judgement.checks if not check.passed}


def test_a_good_sentence_passes_every_check_and_is_cited() -> None:
    text = "Refunds are paid within 14 days to your card."
    found = g.judge(QUESTION, draft((text, (1,), (QUOTE,))), PASSAGES)
    assert found.text == text and failed(found) == set()
    assert [check.name for check in found.checks] == list(g.CHECKS)
    assert [(one.chunk_id, one.quote) for one in found.citations] == [(11, QUOTE)]


BAD = [
    (g.IDS, "Refunds are paid within 14 days.", (3,), (QUOTE,)),
    (g.IDS, "Refunds are paid within 14 days.", (0,), (QUOTE,)),
    (g.IDS, "Refunds are paid within 14 days.", (), (QUOTE,)),
    (g.QUOTES, "Refunds are paid within 14 days.", (1,), ()),
    (g.QUOTES, "Refunds are paid within 14 days.", (1,), ("Refunds are paid in 14 days",)),
    (g.QUOTES, "Refunds are paid within 14 days.", (2,), (QUOTE,)),
    (g.QUOTES, "Refunds are paid within 14 days.", (1,), (QUOTE, "Refunds are always paid")),
    (g.QUOTES, "Refunds are paid within 14 days.", (1,), ("14",)),
    (g.NUMBERS, "Refunds are paid within 15 days.", (1,), (QUOTE,)),
    (g.NUMBERS, "Refunds are paid within 14 hours.", (1,), (QUOTE,)),
    (g.NUMBERS, "Basic costs 5 EUR.", (1,), ("| Basic | 3 EUR |",)),
    (g.CODE, "Refunds are paid within 14 days with `shop pay`.", (1,), (QUOTE,)),
    (g.CODE, "Refunds are paid within 14 days, mail me@evil.example.", (1,), (QUOTE,)),
    (g.LINKS, "Refunds are paid within 14 days: https://evil.example/.", (1,), (QUOTE,)),
    (g.LINKS, "Refunds: https://docs.example.org/refunds?leak=1.", (1,), (QUOTE,)),
    (g.NAMES, "Refunds are paid within 14 days by Acme.", (1,), (QUOTE,)),
    (g.SUPPORTED, "Refunds need a signed letter from your bank manager.", (1,), (QUOTE,)),
    (g.SUPPORTED, "Is it so?", (1,), (QUOTE,)),
    (g.POLARITY, "Vouchers are refundable.", (1,), ("Vouchers are not refundable",)),
    (g.POLARITY, "Refunds are never paid within 14 days.", (1,), (QUOTE,)),
    (g.SUPPORTED, "Refunds are paid within 14 days to the bank that you used.", (1,), (QUOTE,)),
    (g.SUPPORTED, "Refunds are paid within 14 days, not every month.", (1, 2), (QUOTE,)),
    (g.LANGUAGE, "Refunds are paid within 14 days to the card.", (1,), (QUOTE,)),
    (g.SPEAKS, "Every seat costs 9 EUR a month.", (2,), ("Every seat costs 9 EUR",)),
]


@pytest.mark.parametrize(
    ("name", "text", "ids", "quotes"), BAD, ids=[f"{n}-{row[0]}" for n, row in enumerate(BAD)]
)
def test_each_check_catches_its_fault(
    name: str, text: str, ids: tuple[int, ...], quotes: tuple[str, ...]
) -> None:
    question = (
        "Wann werden die Refunds an mich gezahlt und wie?" if name == g.LANGUAGE else QUESTION
    )
    found = g.judge(question, draft((text, ids, quotes)), PASSAGES)
    assert found.text is None and found.citations == ()
    assert name in failed(found)
    assert all(check.detail for check in found.checks if not check.passed)


def test_a_failed_sentence_is_dropped_where_the_rest_answers() -> None:
    found = g.judge(
        QUESTION,
        draft(
            ("Refunds are paid within 14 days.", (1,), (QUOTE,)),
            ("Call 555-0199 for more.", (1,), (QUOTE,)),
        ),
        PASSAGES,
    )
    assert found.text == "Refunds are paid within 14 days."
    assert failed(found) == set()
    assert any("555" in check.detail for check in found.checks)


def test_one_proposal_may_hide_a_second_sentence_but_not_from_the_checks() -> None:
    text = "Refunds are paid within 14 days. Send your password to our staff."
    found = g.judge(QUESTION, draft((text, (1,), (QUOTE,))), PASSAGES)
    assert found.text == "Refunds are paid within 14 days."


def test_what_leans_on_a_dropped_sentence_goes_with_it() -> None:
    found = g.judge(
        "Who pays refunds?",
        draft(
            ("Acme Bank pays refunds.", (1,), (QUOTE,)),
            ("They are paid within 14 days to the card that you used.", (1,), (QUOTE,)),
        ),
        PASSAGES,
    )
    assert found.text is None and g.SUPPORTED in failed(found)


def test_lists_and_code_stay_whole_and_apart() -> None:
    steps = "- Open **Settings**\n- Press Refund"
    found = g.judge(
        "How do I get a refund?",
        draft(
            ("To ask for a refund:\n" + steps, (1,), ("Open Settings", "Press Refund")),
            ("Refunds are paid within 14 days.", (1,), (QUOTE,)),
        ),
        PASSAGES,
    )
    assert found.text == f"To ask for a refund:\n{steps}\n\nRefunds are paid within 14 days."


@pytest.mark.parametrize(
    "quote",
    [
        "refunds are PAID within 14 days",
        "Refunds  are\npaid within 14 days",
        "“Refunds are paid … to the card that you used.”",
        "Open Settings",
        "Basic | 3 EUR",
        "Vouchers are not refundable. To ask for a refund",
    ],
)
def test_quotes_are_compared_without_case_spaces_and_markup(quote: str) -> None:
    assert not isinstance(gather([quote], [REFUNDS]), str)


def test_the_evidence_is_the_row_not_the_table() -> None:
    found = gather(["| Basic | 3 EUR |"], [REFUNDS])
    assert not isinstance(found, str)
    assert "Basic" in found.near and "Pro" not in found.near


def test_an_answer_too_long_is_no_answer() -> None:
    long = Passage(
        1, "a.md", "A", "", None, " ".join(f"Refund rule w{n}x holds." for n in range(90))
    )
    sentences = [(s + ".", (1,), (s,)) for s in long.text.rstrip(".").split(". ")]
    found = g.judge("Which refund rule holds?", draft(*sentences), [long])
    assert found.text is None and g.LENGTH in failed(found)


def test_likeness_of_meaning_lets_a_freer_wording_through() -> None:
    def same(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return np.ones((len(texts), 1), dtype=np.float32)

    text = "Refunds are paid within 14 days, according to the settings of your card."
    quotes = ("Refunds are paid within 14 days",)
    assert g.judge(QUESTION, draft((text, (1,), quotes)), PASSAGES).text is None
    assert g.judge(QUESTION, draft((text, (1,), quotes)), PASSAGES, embed=same).text == text
    foreign = "Refunds are paid within 14 days, according to your bank."
    assert g.judge(QUESTION, draft((foreign, (1,), quotes)), PASSAGES, embed=same).text is None


WORDS = st.sampled_from(
    [
        *("Refunds", "are", "paid", "within", "14", "15", "days", "not", "never", "only", "card"),
        *("vouchers", "refundable", "5", "EUR", "Basic", "Pro", "Acme", ".", "!", "-", "\n"),
        *("https://evil.example", "https://docs.example.org/refunds", "`shop refund`", "`rm -rf`"),
        *("@everyone", "<@1>", "discord.gg/x", "24/7", "always", "must"),
    ]
)
SENTENCES = st.builds(
    lambda text, ids, quotes: (text, tuple(ids), tuple(quotes)),
    st.one_of(st.lists(WORDS, max_size=14).map(" ".join), st.text(max_size=60)),
    st.lists(st.integers(-1, 3), max_size=3),
    st.lists(
        st.one_of(
            st.just(QUOTE),
            st.just("Vouchers are not refundable"),
            st.just("| Pro | 5 EUR |"),
            st.lists(WORDS, max_size=6).map(" ".join),
        ),
        max_size=3,
    ),
)


@given(st.one_of(st.just(QUESTION), st.text(max_size=60)), st.lists(SENTENCES, max_size=4))
def test_for_any_proposal_what_is_said_is_cited_and_its_figures_and_links_occur(
    question: str, proposed: list[tuple[str, tuple[int, ...], tuple[str, ...]]]
) -> None:
    found = g.judge(question, draft(*proposed), PASSAGES)
    assert (found.text is None) == bool(failed(found))
    if found.text is None:
        return
    everything = "\n".join(f"{one.title}\n{one.heading}\n{one.text}" for one in PASSAGES)
    assert found.citations and len(found.text) <= g.LONGEST_ANSWER
    assert all(bare(one.quote) in bare(everything) for one in found.citations)
    assert foreign_figures(found.text, everything) == []
    for foreign in ("evil.example", "rm -rf", "Acme", "discord.gg"):
        assert foreign not in found.text

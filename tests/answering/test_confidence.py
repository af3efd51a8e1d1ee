"""Confidence from retrieval signals: bounded, monotone where it must be, and never from nothing."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ogma.answering.confidence import FIXED_CUT, SIGNALS, confidence, gate, signals
from ogma.domain.passages import Hit, Passage, Search, Sureness

from .conftest import MakeHit, MakeSearch

shares = st.floats(0, 1)


def test_no_hits_is_no_confidence(make_search: MakeSearch) -> None:
    assert confidence(make_search("refund")) == 0.0
    assert signals(make_search("refund")) == (0.0,) * len(SIGNALS)


def test_small_talk_is_no_question(make_search: MakeSearch, make_hit: MakeHit) -> None:
    assert confidence(make_search("hello there", make_hit("Hello there."))) == 0.0


def test_a_clear_match_passes_and_a_far_one_does_not(
    make_search: MakeSearch, make_hit: MakeHit
) -> None:
    cut = FIXED_CUT
    near = make_hit("Refunds take 14 days.", cosine=0.75, bm25=0.7, score=0.72)
    far = make_hit("Our office dog is called Rex.", cosine=0.15, bm25=0.0, score=0.08)
    assert confidence(make_search("How long do refunds take?", near)) >= cut
    assert confidence(make_search("How long do refunds take?", far)) < cut


def test_k7_a_calibration_decides_unless_the_owner_set_a_threshold(
    make_search: MakeSearch, make_hit: MakeHit
) -> None:
    plain = make_search("How long do refunds take?", make_hit("Refunds take 14 days."))
    calibrated = replace(plain, sureness=Sureness(0.7, 0.8))
    assert gate(plain, 0) == (confidence(plain), FIXED_CUT)
    assert gate(calibrated, 0) == (0.7, 0.8)
    assert gate(calibrated, 0.3) == (confidence(plain), 0.3)
    assert gate(replace(calibrated, query="hello there"), 0) == (0.0, 0.8)


def test_words_only_has_its_own_weights(make_search: MakeSearch, make_hit: MakeHit) -> None:
    cut = FIXED_CUT
    near = make_hit("Refunds take 14 days.", cosine=None, bm25=0.7)
    far = make_hit("Our office dog is called Rex.", cosine=None, bm25=0.05, score=0.05)
    assert confidence(make_search("How long do refunds take?", near, mode="words")) >= cut
    assert confidence(make_search("How long do refunds take?", far, mode="words")) < cut


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.text(max_size=60), shares, shares, shares), max_size=6),
    st.booleans(),
)
def test_signals_and_confidence_are_always_within_0_and_1(
    query: str, rows: list[tuple[str, float, float, float]], hybrid: bool
) -> None:
    hits = tuple(
        Hit(Passage(n, f"d{n % 2}", "", "", None, text), score, cos if hybrid else None, bm25)
        for n, (text, score, cos, bm25) in enumerate(rows)
    )
    search = Search(query, "hybrid" if hybrid else "words", hits, 1)
    found = signals(search)
    assert len(found) == len(SIGNALS)
    assert all(0 <= value <= 1 for value in (*found, confidence(search)))

"""The fusion of both rankings on one absolute scale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.knowledge.search import (
    LONGEST_QUERY,
    MOST_TERMS,
    Term,
    closeness,
    content_stems,
    fuse,
    idf,
    lexical,
    normalised,
    searchable,
    telling_terms,
)


def test_closeness_counts_a_little_more_than_words() -> None:
    (best, second, third) = fuse({1: 0.8, 2: 0.2}, {1: 0.4, 3: 0.9})
    assert (best.chunk_id, best.score) == (1, pytest.approx(0.6 * 0.8 + 0.4 * 0.4))
    assert (second.chunk_id, second.score) == (3, pytest.approx(0.36))
    assert (third.chunk_id, third.score) == (2, pytest.approx(0.12))


def test_a_title_near_the_question_brings_its_chunk_nearer_and_a_far_one_does_no_harm() -> None:
    near = closeness({1: 0.4, 2: 0.4, 3: 0.4}, {1: 0.8, 2: 0.1}, {})
    assert near == {1: pytest.approx(0.6), 2: pytest.approx(0.4), 3: pytest.approx(0.4)}


def test_of_title_and_nearest_line_the_better_one_counts() -> None:
    near = closeness({1: 0.4, 2: 0.4}, {1: 0.5, 2: 0.8}, {1: 0.9, 2: 0.6})
    assert near == {1: pytest.approx(0.65), 2: pytest.approx(0.6)}


def test_without_vectors_the_words_alone_rank() -> None:
    (best, _) = fuse(None, {1: 0.4, 3: 0.9})
    assert (best.chunk_id, best.score, best.cosine) == (3, 0.9, None)


def test_equal_scores_are_ranked_alike_every_time() -> None:
    assert [hit.chunk_id for hit in fuse({9: 0.5, 3: 0.5, 7: 0.5}, {})] == [3, 7, 9]


def test_words_that_nothing_has_lower_the_share() -> None:
    def mass(terms: list[Term]) -> float:
        return sum(term.idf for term in terms)

    known = telling_terms({"refund": "refund"}, {"refund": 5}, 100)
    with_unknown = telling_terms({"refund": "refund", "zzz": "zzz"}, {"refund": 5}, 100)
    assert normalised(3.0, mass(with_unknown)) < normalised(3.0, mass(known))


def test_words_in_title_or_heading_count_again() -> None:
    scores = lexical([1, 2, 3], {1: 0.5, 2: 0.5}, {2: 0.5, 3: 1.0})
    assert scores == {1: pytest.approx(0.35), 2: pytest.approx(0.5), 3: pytest.approx(0.3)}


def test_rare_words_come_first_and_long_questions_are_bounded() -> None:
    stems = {f"w{n}": f"w{n}" for n in range(200)}
    terms = telling_terms(stems, {f"w{n}": n + 1 for n in range(200)}, 1000)
    assert [term.stem for term in terms[:3]] == ["w0", "w1", "w2"]
    assert len(terms) == MOST_TERMS


def test_stop_words_go_unless_there_is_nothing_else() -> None:
    assert content_stems([("How", "how"), ("refunds", "refund")]) == {"refund": "refunds"}
    assert content_stems([("who", "who"), ("are", "are")]) == {"who": "who", "are": "are"}


def test_each_stem_counts_once() -> None:
    assert len(content_stems([("refund", "refund"), ("refunds", "refund")])) == 1


def test_what_no_tokenizer_takes_is_replaced() -> None:
    assert searchable(" a\x00b\ud800 ") == "a b?"
    assert len(searchable("x" * 10_000)) == LONGEST_QUERY


@given(
    st.dictionaries(st.integers(1, 50), st.floats(-1, 1), max_size=20),
    st.dictionaries(st.integers(1, 50), st.floats(0, 1), max_size=20),
)
def test_scores_stay_between_0_and_1_and_are_ranked(
    cosines: dict[int, float], words: dict[int, float]
) -> None:
    found = fuse(cosines, words)
    assert {hit.chunk_id for hit in found} == cosines.keys() | words.keys()
    assert all(0 <= hit.score <= 1 for hit in found)
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_idf_is_never_negative(chunks: int, with_term: int) -> None:
    assert idf(max(chunks, with_term), with_term) > 0

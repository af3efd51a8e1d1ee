"""The words in memory: BM25 by arrays, changed by differences (P31)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ogma.knowledge.postings import LARGEST_COUNT, Ids, Stems, build, merge
from ogma.knowledge.search import Term, idf
from ogma.knowledge.words import LIKE_SIZE, WordIndex

NONE: Ids = np.array([], np.int64)


def ids(*chunks: int) -> Ids:
    return np.array(chunks, np.int64)


def chunk(number: int, text: str, place: str = "") -> Stems:
    return Stems(number, place.split(), text.split())


def scores(index: WordIndex, *stems: str) -> dict[int, float]:
    """Chunk id -> BM25 in the whole chunk."""
    counts = index.counts(stems)
    terms = [Term(stem, stem, idf(len(index), counts.get(stem, 0))) for stem in stems]
    return index.search(terms).whole(index.ids().tolist())


def test_rare_words_and_short_chunks_count_more() -> None:
    texts = ["refund days", "days days of text that goes on", "nothing here", "days", "more", "x"]
    index = WordIndex().changed(NONE, (chunk(n, text) for n, text in enumerate(texts, 1)))
    found = scores(index, "refund", "days")
    assert sorted(found, key=lambda n: -found[n])[0] == 1
    assert found.keys() == {1, 2, 4}
    assert scores(index, "unknown") == {}


def test_the_place_counts_by_itself() -> None:
    parts = [chunk(1, "a b", "refund"), chunk(2, "refund a", ""), chunk(3, "c", "d")]
    index = WordIndex().changed(NONE, parts)
    found = index.search([Term("refund", "refund", 1.0)])
    assert found.place([1, 2, 3]).keys() == {1}
    assert found.whole([1, 2, 3]).keys() == {1, 2}
    assert found.best(1) == [1]
    assert found.best(5, hidden=[1]) == [2]


def test_an_empty_index_finds_nothing() -> None:
    index = WordIndex()
    assert (len(index), index.ids().tolist(), index.counts(["a"])) == (0, [], {})
    found = index.search([Term("a", "a", 1.0)])
    assert (found.best(5), found.whole([1]), found.place([1])) == ([], {}, {})
    assert len(WordIndex.of_arrays(index.arrays())) == 0


def test_a_word_a_thousand_times_is_counted_as_often_as_fits() -> None:
    index = WordIndex().changed(NONE, [chunk(1, "a " * 1000), chunk(2, "b"), chunk(3, "c")])
    segment = index.segments[0]
    assert segment.whole.counts.max() == LARGEST_COUNT
    assert segment.lengths.tolist() == [1000, 1, 1]


def test_searches_under_way_keep_what_they_had() -> None:
    before = WordIndex().changed(NONE, [chunk(1, "a"), chunk(2, "b"), chunk(3, "c")])
    after = before.changed(ids(1), [chunk(4, "a d")])
    assert scores(before, "a").keys() == {1}
    assert scores(after, "a").keys() == {4}
    assert after.ids().tolist() == [2, 3, 4]
    assert (before.newest, after.newest) == (3, 4)


def test_many_small_changes_leave_few_segments() -> None:
    index = WordIndex()
    for number in range(200):
        index = index.changed(NONE, [chunk(number, f"w{number} common")])
    assert len(index) == 200
    assert len(index.segments) <= 6
    sizes = [len(segment) for segment in index.segments]
    assert all(a >= LIKE_SIZE * b for a, b in pairwise(sizes))


def test_what_is_merged_forgets_removed_chunks_and_their_words() -> None:
    one = build([chunk(1, "secret a", "p"), chunk(2, "a b", "q")]).without(ids(1))
    merged = merge([one, build([chunk(3, "b c", "q")])])
    assert merged.ids.tolist() == [2, 3]
    assert len(merged.keys) == len({"a", "b", "c", "q"})


_WORD = st.sampled_from(["a", "b", "c", "d", "e", "f", "g"])
_TEXT = st.lists(_WORD, max_size=8)
_STEP = st.tuples(st.lists(st.tuples(_TEXT, _TEXT), max_size=6), st.sets(st.integers(1, 30)))


@settings(max_examples=60, deadline=None)
@given(st.lists(_STEP, max_size=6))
def test_by_differences_or_at_once_it_is_the_same_index(
    steps: list[tuple[list[tuple[list[str], list[str]]], set[int]]],
) -> None:
    index, newest, kept = WordIndex(), 0, dict[int, Stems]()
    for texts, gone in steps:
        added = [Stems(newest + n, *parts) for n, parts in enumerate(texts, 1)]
        newest += len(texts)
        gone &= kept.keys()
        index = index.changed(ids(*sorted(gone)), added)
        kept = {n: each for n, each in kept.items() if n not in gone}
        kept |= {each.chunk_id: each for each in added}
    at_once = WordIndex().changed(NONE, kept.values())
    loaded = WordIndex.of_arrays(index.arrays())
    for other in (index, loaded):
        assert other.ids().tolist() == sorted(kept)
        assert scores(other, *"abcdefg") == pytest.approx(scores(at_once, *"abcdefg"))
        assert other.counts("abcdefg") == at_once.counts("abcdefg")

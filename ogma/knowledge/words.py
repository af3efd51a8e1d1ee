"""The words of all chunks in memory: BM25 as FTS5 computes it, in a fraction of the time.

What is added later forms a segment of its own; segments of like size are merged, so that following
a knowledge base costs little. An index never changes: `changed` gives another one that shares the
arrays, and searches under way keep theirs. SQLite stays the truth; this is a cache of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ogma.knowledge.postings import (
    Ids,
    Postings,
    Segment,
    Stems,
    build,
    from_arrays,
    key_of,
    merge,
    to_arrays,
)
from ogma.knowledge.search import BM25_B, BM25_K1, PLACE_SHARE, Term, idf

Scores = NDArray[np.float32]

BUILT_TOGETHER: Final = 10_000
"""Chunks per segment while an index is made: what is sorted at a time fits a little memory."""
LIKE_SIZE: Final = 3
"""A segment is merged with the one before it unless that has so many times its chunks."""


class Found:
    """The BM25 of every chunk for one question, in the whole chunk and in its place."""

    def __init__(self, ids: Ids, whole: Scores, place: Scores) -> None:
        self._ids = ids
        self._whole = whole
        self._place = place

    def best(self, limit: int, hidden: Sequence[int] = ()) -> list[int]:
        """The chunks that the words speak for most, best first, at most `limit`."""
        total = self._whole * np.float32(1 - PLACE_SHARE)
        total += self._place * np.float32(PLACE_SHARE)
        if hidden:
            total[np.isin(self._ids, np.array(hidden, np.int64))] = 0
        most = total.max(initial=0)
        for floor in (most / 2, most / 4, 0.0):  # sorting out few rows is quick, all of them slow
            rows = np.flatnonzero(total > floor)
            if len(rows) >= limit:
                break
        if len(rows) > limit:
            rows = rows[np.argpartition(-total[rows], limit - 1)[:limit]]
        order = np.lexsort((self._ids[rows], -total[rows]))
        return [int(chunk) for chunk in self._ids[rows[order]]]

    def whole(self, chunks: Iterable[int]) -> dict[int, float]:
        """Chunk id -> BM25 of those named that have any of the words."""
        return self._of(self._whole, chunks)

    def place(self, chunks: Iterable[int]) -> dict[int, float]:
        """Chunk id -> BM25 in title and heading path alone."""
        return self._of(self._place, chunks)

    def _of(self, scores: Scores, chunks: Iterable[int]) -> dict[int, float]:
        wanted = np.fromiter(chunks, np.int64)
        if not len(self._ids):
            return {}
        rows = np.minimum(np.searchsorted(self._ids, wanted), len(self._ids) - 1)
        found = (self._ids[rows] == wanted) & (scores[rows] > 0)
        values = scores[rows[found]].tolist()
        return dict(zip(wanted[found].tolist(), values, strict=True))


@dataclass(frozen=True)
class WordIndex:
    """Segments of chunks, ids ascending from one to the next. Safe from any thread."""

    segments: tuple[Segment, ...] = ()

    def __len__(self) -> int:
        return sum(int(segment.alive.sum()) for segment in self.segments)

    def ids(self) -> Ids:
        """All chunk ids, in ascending order."""
        return np.concatenate(
            [np.array([], np.int64), *(segment.ids[segment.alive] for segment in self.segments)]
        )

    @property
    def newest(self) -> int:
        """The highest id that was ever put in; -1 for none."""
        return max((int(segment.ids[-1]) for segment in self.segments if len(segment)), default=-1)

    def changed(self, remove: Ids, add: Iterable[Stems]) -> WordIndex:
        """Another index without some chunks and with others, whose ids are above all here."""
        index = WordIndex(tuple(segment.without(remove) for segment in self.segments))
        more = iter(add)
        while chunks := list(islice(more, BUILT_TOGETHER)):
            index = WordIndex(_merged([*index.segments, build(chunks)]))
        return index

    def counts(self, stems: Iterable[str]) -> dict[str, int]:
        """Stem -> number of chunks with it; stems that no chunk has are left out."""
        found = {
            stem: sum(len(rows) for _, _, rows, _ in self._postings(stem, "whole"))
            for stem in stems
        }
        return {stem: count for stem, count in found.items() if count}

    def search(self, terms: Sequence[Term]) -> Found:
        """The BM25 of every chunk, by the stems of the terms."""
        whole, place = (self._scores(terms, which) for which in ("whole", "place"))
        return Found(self._all_ids, whole, place)

    def arrays(self) -> Mapping[str, NDArray[np.generic]]:
        """All of it, for a file."""
        return to_arrays(merge(self.segments) if self.segments else build([]))

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> WordIndex:
        """The index that gave these arrays; raises KeyError where something is missing."""
        return cls((from_arrays(arrays),))

    def _scores(self, terms: Sequence[Term], which: str) -> Scores:
        scores = np.zeros(len(self._all_ids), np.float32)
        for term in terms:
            parts = list(self._postings(term.stem, which))
            rarity = idf(self._living, sum(len(rows) for _, _, rows, _ in parts))
            weight = np.float32((BM25_K1 + 1) * rarity)
            for first, segment, rows, counts in parts:
                span = slice(first, first + len(segment))
                at = rows.astype(np.intp)  # else NumPy converts them for each of the three uses
                gain = self._damping[span].take(at, mode="clip")  # "clip" spares a check of bounds
                gain += counts
                np.divide(counts, gain, out=gain)
                gain *= weight
                gain += scores[span].take(at, mode="clip")
                scores[span][at] = gain
        return scores

    def _postings(
        self, stem: str, which: str
    ) -> Iterable[tuple[int, Segment, NDArray[np.uint32], NDArray[np.uint8]]]:
        """(first row, segment, rows within it, counts) of every segment that has the stem."""
        key, first = key_of(stem), 0
        for segment in self.segments:
            number = segment.number(key)
            if number is not None:
                postings: Postings = getattr(segment, which)
                yield (first, segment, *segment.living(postings, number))
            first += len(segment)

    @cached_property
    def _living(self) -> int:
        return len(self)

    @cached_property
    def _all_ids(self) -> Ids:
        """Of every row, the removed ones included; they have no score."""
        return np.concatenate([np.array([], np.int64), *(each.ids for each in self.segments)])

    @cached_property
    def _damping(self) -> Scores:
        """What BM25 adds below the fraction, for each row: more for a long chunk."""
        lengths = np.concatenate([np.array([], np.int32), *(s.lengths for s in self.segments)])
        alive = np.concatenate([np.array([], np.bool_), *(s.alive for s in self.segments)])
        average = float(lengths[alive].mean()) if alive.any() else 1.0
        relative = lengths / max(average, 1e-9)
        return np.asarray(BM25_K1 * (1 - BM25_B + BM25_B * relative), np.float32)


def _merged(segments: list[Segment]) -> tuple[Segment, ...]:
    """Few segments: each new one is merged with those before it that are not much larger."""
    while len(segments) > 1 and len(segments[-2]) < LIKE_SIZE * len(segments[-1]):
        segments[-2:] = [merge(segments[-2:])]
    return tuple(segments)

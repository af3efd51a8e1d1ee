"""Which chunks have which words, as arrays: made from stems, merged, freed of removed chunks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Keys = NDArray[np.uint64]
Rows = NDArray[np.uint32]
Counts = NDArray[np.uint8]

LARGEST_COUNT: Final = 255
"""A word that stands more often in a chunk counts as so often; BM25 hardly sees the difference."""


@dataclass(frozen=True, slots=True)
class Stems:
    """The stems of a chunk: those of its place (title and heading path), and those of its text."""

    chunk_id: int
    place: Sequence[str]
    text: Sequence[str]


@dataclass(frozen=True, slots=True)
class Postings:
    """Stem number -> the rows that have it and how often; those of n end where n + 1 begins."""

    starts: NDArray[np.int64]
    rows: Rows
    counts: Counts

    def of(self, stem: int) -> tuple[Rows, Counts]:
        """The rows with the stem, ascending, and how often each has it."""
        piece = slice(self.starts[stem], self.starts[stem + 1])
        return self.rows[piece], self.counts[piece]


@dataclass(frozen=True)
class Segment:
    """Some chunks and their words; it never changes, but for chunks that are marked as removed."""

    ids: Ids
    """Ascending; a chunk's row is its place here."""
    lengths: NDArray[np.int32]
    """Stems per chunk, repetitions included."""
    keys: Keys
    """The stems' hashes, ascending; a stem's number is its place here."""
    whole: Postings
    place: Postings
    alive: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def is_whole(self) -> bool:
        """Whether no chunk has been removed since the segment was made."""
        return bool(self.alive.all())

    def number(self, key: int) -> int | None:
        """The number of the stem with this hash; None where no chunk has it."""
        number = int(np.searchsorted(self.keys, np.uint64(key)))
        return number if number < len(self.keys) and int(self.keys[number]) == key else None

    def living(self, postings: Postings, stem: int) -> tuple[Rows, Counts]:
        """As `Postings.of`, without the chunks that were removed."""
        rows, counts = postings.of(stem)
        if self.is_whole:
            return rows, counts
        kept = self.alive[rows]
        return rows[kept], counts[kept]

    def without(self, ids: Ids) -> Segment:
        """The same with these chunks marked as removed."""
        gone = np.isin(self.ids, ids, assume_unique=True)
        return replace(self, alive=self.alive & ~gone) if gone.any() else self


def key_of(stem: str) -> int:
    """A stem's hash, 64 bits: a million stems collide with a chance of 1 in 37 million."""
    return int.from_bytes(hashlib.blake2b(stem.encode(), digest_size=8).digest(), "little")


def build(chunks: Sequence[Stems]) -> Segment:
    """The segment of chunks whose ids ascend."""
    numbers: dict[str, int] = {}
    place = [[numbers.setdefault(stem, len(numbers)) for stem in c.place] for c in chunks]
    text = [[numbers.setdefault(stem, len(numbers)) for stem in c.text] for c in chunks]
    keys = np.array([key_of(stem) for stem in numbers], np.uint64)
    order = np.argsort(keys)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    whole = [[*above, *below] for above, below in zip(place, text, strict=True)]
    return Segment(
        ids=np.array([chunk.chunk_id for chunk in chunks], np.int64),
        lengths=np.array([len(stems) for stems in whole], np.int32),
        keys=keys[order],
        whole=_postings(whole, rank),
        place=_postings(place, rank),
        alive=np.ones(len(chunks), np.bool_),
    )


def _postings(stems: Sequence[Sequence[int]], rank: NDArray[np.int64]) -> Postings:
    """From each row's stems by number of first sight; `rank` gives their final numbers."""
    lengths = [len(row) for row in stems]
    rows = np.repeat(np.arange(len(stems), dtype=np.int64), lengths)
    flat = rank[np.fromiter((number for row in stems for number in row), np.int64, sum(lengths))]
    both, counts = np.unique(flat * max(1, len(stems)) + rows, return_counts=True)
    numbers, rows = np.divmod(both, max(1, len(stems)))
    starts = np.searchsorted(numbers, np.arange(len(rank) + 1))
    return Postings(
        starts.astype(np.int64),
        rows.astype(np.uint32),
        np.minimum(counts, LARGEST_COUNT).astype(np.uint8),
    )


def merge(segments: Sequence[Segment]) -> Segment:
    """One segment of several, whose ids ascend from one to the next; removed chunks go."""
    segments = [_swept(segment) for segment in segments]
    keys = np.unique(np.concatenate([segment.keys for segment in segments]))
    numbers = [np.searchsorted(keys, segment.keys) for segment in segments]
    firsts = np.cumsum([0, *(len(segment) for segment in segments)])
    return Segment(
        ids=np.concatenate([segment.ids for segment in segments]),
        lengths=np.concatenate([segment.lengths for segment in segments]),
        keys=keys,
        whole=_joined([segment.whole for segment in segments], numbers, firsts, len(keys)),
        place=_joined([segment.place for segment in segments], numbers, firsts, len(keys)),
        alive=np.ones(int(firsts[-1]), np.bool_),
    )


def _joined(
    parts: Sequence[Postings],
    numbers: Sequence[NDArray[np.int64]],
    firsts: NDArray[np.int64],
    stems: int,
) -> Postings:
    """Postings one after another per stem; `numbers` are the stems' new numbers in each part."""
    lengths = [np.diff(part.starts) for part in parts]
    total = np.zeros(stems, np.int64)
    for number, length in zip(numbers, lengths, strict=True):
        total[number] += length
    starts = np.concatenate([[0], np.cumsum(total)]).astype(np.int64)
    rows = np.empty(starts[-1], np.uint32)
    counts = np.empty(starts[-1], np.uint8)
    free = starts[:-1].copy()
    for part, number, length, first in zip(parts, numbers, lengths, firsts, strict=False):
        target = np.repeat(free[number] - part.starts[:-1], length) + np.arange(len(part.rows))
        rows[target] = part.rows + np.uint32(first)
        counts[target] = part.counts
        free[number] += length
    return Postings(starts, rows, counts)


def _swept(segment: Segment) -> Segment:
    """The segment without its removed chunks, and without stems that only they had."""
    if segment.is_whole:
        return segment
    alive = segment.alive
    row_of = np.cumsum(alive) - 1
    whole, place = (_kept(part, alive, row_of) for part in (segment.whole, segment.place))
    used = np.diff(whole.starts) > 0
    return Segment(
        ids=segment.ids[alive],
        lengths=segment.lengths[alive],
        keys=segment.keys[used],
        whole=_of_stems(whole, used),
        place=_of_stems(place, used),
        alive=np.ones(int(alive.sum()), np.bool_),
    )


def _kept(part: Postings, alive: NDArray[np.bool_], row_of: NDArray[np.int64]) -> Postings:
    kept = alive[part.rows]
    before = np.concatenate([[0], np.cumsum(kept)])
    rows = row_of[part.rows[kept]].astype(np.uint32)
    return Postings(before[part.starts].astype(np.int64), rows, part.counts[kept])


def _of_stems(part: Postings, used: NDArray[np.bool_]) -> Postings:
    """Without stems that nothing has: what they would hold is empty."""
    return replace(part, starts=np.append(part.starts[:-1][used], part.starts[-1]))


def to_arrays(segment: Segment) -> dict[str, NDArray[np.generic]]:
    """A segment without removed chunks, as what `from_arrays` takes."""
    return {
        "ids": segment.ids,
        "lengths": segment.lengths,
        "keys": segment.keys,
        **{
            f"{name}_{field}": getattr(part, field)
            for name, part in (("whole", segment.whole), ("place", segment.place))
            for field in ("starts", "rows", "counts")
        },
    }


def from_arrays(arrays: Mapping[str, NDArray[np.generic]]) -> Segment:
    """The segment that `to_arrays` gave; raises KeyError where something is missing."""

    def part(name: str) -> Postings:
        return Postings(
            arrays[f"{name}_starts"].astype(np.int64, copy=False),
            arrays[f"{name}_rows"].astype(np.uint32, copy=False),
            arrays[f"{name}_counts"].astype(np.uint8, copy=False),
        )

    ids = arrays["ids"].astype(np.int64, copy=False)
    return Segment(
        ids=ids,
        lengths=arrays["lengths"].astype(np.int32, copy=False),
        keys=arrays["keys"].astype(np.uint64, copy=False),
        whole=part("whole"),
        place=part("place"),
        alive=np.ones(len(ids), np.bool_),
    )

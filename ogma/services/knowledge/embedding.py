"""Gives documents that are to be stored their vectors: those of chunks, of lines and of places.

A place is what stands in front of a chunk when it is indexed: title, heading path, and the words
that a tip is found by. Questions often resemble it more than the text below it.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Final, Protocol

from ogma.knowledge.lines import lines
from ogma.services.knowledge.vectors import indexed_text, lines_blobs, to_blob
from ogma.store import knowledge as store

if TYPE_CHECKING:
    from ogma.knowledge.embedder import Vectors


MOST_KNOWN: Final = 10_000
"""Places whose vectors are kept: below ten MB."""


class Embed(Protocol):
    """Texts to unit vectors; `done` is told how many more are ready."""

    def __call__(self, texts: Sequence[str], done: Callable[[int], None] = ..., /) -> Vectors: ...


def embedded(
    documents: Sequence[store.NewDocument],
    embed: Embed,
    told: Callable[[int, int], None] = lambda done, total: None,
    known: MutableMapping[str, bytes] | None = None,
) -> list[store.NewDocument]:
    """The documents with their vectors; `told` hears how many texts of all are ready.

    `known` keeps the vectors of places from one call to the next, for it is the same ones that
    come again.
    """
    chunks = [chunk for document in documents for chunk in document.chunks]
    of_places = known if known is not None else {}
    if len(of_places) > MOST_KNOWN:
        of_places.clear()
    places = [place for place in {chunk.context: 0 for chunk in chunks} if place not in of_places]
    parts = [lines(chunk.text) for chunk in chunks]
    texts = [
        *(indexed_text(chunk.context, chunk.text) for chunk in chunks),
        *places,
        *chain.from_iterable(parts),
    ]
    if not texts:
        return list(documents)
    ready = 0

    def count(more: int) -> None:
        nonlocal ready
        ready += more
        told(ready, len(texts))

    found = embed(texts, count)
    first_line = len(chunks) + len(places)
    of_chunks = zip(found, lines_blobs(parts, found[first_line:]), strict=False)
    of_places.update(zip(places, map(to_blob, found[len(chunks) : first_line]), strict=True))
    return [
        replace(
            document,
            chunks=tuple(_with(chunk, *next(of_chunks)) for chunk in document.chunks),
            places={chunk.context: of_places[chunk.context] for chunk in document.chunks},
        )
        for document in documents
    ]


def _with(chunk: store.NewChunk, vector: Vectors, line_vectors: bytes | None) -> store.NewChunk:
    return replace(chunk, vector=to_blob(vector), lines=line_vectors)

"""The words that a quote really stands in: its whole sentences, list items or table rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ogma.answering.literals import names
from ogma.answering.pieces import Kind, Piece, pieces
from ogma.answering.words import fold, words
from ogma.domain.passages import Passage

_MARKUP: Final = re.compile(r"[*_`~|]+|^\s{0,3}(?:#{1,6}|[-+•])\s+", re.MULTILINE)
_ELISION: Final = re.compile(r"\s*(?:\.{3,}|…|\[(?:\.{3}|…)\])\s*")
PRONOUNS: Final = frozenset(
    "he her his it its she that their them these they this those".split()  # noqa: SIM905
)
_SOON: Final = 5
"""Words of a sentence among which a pronoun stands for what the sentence before named."""
_SHORTEST: Final = 6
"""Characters of a quote that proves anything."""


def bare(text: str) -> str:
    """Text for comparing quotes: folded, without Markdown's signs, white space made single."""
    return " ".join(_MARKUP.sub(" ", fold(text)).split())


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a sentence's quotes were found. `units` are the sentences and rows around them."""

    passages: tuple[Passage, ...]
    units: tuple[str, ...]
    contexts: tuple[str, ...] = ()
    """Each unit with the sentences before it that it may speak of."""

    @property
    def place(self) -> str:
        """Titles and headings of the passages."""
        return "\n".join(f"{passage.title}\n{passage.heading}" for passage in self.passages)

    @property
    def near(self) -> str:
        """The units and the places that they stand in."""
        return "\n".join((*self.units, self.place))

    @property
    def around(self) -> str:
        """The units, what they may speak of, and the places that they stand in."""
        return "\n".join((*self.contexts, self.place))

    @property
    def whole(self) -> str:
        """The passages, places included."""
        return "\n".join(_with_place(passage) for passage in self.passages)


def gather(quotes: Sequence[str], cited: Sequence[Passage]) -> Evidence | str:
    """The evidence for these quotes, or the first quote that stands in no cited passage."""
    units: dict[str, str] = {}
    for quote in quotes:
        for part in filter(None, _ELISION.split(quote.strip(" \"'“”„«»"))):
            wanted = bare(part)
            homes = [passage for passage in cited if wanted in bare(_with_place(passage))]
            if len(wanted) < _SHORTEST or not homes:
                return quote
            for passage in homes:
                units |= _around(wanted, passage)
    return Evidence(tuple(cited), tuple(units), tuple(units.values()))


def _with_place(passage: Passage) -> str:
    return f"{passage.title}\n{passage.heading}\n{passage.text}"


def _around(wanted: str, passage: Passage) -> dict[str, str]:
    """The units that the quote lies in, or that lie in the quote; each with its context."""
    found: dict[str, str] = {}
    context = ""
    for unit in units(passage.text):
        context = f"{context}\n{unit}" if context and _leans(unit) else unit
        there = bare(unit)
        if there and (wanted in there or there in wanted or _overlap(wanted, there)):
            found[unit] = context
    return found


def _leans(unit: str) -> bool:
    """Whether a sentence may speak of what the one before it names."""
    return not PRONOUNS.isdisjoint(words(unit)[:_SOON]) or not any(names(unit))


def _overlap(wanted: str, unit: str) -> bool:
    """Whether the quote ends inside the unit, or starts there."""
    words = wanted.split()
    half = max(3, len(words) // 3)
    return " ".join(words[:half]) in unit or " ".join(words[-half:]) in unit


def units(text: str) -> Iterator[str]:
    """Sentences, code blocks, and single items and rows with the line that introduces them."""
    for piece in pieces(text):
        yield from _rows(piece) if piece.kind in (Kind.LIST, Kind.TABLE) else (piece.text,)


def _rows(piece: Piece) -> Iterator[str]:
    """Each item with its continuation lines; the introduction or table head in front of each."""
    lines = [line for line in piece.text.splitlines() if line.strip()]
    starts = re.compile(r"^\s*(?:\||[-*+•]\s|\d{1,3}[.)]\s)")
    head: list[str] = []
    if lines and (piece.kind is Kind.TABLE or not starts.match(lines[0])):
        head = [lines.pop(0)]
        while piece.kind is Kind.TABLE and lines and not starts.match(head[-1]):
            head.append(lines.pop(0))
    item: list[str] = []
    for line in lines:
        if item and starts.match(line):
            yield "\n".join((*head, *item))
            item = []
        item.append(line)
    yield "\n".join((*head, *item))

"""Texts to chunks: small enough to embed, whole enough to quote, each with its place.

Below headings a chunk is about 120 tokens, and is indexed with the heading path in front; a text
without headings, not even a title, is packed sentence by sentence to about 200. Both sizes were
chosen by measuring.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ogma.knowledge.blocks import Block, blocks_of
from ogma.knowledge.content import Content
from ogma.knowledge.sentences import estimate_tokens, sentences

CHUNKER_VERSION: Final = 2
"""Raise it when texts are cut differently: documents are then cut anew at the next ingest."""

HEADED_TOKENS: Final = 120
PLAIN_TOKENS: Final = 200
WHOLE_CODE_TOKENS: Final = 1_000
"""A block of code up to this size is never cut; a larger one is cut between lines."""

PATH_SEPARATOR: Final = " > "


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage and its place in its document."""

    heading: str
    """The headings above it below the title, joined with ' > '; empty at the top."""
    text: str
    page: int | None = None
    """The page that it begins on, in a paged document."""

    @property
    def place(self) -> str:
        """Where it stands below the title, for people: headings, then the page."""
        page = f"page {self.page}" if self.page else ""
        return PATH_SEPARATOR.join(part for part in (self.heading, page) if part)

    def context(self, title: str) -> str:
        """What stands in front of the text when it is indexed: title and heading path."""
        return PATH_SEPARATOR.join(part for part in (title, self.heading) if part)


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is never cut: a sentence, a list item, a piece of a table, a block of code."""

    text: str
    glue: str
    """What stands between it and the unit before it in the same chunk."""
    page: int | None
    tokens: int

    @classmethod
    def of(cls, text: str, glue: str, page: int | None) -> _Unit:
        return cls(text, glue, page, estimate_tokens(text))


@dataclass(frozen=True, slots=True)
class Cut:
    """A document cut to chunks."""

    title: str
    chunks: tuple[Chunk, ...]


def cut(content: Content, fallback_title: str) -> Cut:
    """The chunks of a text in order, and its title: stated, its first heading, or the fallback."""
    blocks = blocks_of(content)
    title = content.title or _first_heading(blocks) or fallback_title
    headings = [block.text for block in blocks if block.kind == "heading"]
    target = HEADED_TOKENS if headings or content.title else PLAIN_TOKENS
    chunks: list[Chunk] = []
    for path, section in _sections(blocks, title):
        heading = PATH_SEPARATOR.join(path)
        chunks += (
            Chunk(heading, text, page) for text, page in _pack(_units(section, target), target)
        )
    if not chunks:
        chunks = [Chunk("", PATH_SEPARATOR.join(headings) or title)]
    return Cut(title, tuple(chunks))


def _first_heading(blocks: list[Block]) -> str | None:
    """The first heading, if it alone is the highest one: then it names the whole text."""
    headings = [block for block in blocks if block.kind == "heading"]
    top = min((block.level for block in headings), default=0)
    highest = [block for block in headings if block.level == top]
    if len(highest) != 1 or highest[0] is not headings[0]:
        return None
    return highest[0].text


def _sections(blocks: list[Block], title: str) -> Iterator[tuple[list[str], list[Block]]]:
    """Runs of blocks below one heading, with the path of headings below the title."""
    path: list[Block] = []
    section: list[Block] = []
    for block in blocks:
        if block.kind != "heading":
            section.append(block)
            continue
        deeper = bool(path) and block.level > path[-1].level
        if section or (path and not deeper):
            yield _names(path, title), section or [Block("paragraph", path[-1].text)]
        section = []
        path = [*(above for above in path if above.level < block.level), block]
    if section or (path and path[-1].text != title):
        yield _names(path, title), section or [Block("paragraph", path[-1].text)]


def _names(path: list[Block], title: str) -> list[str]:
    names = [block.text for block in path]
    return names[1:] if names and names[0] == title else names


def _units(section: list[Block], target: int) -> Iterator[_Unit]:
    for block in section:
        if block.kind == "table":
            yield from _table_units(block, target)
        elif block.kind == "code":
            yield from _code_units(block)
        elif block.kind == "list":
            for item, glue in zip(block.parts, ["\n\n", *["\n"] * len(block.parts)], strict=False):
                yield from _text_units(item, target, glue, block.page)
        else:
            yield from _text_units(block.text, target, "\n\n", block.page)


def _text_units(text: str, target: int, glue: str, page: int | None) -> Iterator[_Unit]:
    """The text whole if it fits a chunk, else its sentences."""
    whole = _Unit.of(text, glue, page)
    if whole.tokens <= target:
        yield whole
        return
    for sentence, space in sentences(text, longest=target):
        yield _Unit.of(sentence, glue, page)
        glue = space


def _table_units(block: Block, target: int) -> Iterator[_Unit]:
    """Rows packed to pieces of chunk size, each below the table's header."""
    above = estimate_tokens(block.header)
    rows = (_Unit.of(row, "\n", None) for row in block.parts)
    for piece in _pieces(rows, max(1, target - above)):
        tokens = above + sum(row.tokens for row in piece)
        yield _Unit(f"{block.header}\n{_joined(piece)}", "\n\n", block.page, tokens)
    if not block.parts:
        yield _Unit.of(block.header, "\n\n", block.page)


def _code_units(block: Block) -> Iterator[_Unit]:
    """The block whole; one of extraordinary size in runs of lines, each fenced like the whole."""
    whole = _Unit.of(block.text, "\n\n", block.page)
    if whole.tokens <= WHOLE_CODE_TOKENS:
        yield whole
        return
    lines = (_Unit.of(line, "\n", None) for line in block.parts)
    for piece, _ in _pack(lines, WHOLE_CODE_TOKENS // 2):
        fenced = f"{block.header}\n{piece}\n{block.footer}".strip("\n")
        yield _Unit.of(fenced, "\n\n", block.page)


def _pack(units: Iterator[_Unit], target: int) -> Iterator[tuple[str, int | None]]:
    """Neighbouring units joined, each text with the page that it begins on."""
    for piece in _pieces(units, target):
        yield _joined(piece), piece[0].page


def _pieces(units: Iterator[_Unit], target: int) -> Iterator[list[_Unit]]:
    """Neighbouring units of about `target` tokens together, all pieces of a section much alike."""
    rest = list(units)
    left = sum(unit.tokens for unit in rest)
    piece: list[_Unit] = []
    size = 0
    ideal = _ideal(left, target)
    for unit in rest:
        over = size + unit.tokens - ideal
        if piece and over > 0 and over > unit.tokens / 2 and not _introduces(piece[-1]):
            yield piece
            left -= size
            piece, size, ideal = [], 0, _ideal(left, target)
        piece.append(unit)
        size += unit.tokens
    if piece:
        yield piece


def _ideal(tokens: int, target: int) -> float:
    return tokens / max(1, round(tokens / target))


def _introduces(unit: _Unit) -> bool:
    """A line that ends with a colon belongs to what follows it."""
    return unit.text.rstrip().endswith((":", "："))


def _joined(piece: list[_Unit]) -> str:
    first, *others = piece
    return (first.text + "".join(unit.glue + unit.text for unit in others)).strip("\n").rstrip()

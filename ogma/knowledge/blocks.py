"""Texts to blocks: headings, paragraphs, lists, tables, code; every line is in one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

from ogma.knowledge.content import PAGE_BREAK, Content

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Kind = Literal["heading", "paragraph", "list", "table", "code"]

_KINDS: Final[dict[str, Kind]] = {
    "heading_open": "heading",
    "table_open": "table",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "fence": "code",
    "code_block": "code",
}
_TABLE_HEADER_LINES: Final = 2
_LONG_TABLE: Final = re.compile(
    r"^\|[^\n]*\|\n\|(?:[ ]?:?-+:?[ ]?\|)+\n(?:\|[^\n]*\|(?:\n|\Z)){200,}", re.MULTILINE
)
"""A table of this length is no longer worth a parser: it would take a second per 10,000 rows."""
LONGEST_HEADING: Final = 1_000
"""Characters of a heading that are looked at."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block. `text` is its source, for a heading the words alone."""

    kind: Kind
    text: str
    level: int = 0
    """A heading's level, 1 to 6."""
    header: str = ""
    """A table's header and rule; the line that opens a fence."""
    footer: str = ""
    """The line that closes a fence."""
    parts: tuple[str, ...] = ()
    """A list's items, a table's rows, the lines of code."""
    page: int | None = None
    """The page that it begins on, in a text with page breaks."""


def blocks_of(content: Content) -> list[Block]:
    """The blocks of a text in order, each with its page where the text has pages."""
    parse = markdown_blocks if content.markdown else plain_blocks
    pages = content.text.split(PAGE_BREAK)
    if len(pages) == 1:
        return parse(content.text)
    return [
        replace(block, page=number) for number, page in enumerate(pages, 1) for block in parse(page)
    ]


def plain_blocks(text: str) -> list[Block]:
    """Paragraphs between empty lines."""
    return [Block("paragraph", part.strip("\n")) for part in _between_empty_lines(text)]


def _between_empty_lines(text: str) -> list[str]:
    return [part for part in re.split(r"\n[ \t]*(?:\n[ \t]*)+", text) if part.strip()]


def markdown_blocks(text: str) -> list[Block]:
    """The blocks of a Markdown text in order. Nothing is left out but empty lines and rules."""
    blocks: list[Block] = []
    reached = 0
    for table in _LONG_TABLE.finditer(text):
        header, rule, *rows = table.group().rstrip("\n").split("\n")
        blocks += _parsed_blocks(text[reached : table.start()])
        blocks.append(Block("table", "", header=f"{header}\n{rule}", parts=tuple(rows)))
        reached = table.end()
    return blocks + _parsed_blocks(text[reached:])


def _parsed_blocks(text: str) -> list[Block]:
    lines = text.split("\n")
    tokens = [token for token in _parser().parse(text) if token.map is not None]
    top = [token for token in tokens if token.level == 0]
    headings = {
        token.map[0]: _words(token.content)
        for token in tokens
        if token.type == "inline" and token.level == 1 and token.map is not None
    }
    blocks: list[Block] = []
    reached = 0
    for token in top:
        assert token.map is not None
        start, end = token.map
        blocks += _leftover(lines[reached:start])
        reached = max(reached, end)
        if token.type != "hr":
            blocks += _block(token, lines[start:end], tokens, headings)
    return blocks + _leftover(lines[reached:])


@cache
def _parser() -> MarkdownIt:
    """Blocks only: the words inside are kept as they are written."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": 20}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


@cache
def _inline_parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark")


def _words(source: str) -> str:
    """A heading's words without markup."""
    (inline,) = _inline_parser().parseInline(source[:LONGEST_HEADING])
    shown = "".join(
        " " if child.type in ("softbreak", "hardbreak") else child.content
        for child in inline.children or ()
        if child.type in ("text", "code_inline", "softbreak", "hardbreak", "image")
    )
    return " ".join(shown.split())


def _leftover(lines: list[str]) -> list[Block]:
    """Lines that the parser took in silently, such as the targets of reference links."""
    return plain_blocks("\n".join(lines))


def _block(
    token: Token, lines: list[str], tokens: Sequence[Token], headings: Mapping[int, str]
) -> Iterator[Block]:
    assert token.map is not None
    kind = _KINDS.get(token.type, "paragraph")
    source = "\n".join(lines).strip("\n")
    if kind == "heading":
        if words := headings.get(token.map[0]):
            yield Block(kind, words, level=int(token.tag[1:]))
    elif kind == "table":
        header, rows = lines[:_TABLE_HEADER_LINES], lines[_TABLE_HEADER_LINES:]
        parts = tuple(row for row in rows if row.strip())
        yield Block(kind, source, header="\n".join(header), parts=parts)
    elif kind == "list":
        yield Block(kind, source, parts=tuple(_items(token, lines, tokens)))
    elif token.type == "fence":
        closed = len(lines) > 1 and lines[-1].strip().startswith(token.markup)
        body = lines[1:-1] if closed else lines[1:]
        footer = lines[-1] if closed else token.markup
        yield Block(kind, source, header=lines[0], footer=footer, parts=tuple(body))
    else:
        yield Block(kind, source, parts=tuple(lines))


def _items(token: Token, lines: list[str], tokens: Sequence[Token]) -> Iterator[str]:
    """The top items of the list that begins with `token`, each with all that is nested in it."""
    assert token.map is not None
    first, end = token.map
    for item in tokens:
        if item.type != "list_item_open" or item.level != 1 or item.map is None:
            continue
        if first <= item.map[0] < end:
            own = "\n".join(lines[item.map[0] - first : item.map[1] - first]).strip("\n")
            if own.strip():
                yield own

"""A passage cut into what may be quoted alone: sentences, and lists, tables and code whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final


class Kind(StrEnum):
    """What a piece of Markdown is."""

    SENTENCE = "sentence"
    LIST = "list"
    TABLE = "table"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Piece:
    """An exact slice of the passage: `passage[start:start + len(text)] == text`."""

    kind: Kind
    text: str
    start: int


_FENCE: Final = re.compile(r"^[ ]{0,3}(```+|~~~+)")
_LISTS_FENCE: Final = re.compile(r"^\s*(```+|~~~+)")
"""A list's code may be indented as far as its item."""
_BULLET: Final = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+\S")
_LATER_ITEM: Final = re.compile(r"^\s*(?!0|1[.)])\d{1,3}[.)]\s+\S")
_TABLE: Final = re.compile(r"^\s*\|")
_UNDER_A_HEAD: Final = re.compile(r"^[ ]{0,3}:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)+$")
"""The rule below the head of a table whose lines do not begin with a bar."""
_HEADING: Final = re.compile(r"^[ ]{0,3}#{1,6}(?:\s|$)")
_RULE: Final = re.compile(r"^[ ]{0,3}(?:[-*_]\s*){3,}$")
_INDENTED: Final = re.compile(r"^(?:\t| {2,})\S")
_END: Final = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]*_]*+(?=\s+[^\sa-z])|[。！？]+[」』”）]*")
_ABBREVIATION: Final = re.compile(
    r"(?:^|[\s(\[])(?:e\.g|i\.e|etc|mr|mrs|ms|dr|st|vs|no|nr|approx|incl|max|min|fig|ca|z\.b|bzw"
    r"|d\.h|u\.a|\w)\.$",
    re.IGNORECASE,
)
_LONGEST_ABBREVIATION: Final = 12
_HARD_BREAK: Final = re.compile(r"(?: {2,}|\\)$")
_WRAPPED: Final = 45
"""Characters of a line that was broken because it was full, not because something ended there."""


def pieces(passage: str) -> tuple[Piece, ...]:
    """The passage's pieces in order; headings and rules are left out."""
    blocks = _with_introductions(passage, list(_blocks(passage)))
    return tuple(piece for block in blocks for piece in _cut(block))


def sentences(text: str) -> list[str]:
    """The sentences of plain text, in order."""
    return [piece.text for piece in _sentences(Piece(Kind.SENTENCE, text, 0))]


def flowing(piece: Piece) -> str:
    """The piece as it reads: lines that were only wrapped are joined, white space apart the same.

    Discord shows every line break, unlike Markdown. Tables and code stay as they are, and so do
    short lines and lines with a hard break: there each line is meant.
    """
    if piece.kind in (Kind.TABLE, Kind.CODE) or "\n" not in piece.text:
        return piece.text
    lines = piece.text.splitlines()
    exact = _exact(lines)
    prose = (len(line) for line, stays in zip(lines, exact, strict=True) if not stays)
    wrapped = max(prose, default=0) >= _WRAPPED
    text = lines[0]
    for (before, line), stays in zip(pairwise(lines), pairwise(exact), strict=True):
        goes_on = wrapped or line.lstrip()[:1].islower()
        kept = not goes_on or _HARD_BREAK.search(before) or _BULLET.match(line) or not line.strip()
        kept = kept or any(stays) or not before.strip()
        text = f"{text}\n{line}" if kept else f"{text} {line.lstrip()}"
    return text


def _exact(lines: Sequence[str]) -> list[bool]:
    """For each line of a list, whether it is one of code or of a table."""
    exact: list[bool] = []
    while len(exact) < len(lines):
        at = len(exact)
        if fence := _LISTS_FENCE.match(lines[at]):
            exact += [True] * (_fence_end(lines, at + 1, fence.group(1)) - at)
        else:
            exact.append(bool(_TABLE.match(lines[at])))
    return exact


def _cut(block: Piece) -> Iterator[Piece]:
    return _sentences(block) if block.kind is Kind.SENTENCE else iter((block,))


def _blocks(passage: str) -> Iterator[Piece]:
    """Paragraphs (as SENTENCE), lists, tables and fenced code, each a slice of the passage."""
    lines = passage.splitlines(keepends=True)
    at, offset = 0, 0
    while at < len(lines):
        kind, end = _block_at(lines, at)
        raw = "".join(lines[at:end])
        if kind is not None and raw.strip():
            lead = len(raw) - len(raw.lstrip("\r\n"))
            yield Piece(kind, raw.strip("\r\n").rstrip(), offset + lead)
        offset += len(raw)
        at = end


def _block_at(lines: list[str], at: int) -> tuple[Kind | None, int]:
    """The kind of the block that starts at this line, and the line after its last."""
    line = lines[at]
    if fence := _FENCE.match(line):
        return Kind.CODE, _fence_end(lines, at + 1, fence.group(1))
    if not line.strip() or _HEADING.match(line) or _RULE.match(line):
        return None, at + 1
    if _BULLET.match(line):
        return Kind.LIST, _list_end(lines, at + 1)
    end = at + 1
    if _TABLE.match(line):
        while end < len(lines) and _TABLE.match(lines[end]):
            end += 1
        return Kind.TABLE, end
    if "|" in line and end < len(lines) and _UNDER_A_HEAD.match(lines[end].rstrip()):
        while end < len(lines) and "|" in lines[end]:
            end += 1
        return Kind.TABLE, end
    while end < len(lines) and _continues_paragraph(lines[end]):
        end += 1
    return Kind.SENTENCE, end


def _fence_end(lines: Sequence[str], at: int, fence: str) -> int:
    while at < len(lines):
        if lines[at].strip().startswith(fence) and not lines[at].strip().strip(fence[0]):
            return at + 1
        at += 1
    return at


def _list_end(lines: Sequence[str], at: int) -> int:
    """Items with what belongs to them: indented and lazy lines, code, single blank lines."""
    while at < len(lines):
        line = lines[at]
        fence = _LISTS_FENCE.match(line)
        if not line.strip():
            following = lines[at + 1] if at + 1 < len(lines) else ""
            goes_on = _BULLET.match(following) or _INDENTED.match(following)
            if not goes_on and not _is_an_items_code(lines, at + 1):
                return at
        elif fence and (_INDENTED.match(line) or _is_an_items_code(lines, at)):
            at = _fence_end(lines, at + 1, fence.group(1))
            continue
        elif fence or _HEADING.match(line) or (_TABLE.match(line) and not _INDENTED.match(line)):
            return at
        at += 1
    return at


def _is_an_items_code(lines: Sequence[str], at: int) -> bool:
    """Whether code starts here that a list's item introduces, or that stands between its steps."""
    fence = _FENCE.match(lines[at]) if at < len(lines) else None
    if fence is None:
        return False
    before = next((line for line in reversed(lines[:at]) if line.strip()), "")
    after = lines[_fence_end(lines, at + 1, fence.group(1)) :]
    following = next((line for line in after if line.strip()), "")
    return before.rstrip().endswith((":", "：")) or bool(_LATER_ITEM.match(following))


def _continues_paragraph(line: str) -> bool:
    starts_block = _FENCE.match(line) or _BULLET.match(line) or _TABLE.match(line)
    return bool(line.strip()) and not starts_block and not _HEADING.match(line)


def _with_introductions(passage: str, blocks: list[Piece]) -> list[Piece]:
    """Give a list, table or code block the line ending in a colon that introduces it."""
    joined: list[Piece] = []
    for block in blocks:
        before = joined[-1] if joined else None
        if before and before.kind is Kind.SENTENCE and block.kind is not Kind.SENTENCE:
            *rest, last = _sentences(before)
            if last.text.endswith((":", "：")):
                joined[-1:] = rest
                end = block.start + len(block.text)
                block = Piece(block.kind, passage[last.start : end], last.start)
        joined.append(block)
    return joined


def _sentences(paragraph: Piece) -> Iterator[Piece]:
    """The paragraph's sentences, each an exact slice of it."""
    text, start = paragraph.text, 0
    for match in _END.finditer(text):
        if _ABBREVIATION.search(
            text[max(start, match.end() - _LONGEST_ABBREVIATION) : match.end()]
        ):
            continue
        yield from _slice(paragraph, start, match.end())
        start = match.end()
    yield from _slice(paragraph, start, len(text))


def _slice(paragraph: Piece, start: int, end: int) -> Iterator[Piece]:
    raw = paragraph.text[start:end]
    bare = raw.strip()
    if bare:
        lead = len(raw) - len(raw.lstrip())
        yield Piece(Kind.SENTENCE, bare, paragraph.start + start + lead)

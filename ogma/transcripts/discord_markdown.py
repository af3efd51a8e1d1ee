"""Discord's Markdown as blocks: quotes, headings, small text, lists, paragraphs."""

from __future__ import annotations

import re

from ogma.transcripts.discord_inline import FENCE, parse_inline
from ogma.transcripts.tree import Block, Heading, Item, ItemList, Paragraph, Quote

_HEADING = re.compile(r"(#{1,3}|-#) +(?=\S)")
_ITEM = re.compile(r"( {0,20})(?:[-*]|(\d{1,9})\.) +(?=\S)")
_QUOTE = re.compile(r"> |>$", re.MULTILINE)
_REST = ">>> "


def parse(text: str) -> tuple[Block, ...]:
    """The blocks of a message. Linear in the length of the text; never fails."""
    return _Blocks(text, quoted=False).run()


class _Blocks:
    def __init__(self, text: str, *, quoted: bool) -> None:
        self._text = text
        self._quoted = quoted
        self._at = 0
        self._blocks: list[Block] = []
        self._paragraph_from: int | None = None
        self._fences = _fences(text)

    def run(self) -> tuple[Block, ...]:
        while self._at < len(self._text):
            if not self._block():
                if self._paragraph_from is None:
                    self._paragraph_from = self._at
                self._at = self._line_end(self._at) + 1
        self._end_paragraph(len(self._text))
        return tuple(self._blocks)

    def _block(self) -> bool:
        """Reads a quote, heading or list that begins here, if one does."""
        text, at = self._text, self._at
        if not self._quoted and text.startswith(_REST, at):
            self._add(Quote(_Blocks(text[at + len(_REST) :], quoted=True).run()), len(text))
        elif not self._quoted and _QUOTE.match(text, at):
            self._quote()
        elif heading := _HEADING.match(text, at):
            end = self._line_end(at)
            level = 0 if heading[1] == "-#" else len(heading[1])
            self._add(Heading(level, parse_inline(text[heading.end() : end])), end + 1)
        elif _ITEM.match(text, at):
            self._list()
        else:
            return False
        return True

    def _add(self, block: Block, end: int) -> None:
        self._end_paragraph(self._at)
        self._blocks.append(block)
        self._at = end

    def _end_paragraph(self, end: int) -> None:
        if self._paragraph_from is not None:
            text = self._text[self._paragraph_from : end].strip("\n")
            if text.strip():
                self._blocks.append(Paragraph(parse_inline(text)))
            self._paragraph_from = None

    def _quote(self) -> None:
        lines, at = [], self._at
        while at < len(self._text) and (mark := _QUOTE.match(self._text, at)):
            end = self._text.find("\n", at)
            end = len(self._text) if end < 0 else end
            lines.append(self._text[mark.end() : end])
            at = end + 1
        self._add(Quote(_Blocks("\n".join(lines), quoted=True).run()), at)

    def _list(self) -> None:
        items, at = [], self._at
        while at < len(self._text) and (mark := _ITEM.match(self._text, at)):
            end = self._line_end(at)
            number = int(mark[2]) if mark[2] else None
            depth = min(len(mark[1]) // 2, 5)
            items.append(Item(depth, number, parse_inline(self._text[mark.end() : end])))
            at = end + 1
        self._add(ItemList(tuple(items)), at)

    def _line_end(self, start: int) -> int:
        """The end of the line that begins at `start`; a fence opened in it belongs to it."""
        end = self._newline(start)
        while self._fences and self._fences[-1][0] < end:
            opened, closed = self._fences.pop()
            if opened >= start and closed > end:
                end = self._newline(closed)
        return end

    def _newline(self, start: int) -> int:
        found = self._text.find("\n", start)
        return len(self._text) if found < 0 else found


def _fences(text: str) -> list[tuple[int, int]]:
    """(start of the opening, end of the closing) of each fenced code; the last one first."""
    marks = [mark.start() for mark in re.finditer(FENCE, text)]
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return [(start, end + len(FENCE)) for start, end in pairs][::-1]

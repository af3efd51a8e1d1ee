"""Discord's Markdown inside a line, in linear time.

One pass from left to right. Each style can be open once, so the stack is never deeper than the
number of styles, and what stays open at the end becomes the characters that were typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from ogma.transcripts.links import safe_url
from ogma.transcripts.tree import (
    Code,
    CodeBlock,
    Emoji,
    Inline,
    Label,
    Link,
    Mention,
    Style,
    Styled,
    Target,
    Text,
    Timestamp,
)

FENCE: Final = "```"
_SPECIAL = re.compile(r"[\\`*_~|\[<]|https?://|@everyone\b|@here\b")
_ESCAPABLE = re.compile(r"[!-/:-@\[-`{-~]")
_BARE_URL = re.compile(r"https?://[^\s<>|\"`\\]+")
_LANGUAGE = re.compile(r"([\w+#.-]{1,32})\n")
_BRACKETS = re.compile(r"\\.|[\[\]()]", re.DOTALL)
_ANGLE = re.compile(
    r"<(?:@!?(?P<user>\d{1,20})|@&(?P<role>\d{1,20})|#(?P<channel>\d{1,20})"
    r"|a?:(?P<emoji>\w{1,64}):\d{1,20}"
    r"|t:(?P<seconds>-?\d{1,13})(?::(?P<style>[tTdDfFRsS]))?"
    r"|(?P<command>/[^<>:\n]{1,100}):\d{1,20}|id:(?P<guide>\w{1,32})"
    r"|(?P<url>https?://[^\s<>]{1,2048}))>"
)
_DELIMITERS: Final = {
    "**": Style.BOLD,
    "*": Style.ITALIC,
    "__": Style.UNDERLINE,
    "_": Style.ITALIC,
    "~~": Style.STRIKE,
    "||": Style.SPOILER,
}


def parse_inline(text: str, *, links: bool = True) -> tuple[Inline, ...]:
    """The nodes of a text without blocks; `links=False` inside the label of a link."""
    return _Scanner(text, links).run()


@dataclass
class _Frame:
    """An opened style: the marker as typed, and what has come since."""

    marker: str
    nodes: list[Inline] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)

    def add(self, *nodes: Inline) -> None:
        for node in nodes:
            if isinstance(node, Text):
                self.pending.append(node.text)
            else:
                self._flush()
                self.nodes.append(node)

    def children(self) -> tuple[Inline, ...]:
        self._flush()
        return tuple(self.nodes)

    def end_line(self) -> None:
        """The line break before a block is the block's own."""
        if self.pending:
            self.pending[-1] = self.pending[-1].removesuffix("\n")

    def _flush(self) -> None:
        if self.pending:
            self.nodes.append(Text("".join(self.pending)))
            self.pending.clear()


class _Scanner:
    def __init__(self, text: str, links: bool) -> None:
        self._text = text
        self._links = links
        self._at = 0
        self._frames = [_Frame("")]
        self._partners: dict[int, int] | None = None
        self._ticks: dict[int, list[int]] | None = None

    def run(self) -> tuple[Inline, ...]:
        while special := _SPECIAL.search(self._text, self._at):
            self._plain(self._text[self._at : special.start()])
            self._at = special.start()
            self._special(special.group())
        self._plain(self._text[self._at :])
        while len(self._frames) > 1:
            self._dissolve()
        return self._frames[0].children()

    def _special(self, found: str) -> None:
        match found:
            case "\\":
                self._escape()
            case "`":
                self._code()
            case "[":
                self._masked_link()
            case "<":
                self._angle()
            case "*" | "_" | "~" | "|":
                self._delimiters(found)
            case "@everyone" | "@here":
                self._take(Label(found), len(found))
            case _:
                self._bare_url()

    def _take(self, node: Inline, length: int) -> None:
        self._frames[-1].add(node)
        self._at += length

    def _plain(self, text: str) -> None:
        if text:
            self._frames[-1].add(Text(text))

    def _literal(self, length: int) -> None:
        self._plain(self._text[self._at : self._at + length])
        self._at += length

    def _escape(self) -> None:
        if _ESCAPABLE.match(self._text, self._at + 1):
            self._at += 1
        self._literal(1)

    def _code(self) -> None:
        text, start = self._text, self._at
        if text.startswith(FENCE, start):
            close = text.find(FENCE, start + 3)
            if close > start + 3:
                body = text[start + 3 : close]
                named = _LANGUAGE.match(body)
                language = named.group(1) if named else ""
                body = body[named.end() :] if named else body
                if body.strip():
                    self._frames[-1].end_line()
                    end = close + 3 + text.startswith("\n", close + 3)
                    self._take(CodeBlock(body.strip("\n"), language), end - start)
                    return
        run = re.compile("`+").match(text, start)
        length = len(run.group()) if run else 1
        close = self._tick_run_after(start + length, length)
        if close < 0:
            self._literal(length)
            return
        body = text[start + length : close]
        self._take(Code(body.strip() or body), close + length - start)

    def _tick_run_after(self, position: int, length: int) -> int:
        """Where the next run of exactly so many backticks begins, or -1."""
        if self._ticks is None:
            self._ticks = {}
            for run in re.finditer("`+", self._text):
                self._ticks.setdefault(len(run.group()), []).append(run.start())
            for starts in self._ticks.values():
                starts.reverse()
        starts = self._ticks.get(length, [])
        while starts and starts[-1] < position:
            starts.pop()
        return starts[-1] if starts else -1

    def _partner(self, position: int) -> int:
        """The bracket that closes the one at `position`, or -1."""
        if self._partners is None:
            self._partners = {}
            closing: dict[str, list[int]] = {"]": [], ")": []}
            for bracket in _BRACKETS.finditer(self._text):
                match bracket.group():
                    case "[":
                        closing["]"].append(bracket.start())
                    case "(":
                        closing[")"].append(bracket.start())
                    case "]" | ")" as end if closing[end]:
                        self._partners[closing[end].pop()] = bracket.start()
        return self._partners.get(position, -1)

    def _masked_link(self) -> None:
        text, start = self._text, self._at
        middle = self._partner(start) if self._links else -1
        end = (
            self._partner(middle + 1) if middle > 0 and text[middle + 1 : middle + 2] == "(" else -1
        )
        if end < 0 or end - middle > 2 * 2048:
            self._literal(1)
            return
        address = text[middle + 2 : end].split(maxsplit=1)
        url = safe_url(address[0].removeprefix("<").removesuffix(">")) if address else None
        label = text[start + 1 : middle]
        if url is None or not label.strip():
            self._literal(1)
            return
        self._take(Link(url, parse_inline(label, links=False)), end + 1 - start)

    def _angle(self) -> None:
        found = _ANGLE.match(self._text, self._at)
        node = _angle_node(found) if found else None
        if found is None or node is None:
            self._literal(1)
            return
        if isinstance(node, Link) and not self._links:
            node = Text(node.url)
        self._take(node, len(found.group()))

    def _bare_url(self) -> None:
        found = _BARE_URL.match(self._text, self._at)
        address = _trimmed(found.group()) if found else ""
        url = safe_url(address) if self._links else None
        if url is None:
            self._literal(len(address) or len("http"))
            return
        self._take(Link(url, (Text(url),)), len(address))

    def _delimiters(self, char: str) -> None:
        text, start = self._text, self._at
        end = start
        while end < len(text) and text[end] == char:
            end += 1
        length = end - start
        if length > 3 or (char in "~|" and length != 2):
            self._literal(length)
            return
        while length:
            marker = char * 2
            if length == 1 or (length == 3 and self._frames[-1].marker == char):
                marker = char
            self._delimiter(marker, self._at)
            length -= len(marker)

    def _delimiter(self, marker: str, start: int) -> None:
        text, end = self._text, start + len(marker)
        before, after = text[start - 1 : start], text[end : end + 1]
        opened = any(frame.marker == marker for frame in self._frames)
        if opened and _may_close(marker, before, after) and self._filled(marker):
            while self._frames[-1].marker != marker:
                self._dissolve()
            frame = self._frames.pop()
            self._take(Styled(_DELIMITERS[marker], frame.children()), len(marker))
        elif not opened and _may_open(marker, before, after):
            self._frames.append(_Frame(marker))
            self._at += len(marker)
        else:
            self._literal(len(marker))

    def _filled(self, marker: str) -> bool:
        """Whether anything came after this style was opened."""
        top = self._frames[-1]
        return top.marker != marker or bool(top.nodes or top.pending)

    def _dissolve(self) -> None:
        """A style that was never closed: its marker is text after all."""
        frame = self._frames.pop()
        self._frames[-1].add(Text(frame.marker), *frame.children())


def _angle_node(found: re.Match[str]) -> Inline | None:
    kind = found.lastgroup or ""
    value = found.group(kind) if kind else ""
    match kind:
        case "user" | "role" | "channel":
            return Mention(Target(kind), value)
        case "emoji":
            return Emoji(value)
        case "seconds" | "style":
            return Timestamp(int(found["seconds"]), found["style"] or "f", found.group())
        case "command":
            return Label(value)
        case "guide":
            return Label(f"#{value}")
        case _:
            url = safe_url(value)
            return Link(url, (Text(url),)) if url else None


def _trimmed(url: str) -> str:
    """A bare address without the punctuation of the sentence around it."""
    url = url.rstrip(".,:;'!?]*~")
    bare = url.rstrip(")")
    surplus = url.count(")") - url.count("(")
    return url[: max(len(bare), len(url) - max(surplus, 0))]


def _may_open(marker: str, before: str, after: str) -> bool:
    if marker == "_" and (before.isalnum() or before == "_"):
        return False
    return bool(after) and not (len(marker) == 1 and after.isspace())


def _may_close(marker: str, before: str, after: str) -> bool:
    if marker == "_" and after.isalnum():
        return False
    return not (len(marker) == 1 and before.isspace())

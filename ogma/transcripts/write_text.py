"""Discord's Markdown as plain text, and as Markdown that no viewer can read as anything else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Final

from ogma.transcripts.cleaning import clean_line, clean_text
from ogma.transcripts.discord_inline import FENCE
from ogma.transcripts.discord_markdown import parse
from ogma.transcripts.labels import Words
from ogma.transcripts.tree import (
    Block,
    Code,
    CodeBlock,
    Emoji,
    Heading,
    Inline,
    Item,
    ItemList,
    Label,
    Link,
    Mention,
    Paragraph,
    Quote,
    Style,
    Styled,
    Text,
    Timestamp,
)
from ogma.transcripts.write_html import mention_name, timestamp_text

_ANYWHERE = re.compile(r"([\\`*_\[\]<>|~&$])")
_AT_LINE_START = re.compile(r"^[ \t]*(?:([#+=-])|(\d{1,9})([.)]))", re.MULTILINE)
_MARKERS: Final = {
    Style.BOLD: "**",
    Style.ITALIC: "*",
    Style.UNDERLINE: "*",
    Style.STRIKE: "~~",
    Style.SPOILER: "\\|\\|",
}


class TextWriter:
    """One ticket's texts without markup; spoilers keep their bars, or give way to `spoiler`."""

    def __init__(
        self, names: Mapping[str, str], words: Words, zone: tzinfo, *, spoiler: str | None = None
    ) -> None:
        self._names = names
        self._words = words
        self._zone = zone
        self._spoiler = spoiler

    def body(self, text: str) -> list[str]:
        """The lines of a whole message, without empty ones at its ends."""
        lines = self._blocks(parse(clean_text(text)))
        while lines and not lines[-1].strip():
            lines.pop()
        return lines

    def line(self, text: str) -> str:
        """A name or a label: one line, nothing in it has a meaning."""
        return clean_line(text)

    def _blocks(self, blocks: Iterable[Block]) -> list[str]:
        return [line for block in blocks for line in self._block(block)]

    def _block(self, block: Block) -> list[str]:
        match block:
            case Paragraph(children) | Heading(_, children):
                return self._lines(children)
            case Quote(children):
                return [f"> {line}".rstrip() for line in self._blocks(children)]
            case ItemList(items):
                return [line for item in items for line in self._item(item)]

    def _item(self, item: Item) -> list[str]:
        marker = "-" if item.number is None else f"{item.number}."
        first, *rest = self._lines(item.children) or [""]
        indent = "    " * item.depth
        return [f"{indent}{marker} {first}", *(f"{indent}  {line}" for line in rest)]

    def _lines(self, nodes: Iterable[Inline]) -> list[str]:
        return self._inline(nodes).strip("\n").split("\n")

    def _inline(self, nodes: Iterable[Inline]) -> str:
        return "".join(self._node(node) for node in nodes)

    def _node(self, node: Inline) -> str:
        match node:
            case Text(text) | Code(text) | Label(text):
                return text
            case CodeBlock(text):
                return f"\n{text}\n"
            case Styled(Style.SPOILER, children):
                return f"||{self._inline(children)}||" if self._spoiler is None else self._spoiler
            case Styled(_, children):
                return self._inline(children)
            case Link(url, children):
                label = self._inline(children)
                return url if label == url else f"{label} ({url})"
            case Emoji(name):
                return f":{name}:"
            case Mention() | Timestamp():
                return self._resolved(node)

    def _resolved(self, node: Mention | Timestamp) -> str:
        if isinstance(node, Mention):
            return mention_name(node, self._names, self._words)
        return timestamp_text(node, self._words, self._zone)


class MarkdownWriter(TextWriter):
    """The same as CommonMark: what people typed is escaped, what they meant is written anew."""

    def line(self, text: str) -> str:
        """A name or a label, escaped."""
        return escape(clean_line(text))

    def _block(self, block: Block) -> list[str]:
        match block:
            case Heading(level, children) if level:
                return ["", f"**{' '.join(self._lines(children))}**", ""]
            case Paragraph(children) | Heading(_, children):
                return [*_broken(self._lines(children)), ""]
            case _:
                return [*super()._block(block), ""]

    def _inline(self, nodes: Iterable[Inline]) -> str:
        written = ""
        for node in nodes:
            if isinstance(node, Link) and written.endswith("!"):  # it would become a picture
                written = written[:-1] + "\\!"
            written += self._node(node)
        return written

    def _node(self, node: Inline) -> str:
        match node:
            case Text(text) | Label(text):
                return escape(text)
            case Styled(style, children):
                marker = _MARKERS[style]
                return f"{marker}{self._inline(children)}{marker}"
            case Code(text):
                fence = "`" * (_longest_run(text) + 1)
                return f"{fence} {' '.join(text.split())} {fence}"
            case CodeBlock(text, language):
                return f"\n{FENCE}{language}\n{text}\n{FENCE}\n"
            case Link(url, children):
                return f"[{' '.join(self._inline(children).split())}](<{url}>)"
            case Emoji(name):
                return escape(f":{name}:")
            case Mention() | Timestamp():
                return escape(self._resolved(node))


def escape(text: str) -> str:
    """Text as CommonMark that reads as itself."""
    text = _ANYWHERE.sub(r"\\\1", text)
    return _AT_LINE_START.sub(
        lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", text
    )


def _broken(lines: list[str]) -> list[str]:
    """Lines that stay lines: two spaces at the end, except inside fenced code."""
    broken, fenced = [], False
    for line in lines:
        if line.startswith(FENCE):
            fenced = not fenced
        elif not fenced:
            line = f"{line.strip()}  " if line.strip() else ""
        broken.append(line)
    return broken


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)

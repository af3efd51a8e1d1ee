"""Discord's Markdown as HTML. Here, and only here, markup is made out of what people typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Final

from markupsafe import Markup

from ogma.domain.clock import SECOND, to_datetime
from ogma.transcripts.cleaning import clean_line, clean_text
from ogma.transcripts.discord_markdown import parse
from ogma.transcripts.labels import Words
from ogma.transcripts.tree import (
    Block,
    Code,
    CodeBlock,
    Emoji,
    Heading,
    Inline,
    ItemList,
    Label,
    Link,
    Mention,
    Paragraph,
    Quote,
    Style,
    Styled,
    Target,
    Text,
    Timestamp,
)

_STYLES: Final = {
    Style.BOLD: Markup("<strong>{}</strong>"),
    Style.ITALIC: Markup("<em>{}</em>"),
    Style.UNDERLINE: Markup("<u>{}</u>"),
    Style.STRIKE: Markup("<s>{}</s>"),
}
_SPOILER: Final = Markup(
    '<label class="spoiler"><input type="checkbox" aria-label="{}"><span>{}</span></label>'
)
_LINK: Final = Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>')
_PILL: Final = Markup('<span class="pill">{}</span>')
_PREFIXES: Final = {Target.USER: ("@", "@"), Target.ROLE: ("@", "&"), Target.CHANNEL: ("#", "#")}
TIMESTAMP_PATTERNS: Final = {"t": "time", "T": "time", "d": "date", "D": "date"}


def mention_name(mention: Mention, names: Mapping[str, str], words: Words) -> str:
    """How a mention reads, with its sign in front."""
    sign, key = _PREFIXES[mention.target]
    name = clean_line(names.get(key + mention.id, ""))
    return sign + (name or words(f"unknown_{mention.target.value}"))


def timestamp_text(stamp: Timestamp, words: Words, zone: tzinfo) -> str:
    """A Discord timestamp in words; relative ones too, as a file does not know when it is read."""
    try:
        at = to_datetime(stamp.seconds * SECOND).astimezone(zone)
    except (OverflowError, OSError, ValueError):
        return stamp.source
    return words.moment(TIMESTAMP_PATTERNS.get(stamp.style, "moment"), at)


class HtmlWriter:
    """Writes one ticket's texts: `names` resolves its mentions, `zone` its timestamps."""

    def __init__(self, names: Mapping[str, str], words: Words, zone: tzinfo) -> None:
        self._names = names
        self._words = words
        self._zone = zone

    def markdown(self, text: str) -> Markup:
        """A whole message."""
        return self._blocks(parse(clean_text(text)))

    def _blocks(self, blocks: Iterable[Block]) -> Markup:
        return Markup("").join(self._block(block) for block in blocks)

    def _block(self, block: Block) -> Markup:
        match block:
            case Paragraph(children):
                return Markup('<div class="p">{}</div>').format(self._inline(children))
            case Quote(children):
                return Markup("<blockquote>{}</blockquote>").format(self._blocks(children))
            case Heading(0, children):
                return Markup("<small>{}</small>").format(self._inline(children))
            case Heading(level, children):
                return Markup('<div class="h{}" role="heading" aria-level="{}">{}</div>').format(
                    level, level + 2, self._inline(children)
                )
            case ItemList():
                return self._list(block)

    def _list(self, block: ItemList) -> Markup:
        items = Markup("").join(
            Markup('<li class="{} in{}"{}>{}</li>').format(
                "bullet" if item.number is None else "number",
                item.depth,
                "" if item.number is None else Markup(' value="{}"').format(item.number),
                self._inline(item.children),
            )
            for item in block.items
        )
        return Markup("<ol>{}</ol>").format(items)

    def _inline(self, nodes: Iterable[Inline]) -> Markup:
        return Markup("").join(self._node(node) for node in nodes)

    def _node(self, node: Inline) -> Markup:
        match node:
            case Text(text):
                return Markup.escape(text)
            case Styled(Style.SPOILER, children):
                return _SPOILER.format(self._words("spoiler"), self._inline(children))
            case Styled(style, children):
                return _STYLES[style].format(self._inline(children))
            case Code(text):
                return Markup("<code>{}</code>").format(text)
            case CodeBlock(text, language):
                return Markup('<pre data-language="{}"><code>{}</code></pre>').format(
                    language, text
                )
            case Link(url, children):
                return _LINK.format(url, self._inline(children))
            case Mention():
                return _PILL.format(mention_name(node, self._names, self._words))
            case Label(text):
                return _PILL.format(text)
            case Emoji(name):
                return Markup('<span class="emoji">:{}:</span>').format(name)
            case Timestamp():
                shown = timestamp_text(node, self._words, self._zone)
                return Markup('<time class="stamp" title="{}">{}</time>').format(node.source, shown)

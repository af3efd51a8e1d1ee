"""The one way for text of a model or a document into a Discord message. Pure and idempotent.

Whatever comes in, what goes out pings nobody, links only where the cited passages link, hides
nothing, keeps code blocks closed and fits into one message.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from ogma.answering.addresses import allowed, comparable, find_links, without_foreign
from ogma.answering.invisible import visible
from ogma.domain.answers import Citation
from ogma.domain.passages import Passage

LONGEST: Final = 2_000
"""Characters that Discord takes in one message."""

_MOST_SOURCES: Final = 3
_LONGEST_PLACE: Final = 120
_PASSES: Final = 8

_CODE: Final = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_FENCE: Final = "```"
_LONG_FENCE: Final = re.compile(r"`{4,}")
_EVERYBODY: Final = re.compile(r"@(?=\s*(?:everyone|here)\b)", re.IGNORECASE)
_DEAD_AT: Final = "＠"
"""Reads like @ and pings nobody."""
_LIVE: Final = re.compile(
    r"<(?:(@[!&]?\d*|#\d*|id:[\w-]*)|(/[^<>:\n]*):\d*|a?(:[^<>:\n]*:)\d*)>?", re.IGNORECASE
)
"""Mentions of members, roles, channels and server pages; commands; custom emoji."""
_MASKED: Final = re.compile(
    r"!?\[([^\[\]\n]*)\]\(\s*<?([^\s()<>]*(?:\([^\s()<>]*\))?[^\s()<>]*)>?[^()\n]*\)"
)
_SMALL_PRINT: Final = re.compile(r"^[ \t]*-#[ \t]*", re.MULTILINE)
"""Our source lines look so; nobody else's text may."""
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_MARKDOWN: Final = re.compile(r"[*_`~|\\<>\[\]()]+")


def render_answer(
    text: str,
    citations: Sequence[Citation],
    allowed_urls: Collection[str],
    *,
    source_word: str = "From",
) -> str:
    """The message: the answer made safe, and under it its sources. At most 2,000 characters.

    `allowed_urls` are the links of the cited passages (see `cited_urls`).
    """
    sources = source_lines(citations, source_word=source_word)
    room = LONGEST - len(sources) - (2 if sources else 0)
    body = safe_text(text, allowed_urls, limit=room)
    return "\n\n".join(part for part in (body, sources) if part)


def cited_urls(citations: Iterable[Citation], passages: Iterable[Passage]) -> frozenset[str]:
    """The links that the cited ones among the passages contain, and their own addresses."""
    cited = {citation.chunk_id for citation in citations}
    found: set[str] = set()
    for passage in passages:
        if passage.chunk_id in cited:
            found.update(find_links(passage.text))
            found.update([passage.url] if passage.url else [])
    return frozenset(found)


def source_lines(citations: Sequence[Citation], *, source_word: str = "From") -> str:
    """One small line for each place that the answer comes from, three at the most."""
    places = dict.fromkeys((one.title or one.document, one.heading, one.url) for one in citations)
    lines = []
    for title, heading, url in list(places)[:_MOST_SOURCES]:
        place = ", ".join(_plain(part) for part in (title, heading) if part)
        link = f" <{url}>" if url and allowed(url, {comparable(url)}) else ""
        lines.append(f"-# {source_word} {place}{':' if link else ''}{link}")
    return "\n".join(lines)


def safe_text(text: str, allowed_urls: Collection[str], *, limit: int = LONGEST) -> str:
    """The text with every danger taken out and cut to the limit. `safe(safe(x)) == safe(x)`."""
    urls = frozenset(comparable(url) for url in allowed_urls)
    safe = _LONG_FENCE.sub(_FENCE, visible(text)).strip()
    for _ in range(_PASSES):
        before = safe
        safe = fitted(_defused(safe, urls), limit)
        if safe == before:
            return safe
    return _last_resort(safe, limit)


def _last_resort(text: str, limit: int) -> str:
    """Text that keeps changing under the rules is an attack: only its words are kept."""
    return " ".join(re.findall(r"[^\W_]+", text))[:limit].strip()


def _defused(text: str, urls: frozenset[str]) -> str:
    """One pass over the prose and the code in it."""
    parts: list[str] = []
    end = 0
    for match in _CODE.finditer(text):
        parts += (_prose(text[end : match.start()], urls), _code(match.group(), urls))
        end = match.end()
    parts.append(_prose(text[end:], urls))
    return _closed(
        _BLANK_LINES.sub("\n\n", visible(_LONG_FENCE.sub(_FENCE, "".join(parts)))).strip()
    )


def _prose(text: str, urls: frozenset[str]) -> str:
    def shown(found: re.Match[str]) -> str:
        label, url = found.groups()
        return f"{label} ({url})" if allowed(url, urls) else label

    opened = _MASKED.sub(shown, _dead(text))
    opened = _SMALL_PRINT.sub("", opened.replace("](", "] ("))
    return without_foreign(opened, urls, wrap=True)


def _code(text: str, urls: frozenset[str]) -> str:
    return without_foreign(_dead(text), urls, wrap=False)


def _dead(text: str) -> str:
    """Mentions as plain words."""
    plain = _LIVE.sub(lambda found: found.group(1) or found.group(2) or found.group(3), text)
    return _EVERYBODY.sub(_DEAD_AT, plain)


def _closed(text: str) -> str:
    """The last code block closed, so that it does not swallow what follows the text."""
    return f"{text}\n{_FENCE}" if text.count(_FENCE) % 2 else text


def fitted(text: str, limit: int) -> str:
    """The text cut at a paragraph, line, sentence or word, its code block closed again."""
    if len(text) <= limit:
        return text
    room = limit - len(_FENCE) - 3
    head = text[: max(0, room)]
    for boundary in ("\n\n", "\n", ". ", " "):
        at = head.rfind(boundary)
        if at > room // 2:
            head = head[: at + (1 if boundary == ". " else 0)]
            break
    head = head.rstrip().rstrip("`")
    if head.count(_FENCE) % 2:
        return f"{head}\n{_FENCE}"
    return f"{head} …" if head else ""


def _plain(text: str) -> str:
    """A title or heading on one line, without anything that Markdown or Discord reads."""
    flat = " ".join(_MARKDOWN.sub(" ", _dead(visible(text))).split())
    flat = without_foreign(flat, frozenset(), wrap=False).strip(" :;,")
    return flat if len(flat) <= _LONGEST_PLACE else f"{flat[: _LONGEST_PLACE - 1].rstrip()}…"

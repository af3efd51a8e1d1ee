"""Sentences and the size of texts in tokens, without a model at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_TOKEN: Final = re.compile(r"[A-Za-z]{1,9}|\d{1,3}|[^\sA-Za-z\d]")
"""What an English WordPiece vocabulary makes one token of, nearly enough to size chunks."""

_END: Final = re.compile(
    r"""(?:[.!?…]+["'”’“)\]]*(?P<space>\s+)(?=["'“„‘(\[*_`]*[^\sa-z]))"""  # ". Next"
    r"""|(?:(?<=[。！？])(?P<none>))"""
    r"""|(?P<lines>\n[ \t]*\n\s*)""",
)
_ABBREVIATION: Final = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|resp|no|nr|fig|eq|sec|vol|ed|mr|mrs|ms|dr|prof|st|inc|ltd"
    r"|z\.b|bzw|ca|u\.a|d\.h)|\b[A-Z]|^\s*\d{1,3})\.$",
    re.IGNORECASE,
)


def estimate_tokens(text: str) -> int:
    """About how many tokens the embedding model makes of a text."""
    return len(_TOKEN.findall(text))


def sentences(text: str, longest: int) -> Iterator[tuple[str, str]]:
    """Each sentence of `text` with the white space that follows it.

    What runs on for more than twice `longest` tokens without an end is cut at its lines, else
    between words.
    """
    start = 0
    for end in _END.finditer(text):
        sentence_end = end.start() if end.group("lines") is not None else _before_space(end)
        sentence = text[start:sentence_end]
        if not sentence.strip() or _ABBREVIATION.search(sentence):
            continue
        yield from _bounded(sentence, text[sentence_end : end.end()], longest)
        start = end.end()
    if text[start:].strip():
        yield from _bounded(text[start:], "", longest)


def _before_space(end: re.Match[str]) -> int:
    return end.start("space") if end.group("space") is not None else end.end()


def _bounded(sentence: str, space: str, longest: int) -> Iterator[tuple[str, str]]:
    if estimate_tokens(sentence) <= 2 * longest:
        yield sentence, space
        return
    parts = sentence.split("\n") if "\n" in sentence else None
    if parts is not None:
        for number, part in enumerate(parts):
            if part.strip():
                yield from _bounded(part, "\n" if number < len(parts) - 1 else space, longest)
        return
    yield from _words(sentence, space, longest)


def _words(run: str, space: str, longest: int) -> Iterator[tuple[str, str]]:
    """Cut a run without ends before it exceeds `longest` tokens, between words if it has any."""
    start = count = 0
    breakable = 0
    for token in _TOKEN.finditer(run):
        if token.start() > start and run[token.start() - 1].isspace():
            breakable = token.start()
        count += 1
        if count > longest and token.start() > start:
            at = breakable if breakable > start else token.start()
            yield run[start:at].rstrip(), " " if breakable > start else ""
            start, count = at, 1
    if run[start:].strip():
        yield run[start:], space

"""Masks what is private in a text: pure, never fails, and masking twice changes nothing more."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from ogma.domain.patterns import Pattern, Private
from ogma.domain.private_patterns import PATTERNS
from ogma.domain.secret_patterns import SECRET_PATTERNS

_MASK: Final = re.compile(r"\[(?:" + "|".join(kind.value for kind in Private) + r")\]")
_ENDS_OF: Final = {Private.PASSWORD: ".,;"}
"""What may belong to the sentence and not to the find, where that is not all punctuation."""
_SHORTEST_NAME: Final = 3
_PART: Final = re.compile(r"[^\W\d_]+")
_COMMON_WORDS: Final = """
art bill bob buck chance chase chip clay cliff dawn dean drew earl faith fern forest frank gene
grace grant guy hope iris ivy jack joy june lance mark may miles norm olive pat penny pierce
rich rob robin rose ruby rusty sandy skip sky star stone sue summer tab ward will winter young
angel april august autumn
"""
_COMMON: Final = frozenset(_COMMON_WORDS.split())
"""Names that are words too: masked only where they are written as names."""
_ROLES_WORDS: Final = """
admin administrator agent assistant billing bot customer hello help helper info mod moderator
moderation new nobody none null official owner sales service someone staff support system team
tech test the ticket user users member members and for you not all real mister game games gaming
gamer dev developer web app
"""
_ROLES: Final = frozenset(_ROLES_WORDS.split())
"""What accounts are called that are no names of people; masking them would blank ordinary text."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """A masked text, and what was masked in it, in order."""

    text: str
    found: tuple[Private, ...]


def redact(text: str, *, names: Iterable[str] = ()) -> Redacted:
    """The text with whatever is private replaced by `[kind]`.

    `names` are those that are known beside the text (who takes part in a ticket); their parts are
    masked too.
    """
    known = _known_names(frozenset(names))
    return _masked_by(text, PATTERNS if known is None else (*PATTERNS, known))


def mask_secrets(text: str) -> Redacted:
    """The text with what nobody should have pasted replaced by `[kind]`; all else stays (D4)."""
    return _masked_by(text, SECRET_PATTERNS)


def mask_secrets_in(value: Any) -> tuple[Any, tuple[Private, ...]]:
    """A value as JSON has it, with every text in it masked."""
    match value:
        case str():
            masked = mask_secrets(value)
            return masked.text, masked.found
        case Mapping():
            done = {key: mask_secrets_in(one) for key, one in value.items()}
            found = tuple(kind for _, kinds in done.values() for kind in kinds)
            return {key: one for key, (one, _) in done.items()}, found
        case list() | tuple():
            parts = [mask_secrets_in(one) for one in value]
            return [one for one, _ in parts], tuple(kind for _, kinds in parts for kind in kinds)
    return value, ()


def _masked_by(text: str, patterns: Sequence[Pattern]) -> Redacted:
    found: list[Private] = []
    while True:
        masked, new = _once(text, patterns)
        if not new:
            return Redacted(text, tuple(found))
        text = masked
        found += new


def holds_mask(text: str) -> bool:
    """Whether something was masked in this text."""
    return bool(_MASK.search(text))


def _once(text: str, patterns: Sequence[Pattern]) -> tuple[str, list[Private]]:
    """One pass over what stands between the masks that are there already."""
    found: list[Private] = []
    parts: list[str] = []
    at = 0
    for mask in _MASK.finditer(text):
        parts += [_masked(text[at : mask.start()], patterns, found), mask.group()]
        at = mask.end()
    parts.append(_masked(text[at:], patterns, found))
    return "".join(parts), found


def _masked(text: str, patterns: Sequence[Pattern], found: list[Private]) -> str:
    """The text after each pattern in turn; no pattern looks into the mask of an earlier one."""
    pieces = [text]
    for pattern in patterns:
        pieces = [
            part
            for piece in pieces
            for part in ([piece] if _MASK.fullmatch(piece) else _cut(piece, pattern, found))
        ]
    return "".join(pieces)


def _cut(text: str, pattern: Pattern, found: list[Private]) -> Iterator[str]:
    at = 0
    part = "it" if "it" in pattern.shape.groupindex else 0
    for match in pattern.shape.finditer(text):
        end = _end(match, part, pattern)
        if end is None or match.start(part) < at:
            continue
        yield text[at : match.start(part)]
        yield f"[{pattern.kind}]"
        found.append(pattern.kind)
        at = end
    yield text[at:]


def _end(match: re.Match[str], part: str | int, pattern: Pattern) -> int | None:
    """Where the private part ends: without the punctuation of its sentence. None: it is not it."""
    candidate = match[part].rstrip(_ENDS_OF.get(pattern.kind, ".,;:!?)*_~"))
    if pattern.kind is Private.BANK:  # groups of four letters may be the next words
        while candidate and not pattern.holds(candidate) and " " in candidate:
            candidate = candidate.rpartition(" ")[0]
    if not candidate or not pattern.holds(candidate):
        return None
    return match.start(part) + len(candidate)


@lru_cache(maxsize=64)
def _known_names(names: frozenset[str]) -> Pattern | None:
    """One pattern for all names: as they are, and their parts."""
    whole = {" ".join(unicodedata.normalize("NFC", name).split()) for name in names}
    loose, strict = set[str](), set[str]()
    for name in whole:
        bare = name.strip("@#.!_- ")
        for one in (bare, *_PART.findall(bare)):
            if len(one) < _SHORTEST_NAME or one.casefold() in _ROLES:
                continue
            (strict if one.casefold() in _COMMON else loose).add(one.casefold())
    if not loose and not strict:
        return None
    written = [rf"(?i:{_any(loose)})"] if loose else []
    if strict:
        written.append(_any(word.capitalize() for word in strict))
    shape = rf"(?<![^\W_])(?:{'|'.join(written)})(?![^\W_])"
    return Pattern("known name", Private.NAME, re.compile(shape))


def _any(words: Iterable[str]) -> str:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re.escape(word) for word in longest_first) + ")"

"""Opposites: what is said of the one is no answer to a question about the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ogma.answering.words import stem, words

_GRAMMAR: Final = """
over under, more less, more fewer, all some, every one, with without, can cannot
"""
"""Opposites in what is said; in a question they mean little."""

_PAIRS: Final = """
before after, on off, up down, above below, first last, earlier later, enable disable, open close,
add remove, start stop, increase decrease, raise lower, allow block, public private, show hide,
include exclude, accept reject, accept refuse, free paid, new old, left right, top bottom,
minimum maximum, most least, install uninstall, lock unlock, subscribe unsubscribe, inside outside,
internal external, upgrade downgrade, online offline, safe unsafe
"""
"""Opposites everywhere."""

_FURTHER: Final = """
summer winter, spring autumn, day night, morning evening, weekday weekend, daily weekly,
daily monthly, weekly monthly, weekly yearly, monthly yearly, oldest youngest, old young,
largest smallest, biggest smallest, longest shortest, highest lowest, fastest slowest,
strongest weakest, tallest shortest, best worst, better worse, higher lower, larger smaller,
greater lesser, older younger, longer shorter, faster slower, stronger weaker, cheaper dearer,
cheap expensive, father mother, brother sister, son daughter, king queen, man woman, men women,
boy girl, husband wife, male female, parent child, ancestor descendant, north south, east west,
northern southern, eastern western, birth death, born died, win lose, won lost, buy sell,
bought sold, import export, rich poor, hot cold, warm cold, black white, wet dry, fresh salt,
fresh stale, light dark, light heavy, dead alive, deep shallow, thick thin, narrow wide, hard soft,
begin end, began ended, started finished, start finish, arrive leave, attack defend, ally enemy,
friend enemy, supporter critic, supporter opponent, love hate, success failure, succeed fail,
agree refuse, agree disagree, common rare, abundant rare, possible impossible, legal illegal,
majority minority, major minor, gain lose, rise fall, teacher student, employer employee,
sender recipient, send receive, sent received, buyer seller, upload download, read write,
borrow lend, ancient modern, horizontal vertical, positive negative, even odd, same different,
upper lower, near far, forward backward, urban rural, war peace, entrance exit, encode decode,
encrypt decrypt, predator prey, victory defeat, single married, temporary permanent,
natural artificial, simple complex, direct indirect, formal informal, active passive, solid liquid,
solid gas, liquid gas, domestic foreign, optional mandatory, optional required, manual automatic,
early late, ascending descending, debit credit, deposit withdraw, guest member, mute unmute,
ban unban, connect disconnect, login logout, mount unmount, zip unzip
"""
"""Opposites of a question's subject; in an answer too many of them are used in passing."""


def _table(*listed: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in ",".join(listed).split(","):
        one, other = (stem(word) for word in pair.split())
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


STRICT: Final[Mapping[str, frozenset[str]]] = _table(_GRAMMAR, _PAIRS)
"""From a stem to the stems of its opposites, for the checks of an answer."""
WIDE: Final[Mapping[str, frozenset[str]]] = _table(_PAIRS, _FURTHER)
"""The same for comparing a question with a sentence."""


def opposed(
    text: str, known: Iterable[str], table: Mapping[str, frozenset[str]] = STRICT
) -> tuple[str, str] | None:
    """The first word of the text whose opposite is known and it is not, with that opposite.

    `known` are stems.
    """
    there = frozenset(known)
    for word in words(text):
        own = stem(word)
        others = table.get(own, frozenset()) & there
        if others and own not in there:
            return word, min(others)
    return None

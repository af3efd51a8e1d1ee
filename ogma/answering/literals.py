"""What must be copied exactly: numbers with their units, code, addresses, links and names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ogma.answering.pieces import sentences
from ogma.answering.words import fold, is_function_word, stem

_NUMBER: Final = re.compile(r"\d+(?:[.,:/\-'\u00a0\u202f]\d+)*")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:[,'\u00a0\u202f]\d{3})+(?:\.\d+)?")
_SPACED_THOUSANDS: Final = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")
_COUNTED: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
)
_TENS: Final = ("thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBER_WORDS: Final = {
    **{word: str(value) for value, word in enumerate(_COUNTED)},
    **{word: str(10 * value) for value, word in enumerate(_TENS, start=3)},
}
_UNITS: Final = {
    "eur": "€ eur euro euros",
    "usd": "$ usd dollar dollars",
    "gbp": "£ gbp pound pounds",
    "jpy": "¥ jpy yen",
    "inr": "₹ inr rs rupee rupees",
    "%": "% percent per-cent prozent",
    "second": "s sec secs second seconds sekunde sekunden",
    "minute": "min mins minute minutes minuten",
    "hour": "h hr hrs hour hours stunde stunden heure heures hora horas",
    "day": "d day days tag tage tagen jour jours día días dia dias",
    "week": "w week weeks woche wochen semaine semaines semana semanas",
    "month": "month months monat monate monaten mois mes meses",
    "year": "y yr yrs year years jahr jahre jahren an ans année años ano anos",
    "am": "am a.m",
    "pm": "pm p.m",
    "kb": "kb kib",
    "mb": "mb mib",
    "gb": "gb gib",
    "tb": "tb tib",
    "kg": "kg kilo kilos",
    "g": "g gram grams",
    "km": "km",
    "m": "m metre metres meter meters",
    "cm": "cm",
    "mm": "mm",
    "°c": "°c celsius",
    "°f": "°f fahrenheit",
}
_UNIT_OF: Final = {word: unit for unit, listed in _UNITS.items() for word in listed.split()}
_UNIT_AFTER: Final = re.compile(r"[ \u00a0-]?(€|\$|£|¥|₹|%|°[cf]\b|[^\W\d_]+(?:\.m\b)?)")
_UNIT_BEFORE: Final = re.compile(r"(€|\$|£|¥|₹|\b(?:eur|usd|gbp|jpy|inr|rs\.?))\s?$")

LINK: Final = re.compile(
    r"(?:https?://|www\.)[^\s<>\[\]()|`\"']+(?:\([^\s<>()]*\)[^\s<>\[\]()|`\"']*)*", re.IGNORECASE
)
"""An address in running text; what punctuation ends it is taken off by `links`."""
_TICKS: Final = re.compile(r"```(?:\w*\n)?(.+?)```|`([^`\n]+)`", re.DOTALL)
_EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++\.[\w.-]*\w")
_CODE_TOKEN: Final = re.compile(
    r"(?<![\w/])(?:[\w-]+=[\w\"'./-]+|--?[A-Za-z][\w-]*|[/~.][\w.-]*/[\w./-]+|/[a-z][\w-]+|\\?\w+(?:\\\w+)+"
    r"|\w+(?:_\w+)+|\w+(?:::\w+)+|\w+\(\)|\$\{?[A-Za-z_]\w*\}?"
    r"|[a-z]+[A-Z]\w*|[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]+)+|[A-Z][a-z]+(?:[A-Z][a-z]+)+"
    r"|(?:Ctrl|Cmd|Alt|Shift)(?:\+\w+)+)"
)
_LONGEST_WORD: Final = 120
_CAPITALISED: Final = re.compile(r"(?<![\w'’])[A-ZÀ-ÖØ-Þ][\w'’-]*")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a comparable spelling, and its unit where one is known."""

    value: str
    unit: str | None


def figures(text: str) -> list[Figure]:
    """Every number of the text in order, number words too; both ends of a range."""
    plain = _SPACED_THOUSANDS.sub("", fold(text))
    found: list[tuple[int, Figure]] = []
    for match in _NUMBER.finditer(plain):
        unit = _unit(plain, match.start(), match.end())
        found += [(match.start(), Figure(part, unit)) for part in _parts(match.group())]
    for match in re.finditer(r"[^\W\d_]+", plain):
        if match.group() in _NUMBER_WORDS:
            unit = _unit(plain, match.start(), match.end())
            found.append((match.start(), Figure(_NUMBER_WORDS[match.group()], unit)))
    return [figure for _, figure in sorted(found, key=lambda one: one[0])]


def _parts(number: str) -> list[str]:
    """The number, or the two ends of a range like 10-14."""
    ends = number.split("-")
    if len(ends) == 2 and all(len(end) <= 4 for end in ends):
        return [_comparable(end) for end in ends]
    return [_comparable(number)]


def _comparable(number: str) -> str:
    bare = re.sub(r"[,'\u00a0\u202f]", "", number) if _THOUSANDS.fullmatch(number) else number
    return re.sub(r"^(\d+)\.0+$", r"\1", bare)


def _unit(text: str, start: int, end: int) -> str | None:
    if before := _UNIT_BEFORE.search(text[max(0, start - 4) : start]):
        return _UNIT_OF.get(before.group(1).rstrip("."))
    after = _UNIT_AFTER.match(text, end)
    return _UNIT_OF.get(after.group(1)) if after else None


def is_unit(word: str) -> bool:
    """Whether the folded word is a unit or a currency."""
    return word in _UNIT_OF


def foreign_figures(text: str, evidence: str) -> list[str]:
    """The numbers, and numbers with units, of the text that the evidence does not have."""
    known = figures(evidence)
    values = {figure.value for figure in known}
    pairs = {(figure.value, figure.unit) for figure in known}
    units = {
        _UNIT_OF[word]
        for word in re.findall(r"[^\W\d_]+|[€$£¥₹%]", fold(evidence))
        if word in _UNIT_OF
    }
    foreign: list[str] = []
    for figure in figures(text):
        if figure == Figure("1", None):
            continue  # "one" is a pronoun more often than a number
        bare = (figure.value, None) in pairs and figure.unit in units
        if figure.value not in values:
            foreign.append(figure.value)
        elif figure.unit and (figure.value, figure.unit) not in pairs and not bare:
            foreign.append(f"{figure.value} {figure.unit}")
    return foreign


def links(text: str) -> list[str]:
    """Every address in the text, without the punctuation that ends its sentence."""
    return [match.group().rstrip(".,;:!?*_~") for match in LINK.finditer(text)]


def code_tokens(text: str) -> list[str]:
    """Commands, options, paths, identifiers, key combinations and e-mail addresses."""
    without_links = LINK.sub(" ", text)
    ticked = [first or second for first, second in _TICKS.findall(without_links)]
    plain = _TICKS.sub(" ", without_links)
    mails = _EMAIL.findall(plain)
    plain = _EMAIL.sub(" ", plain)
    return [*ticked, *mails, *_bare_code(plain)]


def _bare_code(text: str) -> Iterator[str]:
    """Code outside backticks; a run without spaces that is no word of any language counts whole."""
    for run in text.split():
        if len(run) > _LONGEST_WORD and run.isascii():
            yield run
        else:
            yield from (match.group() for match in _CODE_TOKEN.finditer(run))


def foreign_code(text: str, evidence: str) -> list[str]:
    """The code tokens of the text that are not in the evidence letter for letter."""
    known = " ".join(evidence.split())
    return [token for token in code_tokens(text) if " ".join(token.split()) not in known]


def names(text: str) -> Iterator[str]:
    """Capitalised words inside a sentence: products, places, buttons, people."""
    for line in text.splitlines():
        for sentence in sentences(line):
            first = re.search(r"\w", sentence)
            for match in _CAPITALISED.finditer(sentence):
                name = match.group().removesuffix("'s").removesuffix("’s")
                starts = first is None or match.start() == first.start()
                if not starts and not is_function_word(name):
                    yield name


def foreign_names(text: str, evidence: str) -> list[str]:
    """The names of the text that the evidence does not mention in any form."""
    known = {stem(word) for word in re.findall(r"[^\W_]+(?:'[^\W_]+)*", fold(evidence))}
    return [
        name
        for name in names(text)
        if not all(stem(part) in known for part in re.findall(r"[^\W_]+", fold(name)))
    ]

"""Every string read in Discord, a transcript or a page: one catalogue a language, with overrides.

A catalogue is a TOML file beside this module; its nested tables make dotted keys, and
`{name}` is a placeholder. `en.toml` is complete and sets keys and placeholders for the others,
so that another language is one more file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from ogma.errors import ConfigError

REFERENCE: Final = "en"

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")

LIMITS: Final[tuple[tuple[str, int], ...]] = (
    ("form.*", 45),
    ("hint.*", 100),
    ("button.*", 80),
    ("command.*", 100),
    ("audit.*", 400),
    ("*.title", 200),
    ("*.footer", 200),
    ("*", 1000),
)
"""How long a text may be in its place, the first matching pattern counts. Where Discord allows
more, the rest is room for what is filled in."""


LISTS: Final = ("page.months", "page.weekdays", "report.weekdays")
"""Texts that are as many names as the English one, a space between them."""


class Texts:
    """The texts of one language. Call it with a key and exactly that text's placeholders."""

    def __init__(self, language: str, entries: Mapping[str, str]) -> None:
        self.language = language
        self._entries = dict(entries)
        self._placeholders = {
            key: placeholders(text) for key, text in _catalogue(REFERENCE).items()
        }

    def __call__(self, key: str, /, **values: object) -> str:
        """The text with its placeholders filled in.

        Raises KeyError for an unknown key and TypeError when `values` are not exactly the
        placeholders of that key: both are faults of the caller. An override may leave
        placeholders out, so they are always all given.
        """
        wanted = self._placeholders[key]
        if wanted != values.keys():
            raise TypeError(
                f"the text '{key}' takes {sorted(wanted)}, but was given {sorted(values)}"
            )
        return _PLACEHOLDER.sub(lambda found: str(values[found[1]]), self._entries[key])

    def under(self, table: str) -> Mapping[str, str]:
        """The texts of one table by their keys in it, nothing filled in."""
        above = f"{table}."
        return {
            key.removeprefix(above): text
            for key, text in self._entries.items()
            if key.startswith(above)
        }

    def keys(self) -> tuple[str, ...]:
        """All keys, in the order of the catalogue."""
        return tuple(self._entries)


def load(language: str = REFERENCE, overrides: Mapping[str, str] | None = None) -> Texts:
    """The texts of a language ('de', 'de-AT') with the owner's overrides.

    A key that a catalogue lacks is taken from the English one. Raises ConfigError with one
    sentence per fault when the language does not exist or an override does not fit.
    """
    faults = problems(overrides or {}, language)
    if faults:
        raise ConfigError(faults[0], tuple(faults))
    entries = {**_catalogue(REFERENCE), **_catalogue(_file_of(language)), **(overrides or {})}
    return Texts(language, entries)


def problems(overrides: Mapping[str, str], language: str = REFERENCE) -> list[str]:
    """What is wrong with a language and with overrides, one sentence each; empty when all fit."""
    faults = []
    if _file_of(language) not in languages():
        faults.append(f"There are no texts in '{language}'; there are {', '.join(languages())}.")
    reference = _catalogue(REFERENCE)
    for key, text in overrides.items():
        if key not in reference:
            faults.append(f"There is no text '{key}'{_nearest(key, reference)}")
            continue
        allowed = placeholders(reference[key])
        faults.extend(_miscounted(key, text, reference[key]))
        faults.extend(
            f"The text '{key}' has no placeholder {{{name}}}{_choice(allowed)}."
            for name in sorted(placeholders(text) - allowed)
        )
        if len(text) > (limit := limit_of(key)):
            faults.append(f"The text '{key}' has {len(text)} characters; {limit} are allowed.")
        if not text.strip():
            faults.append(f"The text '{key}' is empty; leave it out to keep Ogma's own.")
    return faults


def languages() -> tuple[str, ...]:
    """The languages that have a catalogue."""
    files = (entry.name for entry in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml")))


def placeholders(text: str) -> frozenset[str]:
    """The names in curly braces; whatever stands there counts, so that a typo is found."""
    return frozenset(_PLACEHOLDER.findall(text))


def limit_of(key: str) -> int:
    """The number of characters that a text may have before anything is filled in."""
    return next(limit for pattern, limit in LIMITS if fnmatchcase(key, pattern))


def _file_of(language: str) -> str:
    """'de-AT' is served by de.toml unless it has a file of its own."""
    return language if language in languages() else language.partition("-")[0]


@cache
def _catalogue(name: str) -> Mapping[str, str]:
    source = resources.files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return MappingProxyType(dict(_flatten(tomllib.loads(source))))


def _flatten(table: Mapping[str, Any], above: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in table.items():
        key = f"{above}{name}"
        pairs.extend(_flatten(value, f"{key}.") if isinstance(value, dict) else [(key, value)])
    return pairs


def _miscounted(key: str, text: str, reference: str) -> list[str]:
    """A list of names by their number, such as months, must have one for each."""
    count, wanted = len(text.split()), len(reference.split())
    if key not in LISTS or count == wanted:
        return []
    return [f"The text '{key}' has {count} words with spaces between them; it needs {wanted}."]


def _nearest(key: str, known: Mapping[str, str]) -> str:
    close = get_close_matches(key, known, n=1, cutoff=0.6)
    return f"; did you mean '{close[0]}'?" if close else "."


def _choice(allowed: frozenset[str]) -> str:
    if not allowed:
        return "; it takes none"
    return "; it has " + ", ".join(f"{{{name}}}" for name in sorted(allowed))

"""The kinds of private things, and what a named pattern of one is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Private(StrEnum):
    """A kind of private thing; the masked text says `[kind]` in its place."""

    KEY = "key"
    PASSWORD = "password"
    CARD = "card"
    BANK = "bank"
    LINK = "link"
    EMAIL = "email"
    MENTION = "mention"
    NETWORK = "network"
    PHONE = "phone"
    ADDRESS = "address"
    NUMBER = "number"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way in which a private thing is written. A group `it` is the part that is masked."""

    name: str
    kind: Private
    shape: re.Pattern[str]
    holds: Callable[[str], bool] = bool
    """Whether what was found is it after all."""


def pattern(
    name: str, kind: Private, shape: str, flags: int = 0, holds: Callable[[str], bool] = bool
) -> Pattern:
    """A pattern from its regular expression."""
    return Pattern(name, kind, re.compile(shape, flags), holds)

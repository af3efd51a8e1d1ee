"""How many channels Discord lets a server and a category have, and what that means (O6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Final

SERVER_FULL: Final = 500
"""Channels of a server, categories included."""
SERVER_CROWDED: Final = 450
"""From here on staff are warned."""
CATEGORY_FULL: Final = 50
CATEGORY_CROWDED: Final = 45
NAME_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Category:
    """A category of the server and how many channels are in it."""

    id: int
    name: str
    channels: int


def overflow(full: int, categories: Iterable[Category]) -> int | str:
    """Where a full category's next channel goes: the id of "NAME 2", "NAME 3", ... with room,
    or the first of these names that is not there yet.

    A category that is gone overflows into nothing: the id itself is given back.
    """
    known = list(categories)
    base = next((one for one in known if one.id == full), None)
    if base is None:
        return full
    for number in count(2):
        name = overflow_name(base.name, number)
        same = [one for one in known if one.name == name]
        if not same:
            return name
        for one in same:
            if one.channels < CATEGORY_FULL:
                return one.id
    raise AssertionError("unreachable")


def overflow_name(name: str, number: int) -> str:
    """The n-th category of this name, within Discord's 100 characters."""
    suffix = f" {number}"
    return name[: NAME_MAX - len(suffix)].rstrip() + suffix

"""Macros: replies that the owner has written for the team to send (Q3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field

from ogma.domain.setting_types import Policy, Slug

PLACEHOLDERS: Final = ("customer", "ticket", "staff", "hours")
TEXT_MAX: Final = 1800
"""So that the filled-in text fits into one message."""
_PLACEHOLDER: Final = re.compile(r"\{([^{}\n]*)\}")


class MacroPolicy(Policy):
    """[[macros]]: one prepared reply."""

    id: Slug
    text: Annotated[str, Field(min_length=1, max_length=TEXT_MAX)]
    """With {customer}, {ticket}, {staff} and {hours}."""
    types: tuple[Slug, ...] = ()
    """The ticket types that it is offered in; empty means all."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What the placeholders stand for, as plain text."""

    customer: str
    ticket: int
    staff: str
    hours: str


def unknown_placeholders(text: str) -> list[str]:
    """Names in braces that mean nothing, in their order."""
    return [name for name in _PLACEHOLDER.findall(text) if name not in PLACEHOLDERS]


def filled(text: str, filling: Filling) -> str:
    """The text with its placeholders filled in one pass: what is filled in is never read again."""
    values: Mapping[str, object] = {
        "customer": filling.customer,
        "ticket": filling.ticket,
        "staff": filling.staff,
        "hours": filling.hours,
    }
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), text)


def offered(macros: tuple[MacroPolicy, ...], type_id: str) -> list[MacroPolicy]:
    """The macros for tickets of this type, in the order of the config."""
    return [one for one in macros if not one.types or type_id in one.types]

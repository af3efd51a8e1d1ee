"""Whom a document answers: ticket types and roles (K8)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document is to be limited to; empty lifts a limit, None leaves it as it is."""

    types: frozenset[str] | None = None
    roles: frozenset[int] | None = None

    @property
    def unchanged(self) -> bool:
        """Whether nothing is said."""
        return self.types is None and self.roles is None


AS_BEFORE: Final = Limits()


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a search is: a document has to allow one of the types and one of the roles.

    None: whatever documents are limited to, for the owner's eyes.
    """

    types: frozenset[str] | None = None
    roles: frozenset[int] | None = None

    @classmethod
    def of(cls, types: Collection[str] | None, roles: Collection[int] | None) -> Reader:
        """From any collections."""
        return cls(
            None if types is None else frozenset(types), None if roles is None else frozenset(roles)
        )


EVERYTHING: Final = Reader()

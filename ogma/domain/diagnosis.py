"""What `ogma doctor` says: one finding per point, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `fix` is the exact way out; an `ok` has none."""

    name: str
    level: Level
    text: str
    fix: str = ""


def ok(name: str, text: str) -> Finding:
    """All is well."""
    return Finding(name, Level.OK, text)


def warning(name: str, text: str, fix: str) -> Finding:
    """Ogma works, but something is worse than it could be."""
    return Finding(name, Level.WARNING, text, fix)


def failure(name: str, text: str, fix: str) -> Finding:
    """Something that was asked for does not work."""
    return Finding(name, Level.FAILURE, text, fix)

"""Tips that people write or import: masked like learned ones, and no duplicates (L1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ogma.domain.access import OWNER
from ogma.domain.likeness import Likeness
from ogma.domain.private_patterns import Private
from ogma.domain.tips import Lesson, Tip, TipOrigin, TipState
from ogma.errors import UsageError
from ogma.services import tips
from ogma.services.desk import Desk
from ogma.services.learning import nearest

if TYPE_CHECKING:
    from ogma.services.knowledge.knowledge import KnowledgeService


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a tip that somebody wrote: stored, or known already."""

    tip: Tip
    new: bool
    masked: tuple[Private, ...]


def add(
    desk: Desk,
    knowledge: KnowledgeService,
    lesson: Lesson,
    origin: TipOrigin,
    state: TipState = TipState.LIVE,
) -> Added:
    """Store a tip unless one says the same; raises UsageError for a text that is none."""
    cleaned, masked = tips.clean(lesson)
    found = nearest(desk, knowledge, cleaned)
    if found is not None and found[1] is Likeness.SAME:
        return Added(tips.tip(desk, found[0]), False, masked)
    prepared = knowledge.prepare(tips.written(cleaned, frozenset()))
    draft = tips.Draft(cleaned, origin, like=found[0] if found else None)
    with desk.db.write():
        made = tips.add(desk, knowledge, draft, prepared, state, OWNER.name)
    return Added(made, True, masked)


@dataclass(slots=True)
class Report:
    """What became of a file of tips."""

    added: list[int] = field(default_factory=list)
    known: int = 0
    masked: list[Private] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)


def take_in(
    desk: Desk,
    knowledge: KnowledgeService,
    entries: Iterable[tuple[str, Lesson | str]],
    state: TipState,
) -> Report:
    """Store each tip by itself; an entry is its place and the tip, or what is wrong with it."""
    report = Report()
    for place, lesson in entries:
        if isinstance(lesson, str):
            report.failed.append((place, lesson))
            continue
        try:
            added = add(desk, knowledge, lesson, TipOrigin.IMPORTED, state)
        except UsageError as wrong:
            report.failed.append((place, str(wrong)))
            continue
        report.masked += added.masked
        if added.new:
            report.added.append(added.tip.id)
        else:
            report.known += 1
    return report

"""Texts that the owner pastes: `ogma kb add` (K1)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from ogma.domain.clock import Millis
from ogma.domain.limits import AS_BEFORE, Limits
from ogma.errors import UsageError
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.services.knowledge.written import Written
from ogma.store.knowledge import Document

NAME_MAX = 200
Outcome = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Pasted:
    """What became of a pasted text."""

    document: str
    outcome: Outcome
    chunks: int


def paste(
    knowledge: KnowledgeService,
    title: str,
    text: str,
    now: Millis,
    limits: Limits = AS_BEFORE,
) -> Pasted:
    """Take in a text (Markdown); its title names it, and a second one of that name replaces it.

    `limits` says whom it answers; what is left open stays as before. Raises UsageError for a text
    or title that is none, and for a name that another kind of document has.
    """
    name = " ".join(title.split())
    if not name or len(name) > NAME_MAX:
        raise UsageError(f"A title needs 1 to {NAME_MAX} characters, and this has {len(name)}.")
    if not any(char.isalnum() for char in text):
        raise UsageError("There is no text on standard input, so nothing was added.")
    listed = knowledge.documents()
    known, chunks = next((one for one in listed if one[0].name == name), (None, 0))
    if known is not None and known.kind != "text":
        raise UsageError(f"There is another document named {name!r}; choose another title.")
    digest = hashlib.sha256(text.encode()).hexdigest()
    if known is not None and known.sha256 == digest and _within(known, limits):
        return Pasted(name, "unchanged", chunks)
    written = Written("text", name, name, text, types=limits.types, roles=limits.roles)
    prepared = knowledge.prepare(written)
    knowledge.put(prepared, now)
    outcome: Outcome = "changed" if known is not None else "added"
    return Pasted(name, outcome, len(prepared.document.chunks))


def _within(known: Document, limits: Limits) -> bool:
    """Whether a document has these limits already."""
    return limits.types in (None, known.types) and limits.roles in (None, known.roles)

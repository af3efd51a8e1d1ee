"""Texts that are written rather than read from files, as documents: tips, and what is pasted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Literal

from ogma.knowledge.chunks import CHUNKER_VERSION, Chunk, cut
from ogma.knowledge.content import Content
from ogma.services.knowledge.embedding import Embed, embedded
from ogma.store import knowledge as store


@dataclass(frozen=True, slots=True)
class Written:
    """A text in Markdown, to be stored in place of the one with the same kind and name."""

    kind: Literal["text", "tip"]
    name: str
    title: str
    text: str
    asked: str = ""
    """Further words that it is found by; they are never shown, quoted or given to a model."""
    types: frozenset[str] | None = None
    """The ticket types that it answers; empty means all, None what its earlier version did."""
    roles: frozenset[int] | None = None
    """The same for the roles of those whom it answers."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A written text cut to chunks, with their vectors where a model is at hand."""

    document: store.NewDocument
    model_id: int | None

    def named(self, name: str, title: str) -> Prepared:
        """The same text under another name."""
        document = replace(self.document, name=name, origin=name, title=title)
        return replace(self, document=document)


def prepare(written: Written, model_id: int | None, embed: Embed | None) -> Prepared:
    """Cut and embed; nothing is stored."""
    chunks = [
        store.NewChunk(_context(chunk, written), chunk.place, chunk.text)
        for chunk in cut(Content(written.text, markdown=True, title=written.title), "").chunks
    ]
    body = written.text.encode()
    document = store.NewDocument(
        name=written.name,
        kind=written.kind,
        origin=written.name,
        title=written.title,
        url=None,
        sha256=hashlib.sha256(body).hexdigest(),
        size=len(body),
        mtime_ns=None,
        parser=CHUNKER_VERSION,
        chunks=tuple(chunks),
        types=written.types,
        roles=written.roles,
    )
    if embed is not None:
        (document,) = embedded([document], embed)
    return Prepared(document, model_id)


def _context(chunk: Chunk, written: Written) -> str:
    place = chunk.context(written.title)
    return f"{place}\n{written.asked}" if written.asked else place

"""Documents that come or go in parts, so that no transaction holds the others up.

A document with the parser UNFINISHED is not there for anybody: it is being brought in, or taken
away. Deleting costs most: the full-text index overwrites every word that goes. What a kill leaves
behind is taken away by the next `sweep`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ogma.domain.clock import Millis
from ogma.store import knowledge as store
from ogma.store import versions
from ogma.store.database import Database
from ogma.store.knowledge import UNFINISHED, NewDocument

BROUGHT_IN: Final = 400
"""Chunks that are stored in one transaction, in about 0.15 s."""
TAKEN_AWAY: Final = 50
"""Chunks that are deleted in one transaction, in about as long."""


def bring_in(db: Database, document: NewDocument, model_id: int | None, now: Millis) -> int:
    """Store a document in parts, for `finish`; gives its id. Not inside a transaction."""
    token = f"incoming {secrets.token_hex(8)}"
    first = replace(document, name=token, origin=token, parser=UNFINISHED, chunks=())
    with db.write():
        document_id = store.put(db, first, model_id, now)
    for start in range(0, len(document.chunks), BROUGHT_IN):
        with db.write():
            part = document.chunks[start : start + BROUGHT_IN]
            versions.add_chunks(db, document_id, part, model_id, start)
    return document_id


def finish(db: Database, document_id: int, document: NewDocument, now: Millis) -> None:
    """Let a document that was brought in take the place of its earlier version, at once."""
    added_at, before = versions.retired(db, document, retire, now)
    versions.limit_new(db, document_id, before, document)
    db.execute(
        "UPDATE document SET name = ?, origin = ?, parser = ?, added_at = ? WHERE id = ?",
        (document.name, document.origin, document.parser, added_at, document_id),
    )


def retire(db: Database, document_id: int) -> None:
    """Take a document away from everybody at once; `sweep` deletes it."""
    db.execute(
        "UPDATE document SET name = 'outgoing ' || id || ' ' || ?1, origin = 'outgoing ' || id"
        " || ' ' || ?1, parser = ?2 WHERE id = ?3",
        (secrets.token_hex(8), UNFINISHED, document_id),
    )


def sweep(db: Database, retired: Sequence[int] | None = None) -> None:
    """Delete in parts what is unfinished; without the knowledge-base lock only what was `retired`.

    What the lock's holder is bringing in looks the same as what a kill has left behind.
    """
    rows = db.execute("SELECT id FROM document WHERE parser = ?", (UNFINISHED,))
    for document_id in retired if retired is not None else [row[0] for row in rows]:
        left = True
        while left:
            with db.write():
                left = bool(
                    db.execute(
                        "DELETE FROM chunk WHERE id IN (SELECT id FROM chunk WHERE document_id = ?"
                        " LIMIT ?) RETURNING id",
                        (document_id, TAKEN_AWAY),
                    )
                )
        with db.write():
            store.delete(db, document_id)
            store.advance(db)

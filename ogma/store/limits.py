"""Queries on whom documents answer: ticket types and roles."""

from __future__ import annotations

import json

from ogma.domain.limits import EVERYTHING, Limits, Reader
from ogma.store.database import Database

_LIMITED = """
SELECT document_id FROM document_type WHERE ?1 IS NOT NULL GROUP BY document_id
HAVING NOT max(type_id IN (SELECT value FROM json_each(?1)))
UNION
SELECT document_id FROM document_role WHERE ?2 IS NOT NULL GROUP BY document_id
HAVING NOT max(role_id IN (SELECT value FROM json_each(?2)))
"""
HIDDEN = f"({_LIMITED})"
"""The documents that a reader may not see, with what `values` gives."""


def values(reader: Reader) -> tuple[str | None, str | None]:
    """What HIDDEN asks for, as ?1 and ?2."""
    return (
        None if reader.types is None else json.dumps(sorted(reader.types)),
        None if reader.roles is None else json.dumps(sorted(reader.roles)),
    )


def hidden_chunks(db: Database, reader: Reader) -> list[int]:
    """The chunks that a reader may not see; none where nothing is limited."""
    if reader == EVERYTHING:
        return []
    sql = f"SELECT id FROM chunk WHERE document_id IN {HIDDEN}"
    return [row[0] for row in db.execute(sql, values(reader))]


def types_of(db: Database, document_id: int) -> frozenset[str]:
    """The ticket types that a document is limited to; empty means all."""
    sql = "SELECT type_id FROM document_type WHERE document_id = ?"
    return frozenset(row[0] for row in db.execute(sql, (document_id,)))


def roles_of(db: Database, document_id: int) -> frozenset[int]:
    """The roles that a document is limited to; empty means everybody."""
    sql = "SELECT role_id FROM document_role WHERE document_id = ?"
    return frozenset(row[0] for row in db.execute(sql, (document_id,)))


def any_role(db: Database) -> bool:
    """Whether any document is limited to roles."""
    return bool(db.execute("SELECT 1 FROM document_role LIMIT 1"))


def limit(db: Database, document_id: int, limits: Limits) -> None:
    """Limit a document; what `limits` leaves open stays as it is."""
    if limits.types is not None:
        db.execute("DELETE FROM document_type WHERE document_id = ?", (document_id,))
        for type_id in sorted(limits.types):
            db.execute("INSERT INTO document_type VALUES (?, ?)", (document_id, type_id))
    if limits.roles is not None:
        db.execute("DELETE FROM document_role WHERE document_id = ?", (document_id,))
        for role_id in sorted(limits.roles):
            db.execute("INSERT INTO document_role VALUES (?, ?)", (document_id, role_id))


def of_documents(db: Database) -> dict[int, tuple[frozenset[str], frozenset[int]]]:
    """Document id -> its types and roles, of those that are limited."""
    types: dict[int, set[str]] = {}
    roles: dict[int, set[int]] = {}
    for document_id, type_id in db.execute("SELECT document_id, type_id FROM document_type"):
        types.setdefault(document_id, set()).add(type_id)
    for document_id, role_id in db.execute("SELECT document_id, role_id FROM document_role"):
        roles.setdefault(document_id, set()).add(role_id)
    return {
        row: (frozenset(types.get(row, ())), frozenset(roles.get(row, ())))
        for row in types.keys() | roles.keys()
    }

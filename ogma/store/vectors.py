"""Queries on embedding models and the vectors that they gave.

A vector is stored as little-endian half floats, of which `services/knowledge/vectors.py` makes
arrays.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from ogma.store.database import Database


def models(db: Database, fingerprint: str) -> list[tuple[int, bytes]]:
    """The id and canary vector of every model known by this fingerprint or a variant of it."""
    return [
        (int(row[0]), bytes(row[1]))
        for row in db.execute(
            "SELECT id, canary FROM embedding_model"
            " WHERE fingerprint = ?1 OR fingerprint LIKE ?1 || '#%' ORDER BY id DESC",
            (fingerprint,),
        )
    ]


def add_model(db: Database, fingerprint: str, library: str, dim: int, canary: bytes) -> int:
    """Make a model known; gives its id."""
    rows = db.execute(
        "INSERT INTO embedding_model (fingerprint, library, dim, canary) VALUES (?, ?, ?, ?)"
        " RETURNING id",
        (fingerprint, library, dim, canary),
    )
    return int(rows[0][0])


def library(db: Database, model_id: int) -> str:
    """The software with which the model's vectors were last seen to be the same."""
    return str(db.execute("SELECT library FROM embedding_model WHERE id = ?", (model_id,))[0][0])


def note_library(db: Database, model_id: int, library: str) -> None:
    """This software gives the model's vectors too."""
    db.execute("UPDATE embedding_model SET library = ? WHERE id = ?", (library, model_id))


def use_model(db: Database, model_id: int) -> None:
    """Search this model's vectors from now on; those of every other model are dropped."""
    db.execute("UPDATE knowledge SET model_id = ?", (model_id,))
    db.execute("DELETE FROM embedding_model WHERE id <> ?", (model_id,))


def under_way(db: Database) -> tuple[str, int] | None:
    """(fingerprint, chunks that have their vector) of the model that is to be searched next."""
    rows = db.execute(
        "SELECT fingerprint, (SELECT count(*) FROM embedding WHERE model_id = m.id)"
        " FROM embedding_model AS m WHERE id > (SELECT model_id FROM knowledge)"
        " ORDER BY id DESC LIMIT 1"
    )
    return (rows[0][0], rows[0][1]) if rows else None


def add_vector(
    db: Database, model_id: int, chunk_id: int, vector: bytes, lines: bytes | None = None
) -> None:
    """Store a chunk's vector, and those of its lines one after another if it is a list of them.

    A chunk or a model that was removed meanwhile stays removed.
    """
    db.execute(
        "INSERT OR REPLACE INTO embedding (model_id, chunk_id, vector, lines)"
        " SELECT m.id, c.id, ?, ? FROM chunk AS c, embedding_model AS m"
        " WHERE c.id = ? AND m.id = ?",
        (vector, lines, chunk_id, model_id),
    )


def add_place(db: Database, model_id: int, document_id: int, context: str, vector: bytes) -> None:
    """Store the vector of a place, unless its document or the model was removed meanwhile."""
    db.execute(
        "INSERT OR REPLACE INTO place (document_id, model_id, context, vector)"
        " SELECT d.id, m.id, ?, ? FROM document AS d, embedding_model AS m"
        " WHERE d.id = ? AND m.id = ?",
        (context, vector, document_id, model_id),
    )


def count_without_vector(db: Database, model_id: int) -> int:
    """How many chunks have no vector of this model."""
    return int(db.execute(f"SELECT count(*) {_WITHOUT_VECTOR}", (model_id,))[0][0])


def without_vector(db: Database, model_id: int, limit: int) -> list[tuple[int, str, str]]:
    """(id, context, text) of chunks that have no vector of this model."""
    sql = f"SELECT c.id, c.context, c.text {_WITHOUT_VECTOR} ORDER BY c.id LIMIT ?"
    return [(row[0], row[1], row[2]) for row in db.execute(sql, (model_id, limit))]


_WITHOUT_VECTOR = (
    "FROM chunk AS c WHERE NOT EXISTS"
    " (SELECT 1 FROM embedding AS e WHERE e.model_id = ? AND e.chunk_id = c.id)"
)


def without_place(db: Database, model_id: int, limit: int) -> list[tuple[int, str]]:
    """(document id, context) of places that have no vector of this model."""
    rows = db.execute(
        "SELECT DISTINCT document_id, context FROM chunk AS c WHERE NOT EXISTS (SELECT 1"
        " FROM place AS p WHERE p.document_id = c.document_id AND p.model_id = ?"
        " AND p.context = c.context) LIMIT ?",
        (model_id, limit),
    )
    return [(row[0], row[1]) for row in rows]


def place_ids(db: Database, model_id: int) -> list[int]:
    """The places that have a vector of this model, ascending."""
    sql = "SELECT id FROM place WHERE model_id = ? ORDER BY id"
    return [row[0] for row in db.execute(sql, (model_id,))]


def places(db: Database, wanted: Sequence[int]) -> list[tuple[int, int, str, bytes]]:
    """(id, document id, context, vector) of the places named that still exist, ascending."""
    rows = db.execute(
        "SELECT id, document_id, context, vector FROM place"
        " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(wanted)),),
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def spots(db: Database, wanted: Sequence[int]) -> list[tuple[int, int, str]]:
    """(id, document id, context) of the chunks named that still exist, ascending."""
    rows = db.execute(
        "SELECT id, document_id, context FROM chunk"
        " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(wanted)),),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def lines(db: Database, model_id: int, chunk_ids: Sequence[int]) -> list[tuple[int, bytes]]:
    """(chunk id, vectors of its lines) of those chunks named that are lists of short lines."""
    rows = db.execute(
        "SELECT chunk_id, lines FROM embedding WHERE model_id = ? AND lines IS NOT NULL"
        " AND chunk_id IN (SELECT value FROM json_each(?))",
        (model_id, json.dumps(list(chunk_ids))),
    )
    return [(row[0], row[1]) for row in rows]


def count_lines(db: Database, model_id: int, dim: int) -> int:
    """How many lines have a vector of their own, of `dim` half floats."""
    sql = "SELECT coalesce(sum(length(lines)), 0) FROM embedding WHERE model_id = ?"
    return int(db.execute(sql, (model_id,))[0][0]) // (2 * dim)


def count_vectors(db: Database, model_id: int) -> int:
    """How many chunks have a vector of this model."""
    sql = "SELECT count(*) FROM embedding WHERE model_id = ?"
    return int(db.execute(sql, (model_id,))[0][0])


def vector_ids(db: Database, model_id: int) -> list[int]:
    """The chunks that have a vector of this model, ascending."""
    sql = "SELECT chunk_id FROM embedding WHERE model_id = ? ORDER BY chunk_id"
    return [row[0] for row in db.execute(sql, (model_id,))]


def vectors(db: Database, model_id: int, chunk_ids: Sequence[int]) -> list[tuple[int, bytes]]:
    """(chunk id, vector) of the chunks named that still have one."""
    return [
        (row[0], row[1])
        for row in db.execute(
            "SELECT chunk_id, vector FROM embedding WHERE model_id = ?"
            " AND chunk_id IN (SELECT value FROM json_each(?))",
            (model_id, json.dumps(list(chunk_ids))),
        )
    ]

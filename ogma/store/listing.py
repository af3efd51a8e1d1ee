"""Small look-ups for the command line."""

from __future__ import annotations

from ogma.store import tables
from ogma.store.database import Database, Row


def claimants(db: Database, name: str) -> list[int]:
    """The ids of those who hold or held a claim under this name, whatever its case."""
    rows = db.execute(
        "SELECT DISTINCT claimed_by FROM ticket"
        " WHERE claimed_by_name = ? COLLATE NOCASE AND claimed_by IS NOT NULL",
        (name,),
    )
    return [row[0] for row in rows]


def job(db: Database, job_id: int) -> Row | None:
    """One effect of the outbox."""
    return db.row(tables.Job.select().where(tables.Job.id == job_id))


def count_documents(db: Database) -> int:
    """How many documents the knowledge base has."""
    return int(db.execute("SELECT count(*) FROM document")[0][0])


def count_vectors(db: Database) -> int:
    """How many chunks can be found by meaning; the others by their words alone."""
    rows = db.execute(
        "SELECT count(*) FROM embedding WHERE model_id = (SELECT model_id FROM knowledge)"
    )
    return int(rows[0][0])
